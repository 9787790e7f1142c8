"""Jobs that are due when another one ends, on the real engine in simulated time."""

from collections.abc import Sequence
from typing import Literal

import pytest

from builders import a_job, cron
from daybell.engine.messages import CancelRuns, Pause, Resume, RunNow, Stop
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.events import AnyEvent, Numbered, RunFinished
from daybell.model.facts import Facts
from daybell.model.job import Conditions, Job, JobTrigger, Retry
from simulations import HOUR, MINUTE, SECOND, START, WELL, Commands, failing, hourly, since_start, told

On = Literal["success", "failure", "any"]


def after(leader: str, on: On = "success", **changes: object) -> Job:
    return a_job(**{"id": "follower", "triggers": (JobTrigger(leader, on),), **changes})


@pytest.mark.parametrize(
    ("on", "does", "expected"),
    [
        ("success", WELL, 1),
        ("success", failing(), 0),
        ("failure", WELL, 0),
        ("failure", failing(), 1),
        ("failure", Behaviour(takes=HOUR), 1),
        ("any", WELL, 1),
        ("any", failing(), 1),
        ("any", Behaviour(takes=HOUR), 1),
    ],
)
def test_it_is_due_when_the_other_has_ended_as_it_wishes(on: On, does: Behaviour, expected: int) -> None:
    """One that takes an hour times out."""
    leader = hourly(timeout=Duration(minutes=5))
    simulation = Commands(leader, after("backup", on), does=[does, WELL])
    simulation.run_for(HOUR + 10 * MINUTE)
    rows = simulation.rows("follower")
    assert [(run.cause, run.outcome, run.due) for run in rows] == [
        ("dependency", "succeeded", None)
    ] * expected
    assert [run.follows for run in rows] == [simulation.rows("backup")[0].run_id] * expected


def test_it_starts_at_once() -> None:
    simulation = Commands(hourly(), after("backup"))
    simulation.run_for(HOUR + MINUTE)
    assert since_start(simulation.starts("follower")) == [HOUR + SECOND]


def test_a_run_by_hand_is_followed_too() -> None:
    simulation = Commands(a_job(), after("backup"))
    simulation.ask(RunNow("backup"))
    simulation.run_for(5 * SECOND)
    assert [run.cause for run in simulation.rows()] == ["manual", "dependency"]


def test_a_chain_of_three_runs_through_and_ends() -> None:
    jobs = [hourly(id="first"), after("first", id="second"), after("second", id="third")]
    simulation = Commands(*jobs)
    simulation.run_for(HOUR + MINUTE)
    assert [run.job_id for run in simulation.rows()] == ["first", "second", "third"]
    first, second, third = simulation.rows()
    assert (first.follows, second.follows, third.follows) == (None, first.run_id, second.run_id)


def test_a_chain_breaks_where_one_fails() -> None:
    jobs = [hourly(id="first"), after("first", id="second"), after("second", id="third")]
    simulation = Commands(*jobs, does=[WELL, failing(), WELL])
    simulation.run_for(HOUR + MINUTE)
    assert [run.job_id for run in simulation.rows()] == ["first", "second"]


def test_many_may_follow_one() -> None:
    followers = [after("backup", id=f"follower-{number}") for number in range(5)]
    simulation = Commands(hourly(), *followers)
    simulation.run_for(HOUR + 5 * SECOND)
    assert {run.job_id for run in simulation.rows()} == {"backup", *(job.id for job in followers)}


def test_only_the_last_attempt_is_followed() -> None:
    retry = Retry(max_attempts=2, jitter=False)
    simulation = Commands(hourly(retry=retry), after("backup", "any"), does=[failing(), WELL])
    simulation.run_for(HOUR + 30 * SECOND)
    assert simulation.rows("follower") == []
    simulation.run_for(MINUTE)
    assert len(simulation.rows("follower")) == 1


@pytest.mark.parametrize("verb", ["cancel", "skip"])
def test_what_did_not_start_is_not_followed(verb: str) -> None:
    jobs = (hourly(), after("backup", "any"), a_job(id="other"))
    simulation = Commands(*jobs, slots=1, does=Behaviour(takes=2 * HOUR))
    simulation.ask(RunNow("other"))
    simulation.run_for(HOUR + MINUTE)
    simulation.ask(CancelRuns("backup")) if verb == "cancel" else simulation.run_for(55 * MINUTE)
    assert simulation.rows("follower") == []


def test_what_was_cancelled_while_it_ran_is_followed_by_whoever_wants_any_end() -> None:
    simulation = Commands(hourly(), after("backup", "any"), after("backup", "failure", id="other"))
    simulation.does = [Behaviour(takes=HOUR)]
    simulation.run_for(HOUR + MINUTE)
    simulation.ask(CancelRuns("backup"))
    simulation.run_for(SECOND)
    assert simulation.status("follower").state == "running"
    assert simulation.status("other").state == "idle"


@pytest.mark.parametrize("job_id", ["follower", None])
def test_M8_a_paused_follower_is_skipped_and_owed_nothing(job_id: str | None) -> None:
    simulation = Commands(a_job(), after("backup"))
    simulation.ask(Pause(job_id))
    simulation.ask(RunNow("backup"))
    simulation.run_for(MINUTE)
    simulation.ask(Resume(job_id))
    simulation.run_for(MINUTE)
    assert told(simulation.rows("follower")) == [("dependency", "skipped", "paused")]


def test_M12_a_disabled_follower_leaves_no_row() -> None:
    simulation = Commands(hourly(), after("backup", enabled=False))
    simulation.run_for(HOUR + MINUTE)
    assert simulation.rows("follower") == []


