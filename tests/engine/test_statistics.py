"""What the scheduler counts, on the real engine in simulated time."""

from datetime import datetime, timedelta

import pytest

from builders import a_job, cron
from daybell.engine.messages import CancelRuns, Pause, ResetStatistics, Resume, RunNow
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.facts import Facts
from daybell.model.job import Conditions, Job, Retry
from daybell.model.status import Statistics
from simulations import HOUR, MINUTE, SECOND, START, WELL, Commands, failing, hourly

NONE = Statistics(since=START)


def taken(simulation: Commands) -> Statistics:
    assert simulation.registry.whole is not None
    return simulation.registry.whole.stats


def counts(simulation: Commands) -> dict[str, object]:
    """Those that are not at their beginning."""
    stats = taken(simulation)
    names = ("dispatched", "started", "skipped", "deferred", "retried", "completed", "failed", "errors")
    return {name: getattr(stats, name) for name in names if getattr(stats, name)}


def test_at_first_nothing_is_counted() -> None:
    simulation = Commands(hourly())
    assert (taken(simulation).since, counts(simulation)) == (START, {})


def test_a_run_is_handed_over_starts_and_succeeds() -> None:
    simulation = Commands(hourly())
    simulation.run_for(HOUR - MINUTE)
    assert counts(simulation) == {}
    simulation.run_for(MINUTE)
    assert counts(simulation) == {"dispatched": 1, "started": 1}
    simulation.run_for(MINUTE)
    assert counts(simulation) == {"dispatched": 1, "started": 1, "completed": 1}


@pytest.mark.parametrize(
    ("job", "does", "expected"),
    [
        (hourly(), failing(), {"dispatched": 1, "started": 1, "failed": 1}),
        (
            hourly(timeout=Duration(minutes=1)),
            Behaviour(takes=HOUR),
            {"dispatched": 1, "started": 1, "failed": 1},
        ),
        (hourly(), Behaviour(can_start=False, result=failing().result), {"dispatched": 1, "failed": 1}),
        (
            hourly(retry=Retry(max_attempts=3, jitter=False)),
            failing(),
            {"dispatched": 3, "started": 3, "retried": 2, "failed": 1},
        ),
        (hourly(needs=("gone",)), WELL, {"deferred": 1}),
    ],
)
def test_attempts_are_told_from_runs(job: Job, does: Behaviour, expected: dict[str, int]) -> None:
    simulation = Commands(job, does=does)
    simulation.run_for(HOUR + 30 * MINUTE)
    assert counts(simulation) == expected


def test_a_cancelled_run_neither_succeeded_nor_failed() -> None:
    simulation = Commands(hourly(), does=Behaviour(takes=HOUR))
    simulation.run_for(HOUR + MINUTE)
    simulation.ask(CancelRuns("backup"))
    simulation.run_for(SECOND)
    assert counts(simulation) == {"dispatched": 1, "started": 1}


def test_what_got_no_run_is_counted_by_its_reason() -> None:
    long = a_job(id="long", triggers=(cron("*/10 * * * *"),))
    waiting = hourly(id="waiting", conditions=Conditions(power="ac", max_wait=Duration(minutes=5)))
    paused = hourly(id="paused")
    simulation = Commands(long, waiting, paused, does=Behaviour(takes=25 * MINUTE))
    simulation.surround(Facts(on_mains=False))
    simulation.ask(Pause("paused"))
    simulation.run_for(HOUR + 8 * MINUTE)
    simulation.ask(Resume("paused"))
    assert taken(simulation).skipped == {"overlap": 4, "conditions": 1, "paused": 1}


def test_a_gap_is_one_whatever_its_length() -> None:
    simulation = Commands(hourly())
    simulation.suspend(timedelta(days=3, minutes=30))
    simulation.run_for(MINUTE)
    assert counts(simulation) == {
        "skipped": {"too late": 1, "caught up by the newest": 1},
        "deferred": 1,
        "dispatched": 1,
        "started": 1,
        "completed": 1,
    }


def test_they_begin_anew_when_somebody_asks_for_it() -> None:
    simulation = Commands(hourly())
    simulation.run_for(HOUR + MINUTE)
    simulation.ask(ResetStatistics())
    assert (taken(simulation).since, counts(simulation)) == (START + HOUR + MINUTE, {})
    simulation.run_for(HOUR)
    assert counts(simulation) == {"dispatched": 1, "started": 1, "completed": 1}


def test_they_begin_anew_with_each_start_and_nothing_of_the_past_is_counted_again() -> None:
    simulation = Commands(hourly(), does=failing())
    simulation.run_for(3 * HOUR + MINUTE)
    simulation.down(MINUTE)
    assert (taken(simulation).since, counts(simulation)) == (START + 3 * HOUR + 2 * MINUTE, {})


def test_a_fault_of_daybell_itself_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    simulation = Commands(hourly(), a_job(id="broken", triggers=(cron("no cron at all"),)))
    with pytest.raises(TypeError):
        simulation.ask(CancelRuns(target=[]))  # type: ignore[arg-type]  # a bug, planted
    assert counts(simulation) == {"errors": 2}


def test_what_is_not_durable_is_not_counted_yet() -> None:
    simulation = Commands(hourly(), does=Behaviour(takes=2 * SECOND))
    simulation.run_for(HOUR + SECOND)
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(MINUTE)
    assert taken(simulation).completed == 0
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    assert taken(simulation).completed == 1


def test_the_last_moment_at_which_anything_was_decided_is_told() -> None:
    def last_pass(simulation: Commands) -> datetime | None:
        return taken(simulation).last_pass

    simulation = Commands(hourly())
    assert last_pass(simulation) == START
    simulation.run_for(HOUR - MINUTE)
    assert last_pass(simulation) == START
    simulation.ask(RunNow("backup"))
    simulation.run_for(30 * SECOND)
    assert last_pass(simulation) == START + HOUR - MINUTE + SECOND
