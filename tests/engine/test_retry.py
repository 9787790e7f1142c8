"""Retries on the real engine, in simulated time; tests are named after their statements."""

from datetime import timedelta
from itertools import pairwise

import pytest

from builders import a_job, cron
from daybell.engine.messages import CancelRuns, Pause, Resume, RunNow, Stop
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.job import CatchUp, Job, Retry
from daybell.model.run import Run
from daybell.model.status import Problem
from simulations import DAY, HOUR, MINUTE, SECOND, START, WELL, Commands, failing, hourly, since_start

TWICE = Retry(max_attempts=2, delay=Duration(minutes=10), jitter=False)
THRICE = Retry(max_attempts=3, delay=Duration(minutes=10), multiplier=1, jitter=False)
AT_ONCE = failing(takes=timedelta(0))
FIRST = HOUR
"""When the hourly job is due for the first time."""
PENDING = FIRST + SECOND + 10 * MINUTE
"""And when its retry is, after an attempt of a second."""


def pending(job: Job | None = None, **options: object) -> Commands:
    """An hourly job whose first attempt has failed, and which will be tried again at PENDING."""
    simulation = Commands(job or hourly(retry=TWICE), does=[failing(), WELL], **options)
    simulation.run_for(FIRST + 2 * SECOND)
    (run,) = simulation.registry.open_runs()
    assert (run.due, run.attempts, simulation.status(run.job_id).state) == (START + FIRST, 1, "queued")
    assert simulation.status(run.job_id).waiting_until == START + PENDING
    return simulation


def only(simulation: Commands) -> Run:
    (run,) = simulation.rows()
    return run


def test_R1_the_wait_grows_up_to_its_longest() -> None:
    retry = Retry(max_attempts=8, delay=Duration(seconds=1), max_delay=Duration(seconds=30), jitter=False)
    simulation = Commands(hourly(retry=retry), does=AT_ONCE)
    simulation.run_for(FIRST + 5 * MINUTE)
    begun = since_start(simulation.starts())
    waits = [later - earlier for earlier, later in pairwise(begun)]
    assert waits == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 16, 30, 30)]
    assert (only(simulation).outcome, only(simulation).attempts) == ("failed", 8)


def test_R1_with_jitter_each_wait_is_anything_up_to_that() -> None:
    retry = Retry(max_attempts=6, delay=Duration(minutes=1), multiplier=1)
    simulation = Commands(hourly(retry=retry), does=AT_ONCE)
    simulation.run_for(FIRST + 10 * MINUTE)
    begun = since_start(simulation.starts())
    waits = [later - earlier for earlier, later in pairwise(begun)]
    assert len(set(waits)) == 5
    assert all(timedelta(0) <= wait < MINUTE for wait in waits)


@pytest.mark.parametrize("end", ["crash", "stop"])
@pytest.mark.parametrize(
    ("away", "again"), [(5 * MINUTE, PENDING), (30 * MINUTE, FIRST + 2 * SECOND + 30 * MINUTE)]
)
def test_R2_a_pending_retry_outlives_the_app_and_when_it_is_over_comes_at_once(
    end: str, away: timedelta, again: timedelta
) -> None:
    simulation = pending()
    if end == "stop":
        assert simulation.ask_later(Stop()).done(), "nothing is under way that would have to end"
    simulation.down(away)
    simulation.run_for(12 * MINUTE)
    assert since_start(simulation.starts()) == [FIRST, again]
    assert (only(simulation).outcome, only(simulation).attempts, simulation.told) == ("succeeded", 2, [])


def test_R2_a_retry_slept_over_comes_after_the_wake() -> None:
    simulation = pending()
    simulation.suspend(30 * MINUTE)
    simulation.run_for(MINUTE)
    assert since_start(simulation.starts()) == [FIRST, FIRST + 2 * SECOND + 30 * MINUTE]


DROPS = {
    "removed": (None, "not tried again: its job was removed"),
    "disabled": (hourly(retry=TWICE, enabled=False), "not tried again: its job was disabled"),
    "edited": (hourly(retry=THRICE), "not tried again: its job was edited"),
}


@pytest.mark.parametrize("drop", DROPS)
@pytest.mark.parametrize("is_down", [False, True])
def test_R2_a_job_that_is_not_what_it_was_is_not_tried_again(drop: str, *, is_down: bool) -> None:
    """Its run ends as its last attempt did, and is told of while there is a job to tell of (R3)."""
    job, reason = DROPS[drop]
    simulation = pending()
    if is_down:
        simulation.crash()
    simulation.files.jobs = {} if job is None else {job.id: job}
    simulation.restart() if is_down else simulation.reload()
    simulation.run_for(30 * MINUTE)
    run = only(simulation)
    assert (run.outcome, run.reason, run.error, run.attempts) == ("failed", reason, "disk full", 1)
    assert simulation.told == ([] if job is None else ["failure"])