@pytest.mark.parametrize("bounds", [{"start": START + 3 * HOUR}, {"end": START}, {"max_runs": 1}])
def test_M12_it_follows_within_its_bounds_only(bounds: dict[str, object]) -> None:
    simulation = Commands(hourly(), after("backup", "success", **bounds))
    simulation.run_for(5 * HOUR + MINUTE)
    counts = {"start": 3, "end": 0, "max_runs": 1}
    assert len(simulation.rows("follower")) == counts[next(iter(bounds))]


def test_M12_a_job_that_only_follows_is_never_completed_before_its_bounds_are() -> None:
    simulation = Commands(a_job(), after("backup"), after("backup", id="once", max_runs=1))
    assert simulation.status("follower").state == "idle"
    simulation.ask(RunNow("backup"))
    simulation.run_for(MINUTE)
    assert [simulation.status(job_id).state for job_id in ("follower", "once")] == ["idle", "completed"]


def test_O1_a_follower_obeys_overlap_and_limits() -> None:
    simulation = Commands(a_job(), after("backup"), does=[WELL, Behaviour(takes=HOUR), WELL])
    for _ in range(2):
        simulation.ask(RunNow("backup"))
        simulation.run_for(MINUTE)
    (running,) = simulation.registry.open_runs()
    reason = f"overlap: run {running.run_id} has not ended"
    assert told(simulation.rows("follower")) == [("dependency", "skipped", reason)]


def test_K1_a_follower_waits_for_its_conditions() -> None:
    simulation = Commands(a_job(), after("backup", conditions=Conditions(power="ac")))
    simulation.surround(Facts(on_mains=False))
    simulation.run_for(MINUTE)
    for _ in range(2):
        simulation.ask(RunNow("backup"))
        simulation.run_for(MINUTE)
    assert simulation.status("follower").waiting_for == "mains power"
    assert told(simulation.rows("follower")) == [("dependency", "skipped", "superseded by a newer instant")]


def test_R3_the_end_of_another_run_ends_a_pending_retry() -> None:
    retry = Retry(max_attempts=2, delay=Duration(hours=1), jitter=False)
    simulation = Commands(a_job(), after("backup", retry=retry), does=[WELL, failing(), WELL])
    for _ in range(2):
        simulation.ask(RunNow("backup"))
        simulation.run_for(MINUTE)
    assert [run.outcome for run in simulation.rows("follower")] == ["failed", "succeeded"]


def test_one_that_has_both_a_schedule_and_a_leader_is_due_for_either() -> None:
    job = a_job(id="follower", triggers=(cron("30 * * * *"), JobTrigger("backup")))
    simulation = Commands(hourly(), job)
    simulation.run_for(2 * HOUR)
    assert [run.cause for run in simulation.rows("follower")] == ["schedule", "dependency", "schedule"]


def test_a_follower_that_comes_later_follows_what_ends_later() -> None:
    simulation = Commands(hourly())
    simulation.run_for(HOUR + MINUTE)
    simulation.edit(after("backup"))
    simulation.run_for(HOUR)
    assert [run.follows for run in simulation.rows("follower")] == [simulation.rows("backup")[1].run_id]


def test_a_leader_that_does_not_exist_is_waited_for_in_peace() -> None:
    simulation = Commands(after("gone"))
    simulation.run_for(HOUR)
    assert (simulation.rows(), simulation.status("follower").state) == ([], "idle")


def test_T4_what_ends_while_daybell_stops_is_not_followed() -> None:
    simulation = Commands(hourly(), after("backup", "any"), does=Behaviour(takes=HOUR))
    simulation.run_for(HOUR + SECOND)
    simulation.ask_later(Stop())
    simulation.run_for(MINUTE)
    simulation.restart()
    simulation.run_for(MINUTE)
    assert simulation.rows("follower") == []


class Gone(BaseException):
    """Daybell is killed."""


@pytest.mark.parametrize("is_written", [False, True])
def test_L1_a_run_is_followed_once_at_most_whenever_daybell_dies(*, is_written: bool) -> None:
    """The end of the one and the claim of the other are one record."""
    simulation = Commands(a_job(), after("backup", "any"))
    append = simulation.ledger.append

    def dying(events: Sequence[AnyEvent]) -> Sequence[Numbered]:
        if not any(isinstance(event, RunFinished) for event in events):
            return append(events)
        simulation.ledger.append = append  # type: ignore[method-assign]  # once
        if is_written:
            append(events)
        raise Gone

    simulation.ledger.append = dying  # type: ignore[method-assign]  # the same, with an end
    simulation.ask(RunNow("backup"))
    with pytest.raises(Gone):
        simulation.run_for(MINUTE)
    simulation.down(MINUTE)
    simulation.run_for(MINUTE)
    outcomes = ["succeeded", "interrupted"] if is_written else ["interrupted", "succeeded"]
    assert [(run.job_id, run.outcome) for run in simulation.rows()] == list(
        zip(("backup", "follower"), outcomes, strict=True)
    )
    (follower,) = simulation.rows("follower")
    assert follower.follows == simulation.rows("backup")[0].run_id


def test_L2_nothing_follows_an_end_that_is_not_recorded() -> None:
    simulation = Commands(a_job(), after("backup"))
    simulation.ask(RunNow("backup"))
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(MINUTE)
    assert simulation.starts("follower") == []
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    assert told(simulation.rows("follower")) == [("dependency", "skipped", "cannot record")]
