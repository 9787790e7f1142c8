"""Where schedules begin and end, on the real engine in simulated time."""

from datetime import datetime, timedelta

import pytest

from builders import BERLIN, a_job, at, cron, every, once
from daybell.engine.messages import CancelRuns, Pause, Resume, RunNow
from daybell.engine.virtual_workers import Behaviour
from daybell.model.job import CatchUp, Retry, StartupTrigger
from simulations import DAY, HOUR, MINUTE, SECOND, START, Commands, failing, hourly, since_start, told


def dues(simulation: Commands) -> list[timedelta]:
    return since_start(run.due for run in simulation.rows() if run.started)


def test_nothing_is_due_before_its_start() -> None:
    simulation = Commands(hourly(start=START + 2.5 * HOUR))
    assert simulation.status("backup").next_run == START + 3 * HOUR
    simulation.run_for(4 * HOUR + SECOND)
    assert dues(simulation) == [3 * HOUR, 4 * HOUR]


def test_an_instant_at_its_start_or_at_its_end_counts() -> None:
    simulation = Commands(hourly(start=START + 2 * HOUR, end=START + 3 * HOUR))
    simulation.run_for(DAY)
    assert dues(simulation) == [2 * HOUR, 3 * HOUR]


def test_M12_past_its_end_a_job_is_completed() -> None:
    simulation = Commands(hourly(end=START + 90 * MINUTE))
    assert simulation.status("backup").state == "idle"
    simulation.run_for(HOUR + MINUTE)
    status = simulation.status("backup")
    assert (status.state, status.next_run) == ("completed", None)
    simulation.run_for(DAY)
    assert dues(simulation) == [HOUR]


def test_M12_a_completed_job_still_runs_by_hand() -> None:
    simulation = Commands(hourly(end=START + 90 * MINUTE))
    simulation.run_for(2 * HOUR)
    simulation.ask(RunNow("backup"))
    assert simulation.status("backup").state == "running"
    simulation.run_for(MINUTE)
    assert simulation.status("backup").state == "completed"


def test_bounds_without_an_offset_are_times_on_the_wall() -> None:
    start, end = datetime(2026, 3, 2, 14), datetime(2026, 3, 2, 15)  # noqa: DTZ001 - as written
    simulation = Commands(hourly(start=start, end=end), zone=BERLIN)
    simulation.run_for(DAY)
    assert dues(simulation) == [HOUR, 2 * HOUR]


def test_M4_a_start_in_the_past_owes_nothing() -> None:
    simulation = Commands(hourly(start=START - DAY))
    simulation.run_for(HOUR + SECOND)
    assert told(simulation.rows()) == [("schedule", "succeeded", None)]


def test_M1_of_a_gap_only_what_lies_within_the_bounds_is_missed() -> None:
    bounds = {"start": START + 2 * HOUR, "end": START + 4 * HOUR}
    simulation = Commands(hourly(**bounds, catch_up=CatchUp("all")))
    simulation.down(9.5 * HOUR)
    simulation.run_for(MINUTE)
    assert dues(simulation) == [2 * HOUR, 3 * HOUR, 4 * HOUR]
    assert simulation.status("backup").state == "completed"


def test_an_interval_counts_from_its_start() -> None:
    simulation = Commands(a_job(triggers=(every("90m"),), start=START + 20 * MINUTE))
    simulation.run_for(4 * HOUR)
    assert dues(simulation) == [20 * MINUTE, 110 * MINUTE, 200 * MINUTE]


def test_an_interval_with_an_anchor_counts_from_that() -> None:
    job = a_job(triggers=(every("1h", START - 10 * MINUTE),), start=START + HOUR)
    simulation = Commands(job)
    simulation.run_for(3 * HOUR)
    assert dues(simulation) == [HOUR + 50 * MINUTE, 2 * HOUR + 50 * MINUTE]


def test_a_startup_before_the_start_or_after_the_end_is_none() -> None:
    early = a_job(id="early", triggers=(StartupTrigger(),), start=START + HOUR)
    late = a_job(id="late", triggers=(StartupTrigger(),), end=START - HOUR)
    simulation = Commands(early, late)
    simulation.run_for(2 * HOUR)
    assert simulation.rows() == []
    simulation.restart()
    simulation.run_for(MINUTE)
    assert [run.job_id for run in simulation.rows()] == ["early"]
    assert simulation.status("late").state == "completed"


