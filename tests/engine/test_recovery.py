"""What a start makes of what the last life left, and a ledger that refuses, on the real engine."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_job, at, cron
from daybell.engine import loop
from daybell.engine.messages import CancelRuns, Pause, Resume, RunNow
from daybell.engine.ports import DefinitionsRead
from daybell.engine.records import Records
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.errors import Conflict
from daybell.model.job import Job
from daybell.model.record import Checkpoint
from daybell.model.status import Problem
from folds import folded

START = at("2026-03-02 12:00")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def hourly(**changes: object) -> Job:
    return a_job(triggers=(cron("0 * * * *"),), **changes)


def simulate(*jobs: Job, takes: timedelta = SECOND, slots: int = 8) -> Simulation:
    return Simulation(jobs, start=START, slots=slots, behave=lambda _: Behaviour(takes=takes))


def crashed_while_running(job: Job, takes: timedelta = 30 * MINUTE) -> Simulation:
    simulation = simulate(job, takes=takes)
    simulation.run_for(HOUR + MINUTE)
    simulation.crash(leaves_processes=True)
    return simulation


def test_L4_what_still_runs_is_adopted_and_blocks_its_job_until_it_ends() -> None:
    simulation = crashed_while_running(hourly())
    simulation.restart()
    assert simulation.status("backup").state == "running"
    with pytest.raises(Conflict, match="running already"):
        simulation.ask(RunNow("backup"))
    simulation.run_for(HOUR)
    first, *_ = [run for run in simulation.rows() if run.outcome != "skipped"]
    assert (first.outcome, first.exit_code) == ("interrupted", None)
    assert first.reason == "Daybell ended while it ran; it ran on, and how it ended cannot be known"
    assert first.finished == START + HOUR + 30 * MINUTE
    assert simulation.status("backup").run_count == 2


def test_L4_an_adopted_run_survives_further_crashes() -> None:
    simulation = crashed_while_running(hourly())
    for _ in range(3):
        simulation.restart()
        simulation.run_for(MINUTE)
        simulation.crash(leaves_processes=True)
    simulation.restart()
    simulation.run_for(40 * MINUTE)
    assert [run.outcome for run in simulation.rows()] == ["interrupted"]


def test_L4_a_run_whose_process_was_not_recorded_yet_is_found_by_its_tag() -> None:
    simulation = simulate(hourly(), takes=30 * MINUTE)
    simulation.run_for(MINUTE)
    simulation.ask_later(RunNow("backup"))
    simulation.ledger.events.pop()  # as if the power had gone before RunStarted was written
    simulation.crash(leaves_processes=True)
    simulation.restart()
    status = simulation.status("backup")
    assert (status.state, status.last_run) == ("running", START + MINUTE)


def test_an_adopted_run_can_be_cancelled_and_times_out() -> None:
    simulation = crashed_while_running(hourly())
    simulation.restart()
    simulation.ask(CancelRuns("backup"))
    simulation.run_for(SECOND)
    assert [run.outcome for run in simulation.rows()] == ["cancelled"]
    simulation = crashed_while_running(hourly(timeout=Duration(minutes=10)))
    simulation.restart()
    simulation.run_for(10 * MINUTE + SECOND)
    (run,) = simulation.rows()
    assert (run.outcome, run.error) == ("timed_out", "timed out after 10m")


def test_what_its_job_wants_ended_is_ended() -> None:
    simulation = crashed_while_running(hourly(on_interrupt="end"))
    simulation.restart()
    simulation.run_for(SECOND)
    assert [(run.outcome, run.reason) for run in simulation.rows()] == [
        ("interrupted", "Daybell ended while it ran")
    ]
    assert simulation.workers.alive == {}


def test_L5_only_a_job_that_says_so_runs_again_and_the_new_run_names_the_old() -> None:
    simulation = crashed_while_running(hourly(on_interrupt="rerun"))
    simulation.clock.advance_to(START + 2 * HOUR - MINUTE)
    simulation.restart()
    simulation.run_for(40 * MINUTE)
    interrupted, *_, again = [run for run in simulation.rows() if run.outcome != "skipped"]
    assert (interrupted.outcome, again.cause, again.due) == ("interrupted", "catch_up", None)
    assert again.retry_of == interrupted.run_id


def test_L5_a_run_is_asked_for_once_more_only_and_not_of_a_disabled_job() -> None:
    simulation = simulate(a_job(on_interrupt="rerun"), takes=HOUR)
    simulation.ask(RunNow("backup"))
    for _ in range(4):
        simulation.crash()
        simulation.restart()
        simulation.run_for(SECOND)
    assert [run.outcome for run in simulation.rows()] == ["interrupted", "interrupted"]
    simulation.ask(RunNow("backup"))
    simulation.crash()
    simulation.files.jobs["backup"] = a_job(on_interrupt="rerun", enabled=False)
    simulation.restart()
    simulation.run_for(SECOND)
    assert simulation.status("backup").state == "disabled"


def test_an_adopted_run_that_takes_long_is_told_of() -> None:
    simulation = crashed_while_running(hourly(too_long_after=Duration(minutes=5)), takes=HOUR)
    simulation.restart()
    simulation.run_for(6 * MINUTE)
    assert [notice.kind for notice in simulation.teller.told] == ["away", "too_long"]


def test_what_is_adopted_of_a_removed_job_ends_too() -> None:
    simulation = crashed_while_running(hourly())
    simulation.files.jobs.clear()
    simulation.restart()
    simulation.run_for(HOUR)
    assert [run.outcome for run in simulation.rows()] == ["interrupted"]


def test_what_waited_for_a_slot_waits_on() -> None:
    jobs = [a_job(id=name) for name in ("a", "b", "c")]
    simulation = simulate(*jobs, takes=10 * MINUTE, slots=1)
    for job in jobs:
        simulation.ask(RunNow(job.id))
    simulation.run_for(SECOND)
    simulation.crash(leaves_processes=True)
    simulation.restart()
    simulation.run_for(MINUTE)
    assert [status.state for status in simulation.registry.all()] == ["running", "queued", "queued"]
    simulation.run_for(HOUR)
    assert [(run.job_id, run.outcome) for run in simulation.rows()] == [
        ("a", "interrupted"),
        ("b", "succeeded"),
        ("c", "succeeded"),
    ]


def test_what_waited_starts_at_once_where_the_last_life_took_the_rest_along() -> None:
    simulation = simulate(a_job(id="a"), a_job(id="b"), takes=HOUR, slots=1)
    simulation.ask(RunNow("a"))
    simulation.ask(RunNow("b"))
    simulation.crash()
    simulation.restart()
    assert simulation.status("b").state == "running"


def test_what_waits_while_nothing_can_be_recorded_is_not_thrown_away() -> None:
    jobs = [a_job(id=name) for name in ("a", "b", "c")]
    simulation = simulate(*jobs, takes=MINUTE, slots=1)
    for job in jobs:
        simulation.ask(RunNow(job.id))
    simulation.run_for(SECOND)
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(5 * MINUTE)
    simulation.ledger.refusal = None
    simulation.run_for(5 * MINUTE)
    assert [(run.job_id, run.outcome) for run in simulation.rows()] == [
        ("a", "succeeded"),
        ("b", "succeeded"),
        ("c", "succeeded"),
    ]


def test_L2_nobody_hears_of_an_end_that_is_not_durable() -> None:
    simulation = simulate(hourly())
    simulation.run_for(HOUR + SECOND / 2)
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(MINUTE)
    assert simulation.status("backup").state == "running"
    (run,) = [run for run in simulation.registry.open_runs() if run.started]
    assert (run.outcome, run.finished) == (None, None)
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    assert simulation.status("backup").last_outcome == "succeeded"
    assert simulation.registry.open_runs() == ()


def test_a_start_that_was_withdrawn_says_nothing_of_how_the_job_does() -> None:
    simulation = simulate(hourly())
    simulation.run_for(HOUR + MINUTE)
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(HOUR)
    assert simulation.status("backup").last_outcome == "succeeded"


@pytest.mark.parametrize("rest", ["paused", "cannot record"])
def test_L3_an_edit_while_nothing_is_decided_leaves_no_instant_without_a_row(rest: str) -> None:
    simulation = simulate(hourly())
    if rest == "paused":
        simulation.ask(Pause("backup"))
    else:
        simulation.ledger.refusal = "No space left on device"
    simulation.run_for(3 * HOUR + MINUTE)
    simulation.files.jobs["backup"] = a_job(triggers=(cron("30 * * * *"),))
    simulation.reload()
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    rows = [run for run in simulation.rows() if run.reason == rest]
    spans = sorted((run.due or START, run.due_to or run.due or START) for run in rows)
    assert (spans[0][0], spans[-1][1]) == (START + HOUR, START + 3 * HOUR)


def test_L1_a_clock_set_back_and_an_edit_start_no_instant_twice() -> None:
    simulation = simulate(hourly())
    simulation.run_for(2 * HOUR + MINUTE)
    simulation.clock.step_to(START + HOUR + 30 * MINUTE)
    simulation.files.jobs["backup"] = a_job(triggers=(cron("0 * * * *"), cron("45 * * * *")))
    simulation.reload()
    simulation.run_for(3 * HOUR)
    dues = [run.due for run in simulation.rows() if run.due]
    assert len(dues) == len(set(dues))


def test_a_folder_that_cannot_be_read_takes_no_job_away() -> None:
    simulation = simulate(hourly())
    simulation.ask(Pause("backup"))
    unreadable = DefinitionsRead({}, frozenset(), (Problem("jobs", "", "cannot be read"),), is_complete=False)
    simulation.ask(unreadable)
    assert simulation.status("backup").is_paused
    assert [problem.file for problem in simulation.registry.problems] == ["jobs"]


def test_a_ledger_that_refuses_for_a_day_leaves_one_row_and_little_in_memory() -> None:
    simulation = simulate(a_job(triggers=(cron("* * * * * *"),)))
    simulation.run_for(timedelta(seconds=3.5))
    simulation.ledger.refusal = "No space left on device"
    before = len(simulation.ledger.events)
    simulation.run_for(24 * HOUR)
    assert simulation.alarms.at.keys() <= {"@notices"}, "nothing wakes for instants that cannot be decided"
    simulation.ledger.refusal = None
    simulation.run_for(timedelta(seconds=20))
    assert len(simulation.ledger.events) - before < 60
    skipped = [run for run in simulation.rows() if run.reason == "cannot record" and run.due_to]
    assert len(skipped) == 1
    assert skipped[0].due_to is not None
    assert skipped[0].due_to - (skipped[0].due or START) > 23 * HOUR
    assert simulation.status("backup").last_outcome == "succeeded"
    assert [notice.title for notice in simulation.teller.told] == [
        "Daybell cannot record runs",
        "Daybell records runs again",
    ]


def test_what_is_promised_is_durable_or_refused() -> None:
    simulation = simulate(hourly())
    simulation.ledger.refusal = "No space left on device"
    for verb in (Pause("backup"), Resume("backup"), RunNow("backup")):
        with pytest.raises(Conflict, match="No space left"):
            simulation.ask(verb)
    simulation.ledger.refusal = None
    simulation.ask(Pause("backup"))
    simulation.crash()
    simulation.restart()
    assert simulation.status("backup").is_paused


def test_what_is_refused_while_nothing_can_be_recorded_does_not_happen() -> None:
    simulation = simulate(hourly(), a_job(id="mail"))
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(HOUR + MINUTE)
    for verb in (Pause("mail"), RunNow("mail")):
        with pytest.raises(Conflict, match="No space left"):
            simulation.ask(verb)
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    assert not simulation.status("mail").is_paused
    assert simulation.rows("mail") == []
    simulation.ask(RunNow("mail"))
    assert simulation.status("mail").state == "running"


def test_a_home_that_refuses_from_the_start_shows_why_and_begins_when_it_can() -> None:
    simulation = simulate(hourly())
    simulation.crash()
    simulation.ledger.refusal = "Read-only file system"
    simulation.restart()
    assert [problem.file for problem in simulation.registry.problems] == ["journal.jsonl"]
    simulation.run_for(2 * HOUR)
    assert simulation.rows() == []
    simulation.ledger.refusal = None
    simulation.run_for(HOUR + MINUTE)
    assert simulation.registry.problems == ()
    assert [(run.outcome, run.reason) for run in simulation.rows()] == [
        ("skipped", "cannot record"),
        ("succeeded", None),
    ]


def busy() -> Simulation:
    """A home to which much has happened."""
    simulation = simulate(
        hourly(), hourly(id="mail", late_after=Duration(minutes=1)), takes=90 * MINUTE, slots=1
    )
    simulation.run_for(3 * HOUR)
    simulation.ask(Pause("mail", START + 5 * HOUR))
    simulation.ask(RunNow("backup")) if simulation.status("backup").state == "idle" else None
    simulation.ask(Pause(None))
    simulation.run_for(HOUR)
    simulation.crash()
    simulation.restart()
    simulation.ask(Resume(None))
    simulation.run_for(2 * HOUR)
    return simulation


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_replay_from_any_checkpoint_gives_the_same(data: st.DataObject) -> None:
    events = busy().ledger.events
    place = data.draw(st.integers(0, len(events)))
    whole, after = folded(events), Records()
    after.restore(folded(events[:place]).checkpoint(place))
    for one in events[place:]:
        after.apply(one.event)
    assert after.checkpoint(len(events)) == whole.checkpoint(len(events))
    assert after.running == whole.running
    assert list(after.waiting) == list(whole.waiting)


@pytest.mark.parametrize(("rush", "some_wait"), [(1000, False), (2, True)])
def test_a_checkpoint_waits_for_some_time_until_nothing_waits_for_a_slot(
    monkeypatch: pytest.MonkeyPatch, *, rush: int, some_wait: bool
) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 10)
    monkeypatch.setattr(loop, "RUSH", rush)
    jobs = [a_job(id=f"job-{number}", triggers=(cron("* * * * *"),)) for number in range(20)]
    simulation = simulate(*jobs, slots=1)
    waiting: list[int] = []

    def save(checkpoint: Checkpoint) -> None:
        waiting.append(sum(one.is_waiting for one in checkpoint.open_runs))

    simulation.ledger.save = save  # type: ignore[method-assign]  # each is looked at
    simulation.run_for(5 * MINUTE)
    assert waiting
    assert any(waiting) == some_wait


def test_a_start_replays_only_what_came_after_the_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 10)
    simulation = simulate(a_job(triggers=(cron("* * * * *"),)))
    simulation.run_for(HOUR)
    assert simulation.ledger.saved != Checkpoint()
    assert len(list(simulation.ledger.replay())) < 10
    simulation.crash()
    simulation.restart()
    assert simulation.status("backup").run_count == 60