@pytest.mark.parametrize("drop", DROPS)
def test_R2_nor_is_one_that_changed_while_it_ran(drop: str) -> None:
    job, _ = DROPS[drop]
    simulation = Commands(hourly(retry=TWICE), does=failing(takes=MINUTE))
    simulation.run_for(FIRST + SECOND)
    simulation.files.jobs = {} if job is None else {job.id: job}
    simulation.reload()
    simulation.run_for(30 * MINUTE)
    assert (only(simulation).outcome, only(simulation).attempts) == ("failed", 1)


def test_R2_what_only_people_read_may_be_edited() -> None:
    simulation = pending()
    simulation.edit(hourly(retry=TWICE, name="Back up photos", description="daily", tags=("a",)))
    simulation.run_until(START + PENDING + MINUTE)
    assert (only(simulation).outcome, only(simulation).attempts) == ("succeeded", 2)


@pytest.mark.parametrize("is_down", [False, True])
def test_R2_a_file_that_is_not_valid_for_a_while_drops_nothing(*, is_down: bool) -> None:
    simulation = pending()
    simulation.files.invalid["backup"] = Problem("backup.json", "", "not JSON")
    simulation.down(SECOND) if is_down else simulation.reload()
    simulation.run_for(MINUTE)
    simulation.files.invalid.clear()
    simulation.reload()
    simulation.run_until(START + PENDING + MINUTE)
    assert (only(simulation).outcome, only(simulation).attempts) == ("succeeded", 2)


def test_R3_the_next_instant_ends_a_pending_retry() -> None:
    """The run that waits ends as its attempt did, with its notice; the new one starts."""
    patient = Retry(max_attempts=2, delay=Duration(hours=3), max_delay=Duration(hours=3), jitter=False)
    simulation = Commands(hourly(retry=patient), does=[failing(), WELL])
    simulation.run_for(2 * HOUR + 5 * SECOND)
    ended, new = simulation.rows()
    assert (ended.outcome, ended.reason) == ("failed", "not tried again: superseded by a newer instant")
    assert (ended.attempts, ended.due, ended.error) == (1, START + HOUR, "disk full")
    assert (new.outcome, new.due, new.started) == ("succeeded", START + 2 * HOUR, START + 2 * HOUR)
    assert simulation.told == ["failure", "recovery"]
    simulation.run_for(3 * HOUR)
    assert since_start(simulation.starts()) == [number * HOUR for number in (1, 2, 3, 4, 5)]


def test_R3_an_instant_that_is_caught_up_ends_it_too() -> None:
    simulation = pending()
    simulation.suspend(2.5 * HOUR)
    simulation.run_for(MINUTE)
    rows = [(run.due, run.outcome, run.attempts) for run in simulation.rows() if run.started]
    assert rows == [(START + FIRST, "failed", 1), (START + 3 * HOUR, "succeeded", 1)]


def test_R3_one_of_many_that_are_caught_up_ends_nothing() -> None:
    simulation = pending(hourly(retry=TWICE, catch_up=CatchUp("all")))
    simulation.suspend(2.5 * HOUR)
    simulation.run_for(2 * MINUTE)
    rows = [(run.due, run.outcome, run.attempts) for run in simulation.rows()]
    assert rows == [
        (START + HOUR, "succeeded", 2),
        (START + 2 * HOUR, "succeeded", 1),
        (START + 3 * HOUR, "succeeded", 1),
    ]


def test_R3_a_run_by_hand_ends_no_retry_and_has_its_own() -> None:
    simulation = pending()
    simulation.does = [failing(takes=2 * SECOND), WELL]
    simulation.run_until(START + PENDING - SECOND)
    simulation.ask(RunNow("backup"))
    simulation.run_for(20 * MINUTE)
    scheduled, manual = simulation.rows()
    assert (scheduled.cause, scheduled.outcome, scheduled.attempts) == ("schedule", "succeeded", 2)
    assert (manual.cause, manual.outcome, manual.attempts) == ("manual", "succeeded", 2)
    begun = since_start(simulation.starts())
    assert begun == [FIRST, PENDING - SECOND, PENDING + SECOND, PENDING + SECOND + 10 * MINUTE], (
        "the retry waits until the run by hand is over"
    )