def test_M12_after_its_number_of_runs_a_job_is_completed() -> None:
    simulation = Commands(hourly(max_runs=3))
    simulation.run_for(2 * HOUR + MINUTE)
    assert simulation.status("backup").state == "idle"
    simulation.run_for(DAY)
    assert dues(simulation) == [HOUR, 2 * HOUR, 3 * HOUR]
    assert (simulation.status("backup").state, simulation.status("backup").next_run) == ("completed", None)


def test_nothing_more_is_due_while_the_last_of_its_runs_is_under_way() -> None:
    simulation = Commands(hourly(max_runs=1), does=Behaviour(takes=3 * HOUR))
    simulation.run_for(2 * HOUR + MINUTE)
    assert (simulation.status("backup").state, simulation.status("backup").next_run) == ("running", None)
    simulation.run_for(DAY)
    assert dues(simulation) == [HOUR]


def test_the_number_of_runs_survives_a_restart_and_counts_no_run_by_hand() -> None:
    simulation = Commands(hourly(max_runs=2))
    simulation.ask(RunNow("backup"))
    simulation.run_for(HOUR + MINUTE)
    simulation.down(SECOND)
    simulation.ask(RunNow("backup"))
    simulation.run_for(DAY)
    scheduled = [run for run in simulation.rows() if run.cause != "manual"]
    assert since_start(run.due for run in scheduled) == [HOUR, 2 * HOUR]


def test_what_did_not_start_does_not_count() -> None:
    simulation = Commands(hourly(max_runs=2), does=[Behaviour(takes=90 * MINUTE), Behaviour()])
    simulation.run_for(2 * HOUR + MINUTE)
    simulation.ask(Pause("backup"))
    simulation.run_for(HOUR)
    simulation.ask(Resume("backup"))
    simulation.run_for(DAY)
    reasons = [(run.reason or "ran").partition(":")[0] for run in simulation.rows()]
    assert sorted(reasons) == ["overlap", "paused", "ran", "ran"]


def test_a_run_that_was_tried_thrice_counts_once() -> None:
    retry = Retry(max_attempts=3, jitter=False)
    simulation = Commands(hourly(max_runs=2, retry=retry), does=failing())
    simulation.run_for(DAY)
    assert [run.attempts for run in simulation.rows()] == [3, 3]


@pytest.mark.parametrize(("policy", "expected"), [("latest", [4]), ("all", [1, 2])])
def test_what_is_caught_up_counts(policy: str, expected: list[int]) -> None:
    simulation = Commands(hourly(max_runs=len(expected), catch_up=CatchUp(policy)))  # type: ignore[arg-type]  # one of its values
    simulation.down(4.5 * HOUR)
    simulation.run_for(DAY)
    assert dues(simulation) == [number * HOUR for number in expected]
    assert simulation.status("backup").state == "completed"


def test_a_greater_number_of_runs_goes_on_from_there() -> None:
    simulation = Commands(hourly(max_runs=1))
    simulation.run_for(5 * HOUR + MINUTE)
    simulation.edit(hourly(max_runs=3))
    simulation.run_for(DAY)
    assert dues(simulation) == [HOUR, 6 * HOUR, 7 * HOUR]


def test_a_run_cancelled_before_it_started_leaves_room_for_another() -> None:
    simulation = Commands(hourly(max_runs=1), a_job(id="other"), slots=1, does=Behaviour(takes=90 * MINUTE))
    simulation.ask(RunNow("other"))
    simulation.run_for(HOUR + MINUTE)
    assert simulation.status("backup").next_run is None
    simulation.ask(CancelRuns("backup"))
    assert simulation.status("backup").next_run == START + 2 * HOUR


def test_L1_one_instant_named_by_two_triggers_is_one_run() -> None:
    simulation = Commands(a_job(triggers=(cron("0 * * * *"), cron("*/30 13 * * *"), once(START + HOUR))))
    simulation.run_for(2 * HOUR + SECOND)
    assert dues(simulation) == [HOUR, 1.5 * HOUR, 2 * HOUR]


def test_M12_a_job_with_several_triggers_is_completed_with_the_last_of_them() -> None:
    simulation = Commands(a_job(triggers=(once(START + HOUR), once(START + 3 * HOUR))))
    simulation.run_for(2 * HOUR)
    assert (simulation.status("backup").state, simulation.status("backup").next_run) == (
        "idle",
        at("2026-03-02 15:00"),
    )
    simulation.run_for(2 * HOUR)
    assert (dues(simulation), simulation.status("backup").state) == ([HOUR, 3 * HOUR], "completed")