def test_R3_the_next_instant_is_skipped_while_the_retry_itself_runs() -> None:
    simulation = Commands(hourly(retry=TWICE), does=[failing(), Behaviour(takes=HOUR)])
    simulation.run_for(3 * HOUR - MINUTE)
    skipped, tried = simulation.rows()
    assert skipped.reason == f"overlap: run {tried.run_id} has not ended"
    assert (tried.outcome, tried.attempts) == ("succeeded", 2)


def test_R3_a_cancelled_retry_is_over() -> None:
    simulation = pending()
    simulation.ask(CancelRuns("backup"))
    simulation.run_for(30 * MINUTE)
    run = only(simulation)
    assert (run.outcome, run.reason, run.attempts) == ("cancelled", "cancelled by hand", 1)
    assert simulation.told == []


def test_R3_a_cancelled_attempt_is_not_tried_again() -> None:
    simulation = Commands(hourly(retry=THRICE), does=Behaviour(takes=HOUR))
    simulation.run_for(FIRST + SECOND)
    simulation.ask(CancelRuns("backup"))
    simulation.run_for(30 * MINUTE)
    assert (only(simulation).outcome, only(simulation).attempts) == ("cancelled", 1)


def test_R3_what_is_replaced_is_not_tried_again() -> None:
    job = a_job(triggers=(cron("*/10 * * * *"),), overlap="replace", retry=THRICE)
    simulation = Commands(job, does=Behaviour(takes=15 * MINUTE))
    simulation.run_for(29 * MINUTE)
    assert [(run.outcome, run.attempts) for run in simulation.rows()] == [("replaced", 1)]


def test_R3_a_timeout_is_tried_again_like_a_failure() -> None:
    job = hourly(retry=THRICE, timeout=Duration(seconds=5))
    simulation = Commands(job, does=Behaviour(takes=HOUR))
    simulation.run_for(FIRST + 25 * MINUTE)
    run = only(simulation)
    assert (run.outcome, run.error, run.attempts) == ("timed_out", "timed out after 5s", 3)
    assert simulation.told == ["failure"]


def test_R3_a_timeout_whose_retry_is_dropped_is_still_a_timeout() -> None:
    simulation = Commands(hourly(retry=TWICE, timeout=Duration(seconds=5)), does=Behaviour(takes=HOUR))
    simulation.run_for(FIRST + MINUTE)
    simulation.edit(hourly(retry=TWICE, timeout=Duration(seconds=6)))
    assert (only(simulation).outcome, simulation.told) == ("timed_out", ["failure"])


def test_T3_the_limit_is_each_attempt_s_own() -> None:
    job = hourly(retry=TWICE, timeout=Duration(minutes=1))
    simulation = Commands(job, does=[failing(takes=50 * SECOND), Behaviour(takes=50 * SECOND)])
    simulation.run_for(FIRST + 20 * MINUTE)
    assert (only(simulation).outcome, only(simulation).attempts) == ("succeeded", 2)


def test_R4_a_failure_is_told_after_the_last_attempt_only() -> None:
    simulation = Commands(hourly(retry=THRICE), does=failing())
    simulation.run_for(FIRST + 20 * MINUTE)
    assert (simulation.told, simulation.rows()) == ([], [])
    simulation.run_for(MINUTE)
    assert simulation.told == ["failure"]
    run = only(simulation)
    assert (run.outcome, run.attempts, run.due) == ("failed", 3, START + FIRST)
    status = simulation.status("backup")
    assert (status.run_count, status.error_count) == (1, 1)


def test_R4_what_succeeds_in_the_end_never_failed() -> None:
    simulation = Commands(hourly(retry=THRICE), does=[failing(), failing(), WELL])
    simulation.run_for(FIRST + 30 * MINUTE)
    run = only(simulation)
    assert (run.outcome, run.attempts, run.due, run.error) == ("succeeded", 3, START + FIRST, None)
    assert (simulation.told, simulation.status("backup").error_count) == ([], 0)


def test_R4_the_attempts_of_a_run_keep_its_instant_and_are_told_apart() -> None:
    simulation = Commands(hourly(retry=THRICE), does=failing())
    simulation.run_for(FIRST + 5 * MINUTE)
    status = simulation.status("backup")
    assert (status.waiting_for, status.waiting_until) == ("attempt 2 of 3", START + PENDING)
    simulation.run_for(10 * MINUTE)
    assert simulation.status("backup").waiting_for == "attempt 3 of 3"
    assert [run.due for run in simulation.registry.open_runs()] == [START + FIRST]


def test_R5_what_will_not_work_is_not_tried_again() -> None:
    simulation = Commands(hourly(retry=THRICE), does=failing(is_permanent=True))
    simulation.run_for(FIRST + MINUTE)
    assert (only(simulation).outcome, only(simulation).attempts, simulation.told) == (
        "failed",
        1,
        ["failure"],
    )


@pytest.mark.parametrize("job_id", ["backup", None])
def test_M8_a_pending_retry_waits_while_its_job_is_paused(job_id: str | None) -> None:
    simulation = pending()
    simulation.ask(Pause(job_id))
    simulation.run_until(START + FIRST + 30 * MINUTE)
    assert simulation.rows() == []
    simulation.ask(Resume(job_id))
    simulation.run_for(2 * SECOND)
    assert since_start(simulation.starts()) == [FIRST, FIRST + 30 * MINUTE]
    assert only(simulation).outcome == "succeeded"


def test_M8_a_pause_that_ends_by_itself_lets_the_retry_go() -> None:
    simulation = pending()
    simulation.ask(Pause("backup", START + FIRST + 30 * MINUTE))
    simulation.run_for(HOUR / 2 + MINUTE)
    assert since_start(simulation.starts()) == [FIRST, FIRST + 30 * MINUTE]


def test_M8_a_pause_shorter_than_the_wait_changes_nothing() -> None:
    simulation = pending()
    simulation.ask(Pause("backup"))
    simulation.run_for(MINUTE)
    simulation.ask(Resume("backup"))
    simulation.run_for(30 * MINUTE)
    assert since_start(simulation.starts()) == [FIRST, PENDING]


def test_M6_a_catch_up_run_has_its_normal_retries_and_is_never_itself_caught_up() -> None:
    job = a_job(triggers=(cron("30 12 * * *"),), retry=THRICE)
    simulation = Commands(job, does=[failing(), failing(), WELL])
    simulation.suspend(HOUR)
    simulation.run_for(MINUTE)
    simulation.suspend(2 * HOUR)  # over the instant of the second attempt
    simulation.run_for(20 * MINUTE)
    run = only(simulation)
    assert (run.cause, run.outcome, run.attempts) == ("catch_up", "succeeded", 3)
    assert run.due == START + 30 * MINUTE


def test_M6_a_catch_up_run_that_fails_for_good_is_over() -> None:
    simulation = Commands(a_job(triggers=(cron("30 12 * * *"),), retry=TWICE), does=failing())
    simulation.suspend(HOUR)
    simulation.run_for(12 * HOUR)
    simulation.down(HOUR)
    simulation.run_for(HOUR)
    assert (only(simulation).outcome, only(simulation).attempts) == ("failed", 2)


def test_O4_a_run_in_backoff_holds_no_slot() -> None:
    simulation = pending(slots=1)
    simulation.edit(a_job(id="other"))
    simulation.ask(RunNow("other"))
    assert simulation.status("other").state == "running"


def test_O4_a_retry_obeys_the_limits() -> None:
    simulation = pending(slots=1)
    simulation.edit(a_job(id="other"))
    simulation.does = [Behaviour(takes=5 * MINUTE), WELL]
    simulation.run_until(START + PENDING - MINUTE)
    simulation.ask(RunNow("other"))
    simulation.run_for(10 * MINUTE)
    assert since_start(simulation.starts()) == [FIRST, PENDING + 4 * MINUTE]


def test_L5_a_second_attempt_that_dies_with_the_app_is_interrupted() -> None:
    simulation = Commands(hourly(retry=THRICE), does=[failing(), Behaviour(takes=HOUR)])
    simulation.run_until(START + PENDING + SECOND)
    simulation.down(MINUTE)
    simulation.run_for(MINUTE)
    assert (only(simulation).outcome, only(simulation).attempts) == ("interrupted", 2)


def test_T4_what_fails_while_daybell_stops_is_not_tried_again() -> None:
    simulation = Commands(hourly(retry=THRICE), does=failing(takes=2 * SECOND))
    simulation.run_for(FIRST + SECOND)
    simulation.ask_later(Stop())
    simulation.run_for(MINUTE)
    assert (only(simulation).outcome, only(simulation).attempts) == ("interrupted", 1)
    simulation.restart()
    simulation.run_for(DAY / 48)
    assert len(simulation.rows()) == 1
