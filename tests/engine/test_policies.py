"""Policies on the real engine, in simulated time. A test is named after the statement it shows."""

from datetime import timedelta
from itertools import pairwise

import pytest
from msgspec import structs

from builders import BERLIN, a_job, at, cron, every, once
from daybell.engine.messages import CancelRuns, Pause, Resume, RunNow, Stop
from daybell.engine.planning import LEAD
from daybell.engine.ports import Attempt, AttemptResult
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour
from daybell.model.durations import Duration
from daybell.model.errors import Conflict, JobNotFound, RunNotFound
from daybell.model.events import JobPaused
from daybell.model.job import CatchUp, Job, Retry, StartupTrigger
from daybell.model.run import Run
from daybell.model.status import Problem

START = at("2026-03-02 12:00")
MINUTE = timedelta(minutes=1)
FAILED = AttemptResult(outcome="failed", exit_code=3, error="disk full")


def simulate(*jobs: Job, **options: object) -> Simulation:
    return Simulation(jobs, start=START, **options)  # type: ignore[arg-type]  # tests pass what a Simulation takes


def outcomes(simulation: Simulation, job_id: str = "backup") -> list[str | None]:
    return [run.outcome for run in simulation.rows(job_id)]


def taking(length: timedelta) -> Behaviour:
    return Behaviour(takes=length)


def every_minute(**changes: object) -> Job:
    return a_job(triggers=(cron("* * * * *"),), **changes)


def dues(runs: list[Run]) -> list[str]:
    return [f"{run.due:%H:%M}" for run in runs]


def test_runs_happen_at_their_due_instants() -> None:
    simulation = simulate(every_minute())
    simulation.run_for(3 * MINUTE + timedelta(seconds=5))
    assert dues(simulation.rows()) == ["12:01", "12:02", "12:03"]
    assert outcomes(simulation) == ["succeeded"] * 3


def test_a_start_is_decided_a_moment_ahead_and_happens_at_its_instant() -> None:
    simulation = simulate(every_minute())
    simulation.run_until(START + MINUTE - LEAD)
    claimed = simulation.ledger.events[-1].event
    assert (type(claimed).__name__, claimed.at) == ("RunClaimed", START + MINUTE - LEAD)
    assert simulation.status("backup").last_run is None
    simulation.run_until(START + MINUTE)
    assert simulation.status("backup").last_run == START + MINUTE


def test_only_starts_are_decided_ahead() -> None:
    """A run that ends in the last moment before the next instant blocks nothing."""
    almost_a_minute = MINUTE - LEAD / 2
    simulation = simulate(every_minute(), behave=lambda _: taking(almost_a_minute))
    simulation.run_for(4 * MINUTE)
    assert outcomes(simulation) == ["succeeded"] * 3
    assert simulation.status("backup").is_running


def test_an_instant_decided_ahead_does_not_come_again_with_a_new_schedule() -> None:
    simulation = simulate(every_minute())
    simulation.run_until(START + MINUTE - LEAD / 2)
    simulation.files.jobs["backup"] = a_job(triggers=(cron("*/1 * * * *"),))
    simulation.reload()
    simulation.run_for(MINUTE / 2)
    assert dues(simulation.rows()) == ["12:01"]


def test_a_run_decided_ahead_may_still_be_cancelled() -> None:
    simulation = simulate(every_minute())
    simulation.run_until(START + MINUTE - LEAD / 2)
    simulation.ask(CancelRuns("backup"))
    simulation.run_for(MINUTE / 2)
    (run,) = simulation.rows()
    assert (run.outcome, run.started) == ("cancelled", None)


def test_local_triggers_follow_the_scheduler_s_zone() -> None:
    simulation = simulate(a_job(triggers=(cron("0 18 * * *"),)), zone=BERLIN)
    simulation.run_for(timedelta(hours=12))
    assert dues(simulation.rows()) == ["17:00"]


def test_the_status_tells_how_a_job_stands() -> None:
    simulation = simulate(every_minute(name="Back up photos"), behave=lambda _: Behaviour(result=FAILED))
    before = simulation.status("backup")
    assert (before.state, before.next_run, before.last_run) == ("idle", START + MINUTE, None)
    simulation.run_for(MINUTE)
    assert simulation.status("backup").state == "running"
    simulation.run_for(timedelta(seconds=2))
    after = simulation.status("backup")
    assert (after.name, after.state, after.last_outcome) == ("Back up photos", "idle", "failed")
    assert (after.last_error, after.last_duration_ms) == ("disk full", 1000)
    assert (after.run_count, after.error_count, after.last_run) == (1, 1, START + MINUTE)


def test_a_run_that_cannot_start_moves_no_last_run_and_counts_as_an_error() -> None:
    simulation = simulate(every_minute(), behave=lambda _: Behaviour(can_start=False, result=FAILED))
    simulation.run_for(MINUTE)
    status = simulation.status("backup")
    assert (status.run_count, status.error_count, status.last_run) == (0, 1, None)
    assert simulation.rows()[0].started is None


def test_L2_the_claim_is_durable_before_anything_is_spawned() -> None:
    simulation = simulate(every_minute())
    spawned_after: list[str] = []

    def behave(attempt: Attempt) -> Behaviour:
        spawned_after.append(type(simulation.ledger.events[-1].event).__name__)
        return Behaviour()

    simulation.behave = behave
    simulation.run_for(MINUTE)
    assert spawned_after == ["RunClaimed"]


def test_a_run_that_cannot_be_recorded_is_not_started() -> None:
    started: list[str] = []

    def behave(attempt: Attempt) -> Behaviour:
        started.append(attempt.run.run_id)
        return Behaviour()

    simulation = simulate(every_minute(), behave=behave)
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(MINUTE)
    assert started == []
    assert [problem.file for problem in simulation.registry.problems] == ["journal.jsonl"]
    with pytest.raises(Conflict, match="No space left"):
        simulation.ask(RunNow("backup"))
    simulation.ledger.refusal = None
    simulation.run_for(MINUTE)
    assert outcomes(simulation) == ["skipped"]
    simulation.run_for(MINUTE)
    assert outcomes(simulation)[1:] == ["succeeded"]
    assert simulation.registry.problems == ()


def test_M1_of_the_instants_missed_while_down_the_newest_runs_once() -> None:
    simulation = simulate(every_minute())
    simulation.crash()
    simulation.clock.step_to(START + timedelta(hours=3, seconds=30))
    simulation.restart()
    simulation.run_for(timedelta(seconds=15))
    missed, caught_up = simulation.rows()[-2:]
    assert (missed.outcome, missed.due, missed.due_to) == ("missed", START + MINUTE, at("2026-03-02 14:59"))
    assert (caught_up.outcome, caught_up.cause, caught_up.due) == (
        "succeeded",
        "catch_up",
        at("2026-03-02 15:00"),
    )


def test_M3_suspend_leaves_the_same_ledger_as_being_down() -> None:
    def ledger(simulation: Simulation) -> list[tuple[str | None, ...]]:
        simulation.run_for(MINUTE + timedelta(seconds=10))
        return sorted((str(run.due), str(run.due_to), run.cause, run.outcome) for run in simulation.rows())

    asleep, down = simulate(every_minute()), simulate(every_minute())
    asleep.suspend(timedelta(hours=3, seconds=30))
    down.crash()
    down.clock.step_to(START + timedelta(hours=3, seconds=30))
    down.restart()
    assert ledger(asleep) == ledger(down)


def test_M4_a_new_or_edited_schedule_owes_nothing_for_what_lies_before_it() -> None:
    simulation = simulate(a_job(triggers=(cron("0 18 * * *"),)))
    simulation.files.jobs["backup"] = a_job(triggers=(cron("0 9 * * *"),))
    simulation.reload()
    simulation.run_for(timedelta(hours=12))
    assert simulation.rows() == []
    assert simulation.status("backup").next_run == at("2026-03-03 09:00")


def test_M5_an_instant_whose_run_started_is_never_fired_again_after_a_restart() -> None:
    simulation = simulate(every_minute(), behave=lambda _: taking(timedelta(seconds=30)))
    simulation.run_for(MINUTE + timedelta(seconds=5))
    simulation.crash()
    simulation.restart()
    simulation.run_for(timedelta(seconds=20))
    (run,) = simulation.rows()
    assert (run.outcome, run.reason, run.due) == ("interrupted", "Daybell ended while it ran", START + MINUTE)


def test_M8_a_pause_owes_nothing_and_leaves_one_row() -> None:
    simulation = simulate(every_minute())
    simulation.ask(Pause("backup"))
    simulation.run_for(3 * MINUTE + timedelta(seconds=5))
    status = simulation.status("backup")
    assert (status.state, status.is_paused, status.next_run) == ("paused", True, None)
    simulation.ask(Resume("backup"))
    simulation.run_for(MINUTE)
    skipped, ran = simulation.rows()
    assert (skipped.outcome, skipped.reason) == ("skipped", "paused")
    assert (skipped.due, skipped.due_to) == (START + MINUTE, START + 3 * MINUTE)
    assert dues([ran]) == ["12:04"]


def test_M8_a_manual_run_passes_a_pause() -> None:
    simulation = simulate(every_minute())
    simulation.ask(Pause("backup"))
    simulation.ask(RunNow("backup"))
    simulation.run_for(timedelta(seconds=2))
    assert [(run.cause, run.outcome, run.due) for run in simulation.rows()] == [("manual", "succeeded", None)]


@pytest.mark.parametrize("away", ["suspended", "down"])
def test_M1_all_runs_what_was_missed_one_after_another_the_oldest_first(away: str) -> None:
    job = a_job(triggers=(cron("0 * * * *"),), catch_up=CatchUp("all"))
    simulation = simulate(job, behave=lambda _: Behaviour(takes=MINUTE))
    if away == "down":
        simulation.crash()
    simulation.clock.step_to(START + timedelta(hours=4, minutes=30))
    if away == "down":
        simulation.restart()
    simulation.run_for(10 * MINUTE)
    rows = simulation.rows()
    assert [(run.cause, run.outcome, run.due) for run in rows] == [
        ("catch_up", "succeeded", START + timedelta(hours=hour)) for hour in (1, 2, 3, 4)
    ]
    spans = [(run.started or START, run.finished or START) for run in rows]
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def test_M1_skip_runs_nothing_that_was_missed() -> None:
    job = a_job(triggers=(cron("0 * * * *"),), catch_up=CatchUp("skip"))
    simulation = simulate(job)
    simulation.suspend(timedelta(hours=4, minutes=30))
    simulation.run_for(MINUTE)
    (row,) = simulation.rows()
    assert (row.outcome, row.reason, row.due_to) == ("missed", "not caught up", START + timedelta(hours=4))


def test_a_pause_with_an_end_ends_by_itself() -> None:
    simulation = simulate(every_minute())
    end = START + 3 * MINUTE + timedelta(seconds=30)
    simulation.ask(Pause("backup", end))
    assert simulation.status("backup").paused_until == end
    simulation.run_until(end - timedelta(seconds=1))
    assert simulation.status("backup").is_paused
    simulation.run_for(MINUTE)
    status = simulation.status("backup")
    assert (status.is_paused, status.paused_until) == (False, None)
    skipped, ran = simulation.rows()
    assert (skipped.reason, skipped.due, skipped.due_to) == ("paused", START + MINUTE, START + 3 * MINUTE)
    assert (ran.outcome, ran.due) == ("succeeded", START + 4 * MINUTE)


@pytest.mark.parametrize("away", ["suspended", "down"])
@pytest.mark.parametrize("is_resumed", [False, True])
def test_what_was_due_after_a_pause_that_ended_meanwhile_is_caught_up(away: str, *, is_resumed: bool) -> None:
    simulation = simulate(every_minute())
    simulation.ask(Pause("backup", START + 3 * MINUTE + timedelta(seconds=30)))
    simulation.run_for(MINUTE)
    if away == "down":
        simulation.crash()
    simulation.clock.step_to(START + timedelta(minutes=10, seconds=30))
    if away == "down":
        simulation.restart()
    if is_resumed:
        simulation.ask(Resume("backup"))
    simulation.run_for(timedelta(seconds=2))
    rows = sorted(simulation.rows(), key=lambda run: run.due or START)
    assert [(run.outcome, run.reason, run.due, run.due_to) for run in rows] == [
        ("skipped", "paused", START + MINUTE, START + 3 * MINUTE),
        ("missed", "caught up by the newest", START + 4 * MINUTE, START + 9 * MINUTE),
        ("succeeded", None, START + 10 * MINUTE, None),
    ]


def test_the_newest_pause_counts() -> None:
    simulation = simulate(every_minute())
    soon, later = START + MINUTE, START + 10 * MINUTE
    for until in (soon, later, later, None):
        simulation.ask(Pause("backup", until))
    simulation.run_for(timedelta(hours=1))
    assert simulation.status("backup").state == "paused"
    simulation.ask(Pause("backup", simulation.clock.now() + MINUTE))
    simulation.run_for(MINUTE + timedelta(seconds=30))
    assert simulation.status("backup").state == "idle"
    assert sum(isinstance(one.event, JobPaused) for one in simulation.ledger.replay()) == 4


def test_a_pause_of_all_outlasts_the_end_of_one() -> None:
    simulation = simulate(every_minute())
    simulation.ask(Pause("backup", START + MINUTE + timedelta(seconds=30)))
    simulation.ask(Pause(None))
    simulation.run_for(5 * MINUTE + timedelta(seconds=5))
    assert simulation.status("backup").paused_until is None
    assert simulation.rows() == []
    simulation.ask(Resume(None))
    (skipped,) = simulation.rows()
    assert (skipped.reason, skipped.due, skipped.due_to) == ("paused", START + MINUTE, START + 5 * MINUTE)


def test_a_disabled_job_s_pause_ends_too() -> None:
    simulation = simulate(every_minute(enabled=False))
    simulation.ask(Pause("backup", START + MINUTE))
    simulation.run_for(2 * MINUTE)
    assert not simulation.status("backup").is_paused
    assert simulation.rows() == []


def test_a_pause_that_would_be_over_is_refused() -> None:
    simulation = simulate(every_minute())
    with pytest.raises(Conflict, match="before it begins"):
        simulation.ask(Pause("backup", START))
    assert simulation.status("backup").state == "idle"


def test_a_pause_survives_a_restart() -> None:
    simulation = simulate(every_minute(), every_minute(id="mail"))
    simulation.ask(Pause("backup"))
    simulation.restart()
    assert [status.state for status in simulation.registry.all()] == ["paused", "idle"]


def test_all_jobs_pause_and_resume_together_but_one_paused_by_itself_stays_so() -> None:
    simulation = simulate(every_minute(), every_minute(id="mail"))
    simulation.ask(Pause("mail"))
    simulation.ask(Pause(None))
    simulation.ask(Pause(None))
    assert simulation.registry.state == "paused"
    simulation.run_for(2 * MINUTE)
    simulation.ask(Resume(None))
    assert [status.state for status in simulation.registry.all()] == ["idle", "paused"]
    assert [run.job_id for run in simulation.rows()] == ["backup"]
    simulation.ask(Resume("mail"))
    assert [(run.job_id, run.reason) for run in simulation.rows()] == [
        ("backup", "paused"),
        ("mail", "paused"),
    ]


def test_M9_a_clock_that_goes_back_fires_nothing_twice() -> None:
    simulation = simulate(every_minute())
    simulation.run_for(3 * MINUTE + timedelta(seconds=5))
    simulation.clock.step_to(START)
    simulation.run_for(3 * MINUTE + timedelta(seconds=30))
    assert dues(simulation.rows()) == ["12:01", "12:02", "12:03"]


def test_M12_a_disabled_job_is_never_due_but_runs_by_hand() -> None:
    simulation = simulate(every_minute(enabled=False))
    simulation.run_for(5 * MINUTE)
    assert (simulation.status("backup").state, simulation.rows()) == ("disabled", [])
    simulation.ask(RunNow("backup"))
    simulation.run_for(MINUTE)
    assert outcomes(simulation) == ["succeeded"]


def test_M12_switched_off_nothing_is_due_or_owed_and_runs_by_hand_work() -> None:
    simulation = simulate(every_minute(), a_job(id="first", triggers=(StartupTrigger(),)))
    simulation.run_for(MINUTE + timedelta(seconds=5))
    before = len(simulation.rows())
    simulation.crash()
    simulation.config = structs.replace(simulation.config, is_enabled=False)
    simulation.restart()
    assert simulation.registry.state == "stopped"
    assert simulation.status("backup").next_run is None
    simulation.ask(Pause("backup"))
    simulation.run_for(timedelta(hours=3))
    simulation.ask(Resume("backup"))
    simulation.ask(RunNow("backup"))
    simulation.run_for(MINUTE)
    assert [run.cause for run in simulation.rows()[before:]] == ["manual"]
    simulation.crash()
    simulation.config = structs.replace(simulation.config, is_enabled=True)
    simulation.restart()
    simulation.run_for(MINUTE)
    due = [run.due for run in simulation.rows()[before + 1 :] if run.due]
    assert due == [START + timedelta(hours=3, minutes=3)]


def test_M12_what_waits_when_the_scheduler_is_switched_off_is_not_owed() -> None:
    retry = Retry(max_attempts=2, delay=Duration.parse("10m"), jitter=False)
    needing = a_job(id="later", triggers=(cron("1 * * * *"),), needs=("backup",))
    simulation = simulate(every_minute(retry=retry), needing, behave=lambda _: Behaviour(result=FAILED))
    simulation.run_for(MINUTE + timedelta(seconds=5))
    simulation.crash()
    simulation.config = structs.replace(simulation.config, is_enabled=False)
    simulation.restart()
    simulation.run_for(timedelta(hours=1))
    assert {(run.job_id, run.outcome, run.reason) for run in simulation.rows()} == {
        ("backup", "failed", "not tried again: the scheduler is switched off"),
        ("later", "skipped", "the scheduler is switched off"),
    }


def test_M12_a_once_job_is_completed_when_its_instant_is_over() -> None:
    simulation = simulate(a_job(triggers=(once(START + MINUTE),)))
    assert simulation.status("backup").state == "idle"
    simulation.run_for(2 * MINUTE)
    assert outcomes(simulation) == ["succeeded"]
    status = simulation.status("backup")
    assert (status.state, status.next_run) == ("completed", None)


def test_a_startup_job_runs_at_each_start() -> None:
    simulation = simulate(a_job(triggers=(StartupTrigger(),)))
    simulation.run_for(MINUTE)
    simulation.restart()
    simulation.run_for(MINUTE)
    assert outcomes(simulation) == ["succeeded", "succeeded"]


def test_an_interval_does_not_drift() -> None:
    simulation = simulate(a_job(triggers=(every("90s"),)), behave=lambda _: taking(timedelta(seconds=20)))
    simulation.run_for(timedelta(seconds=475))
    assert [run.due - START for run in simulation.rows() if run.due] == [
        timedelta(seconds=90 * number) for number in range(1, 6)
    ]


def test_O1_and_O3_a_skip_names_the_run_that_blocked_it() -> None:
    simulation = simulate(every_minute(), behave=lambda _: taking(timedelta(seconds=90)))
    simulation.run_for(2 * MINUTE)
    (skipped,) = simulation.rows()
    (running,) = simulation.registry.open_runs()
    assert (skipped.outcome, dues([skipped])) == ("skipped", ["12:02"])
    assert running.run_id in (skipped.reason or "")
    with pytest.raises(Conflict, match=running.run_id):
        simulation.ask(RunNow("backup"))


def test_O4_runs_beyond_the_limit_wait_and_start_by_age() -> None:
    jobs = [every_minute(id=name) for name in ("a", "b", "c")]
    simulation = simulate(*jobs, slots=1, behave=lambda _: taking(timedelta(seconds=10)))
    simulation.run_for(MINUTE)
    assert [status.state for status in simulation.registry.all()] == ["running", "queued", "queued"]
    simulation.run_for(timedelta(seconds=10))
    assert [status.state for status in simulation.registry.all()] == ["idle", "running", "queued"]
    simulation.run_for(timedelta(seconds=30))
    assert [run.job_id for run in simulation.rows()] == ["a", "b", "c"]
    assert {run.outcome for run in simulation.rows()} == {"succeeded"}


def test_a_waiting_run_is_cancelled_without_ever_starting() -> None:
    simulation = simulate(every_minute(id="a"), every_minute(), slots=1, behave=lambda _: taking(MINUTE / 2))
    simulation.run_for(MINUTE)
    (run_id,) = simulation.ask(CancelRuns("backup"))
    (run,) = simulation.rows("backup")
    assert (run.run_id, run.outcome, run.started) == (run_id, "cancelled", None)


def test_T3_timed_out_failed_and_cancelled_differ() -> None:
    limit = Duration.parse("5s")
    jobs = [every_minute(id=name, timeout=limit) for name in ("cancelled", "failed", "slow")]

    def behave(attempt: Attempt) -> Behaviour:
        return Behaviour(result=FAILED) if attempt.job.id == "failed" else taking(timedelta(minutes=30))

    simulation = simulate(*jobs, behave=behave)
    simulation.run_for(MINUTE + timedelta(seconds=1))
    simulation.ask(CancelRuns("cancelled"))
    simulation.run_for(timedelta(seconds=10))
    ended = {run.job_id: run for run in simulation.rows()}
    assert {job_id: run.outcome for job_id, run in ended.items()} == {
        "cancelled": "cancelled",
        "failed": "failed",
        "slow": "timed_out",
    }
    assert ended["slow"].error == "timed out after 5s"
    assert ended["cancelled"].reason == "cancelled by hand"
    assert simulation.status("cancelled").error_count == 0


def test_T3_time_asleep_does_not_count() -> None:
    simulation = simulate(
        every_minute(timeout=Duration.parse("10s")), behave=lambda _: taking(timedelta(seconds=8))
    )
    simulation.run_for(MINUTE + timedelta(seconds=2))
    simulation.suspend(timedelta(seconds=45))
    simulation.run_for(timedelta(seconds=7))
    assert outcomes(simulation) == ["succeeded"]


def test_T4_stopping_ends_what_runs_and_starts_nothing_more() -> None:
    simulation = simulate(
        every_minute(), every_minute(id="mail"), slots=1, behave=lambda _: taking(5 * MINUTE)
    )
    simulation.run_for(MINUTE)
    reply = simulation.ask_later(Stop())
    assert not reply.done()
    simulation.run_for(timedelta(seconds=2))
    assert reply.result(0) == ()
    assert {(run.job_id, run.outcome) for run in simulation.rows()} == {
        ("backup", "interrupted"),
        ("mail", "interrupted"),
    }
    assert simulation.engine.is_stopped
    assert simulation.registry.state == "stopped"


def test_T4_what_does_not_end_within_the_shutdown_timeout_is_given_up() -> None:
    simulation = simulate(every_minute(), behave=lambda _: Behaviour(takes=5 * MINUTE, ignores_all=True))
    simulation.run_for(MINUTE)
    reply = simulation.ask_later(Stop())
    simulation.run_for(timedelta(seconds=31))
    (row,) = simulation.rows()
    assert reply.result(0) == (f"run {row.run_id} of backup",)
    assert row.reason == "it did not end within 30s"


def test_nothing_can_be_run_by_hand_while_stopping() -> None:
    simulation = simulate(every_minute(), a_job(id="mail"), behave=lambda _: taking(MINUTE))
    simulation.run_for(MINUTE)
    simulation.ask_later(Stop())
    with pytest.raises(Conflict, match="stopping"):
        simulation.ask(RunNow("mail"))


def test_G1_a_bad_edit_leaves_the_job_as_it_was() -> None:
    simulation = simulate(every_minute(), every_minute(id="mail"))
    simulation.files.invalid["backup"] = Problem("backup.json", "handler", "missing")
    simulation.reload()
    simulation.run_for(MINUTE + timedelta(seconds=2))
    assert outcomes(simulation) == ["succeeded"]
    assert simulation.registry.problems == (Problem("backup.json", "handler", "missing"),)


def test_G1_a_job_that_was_never_valid_is_shown_as_invalid() -> None:
    simulation = simulate(every_minute(id="mail"))
    simulation.files.invalid["broken"] = Problem("broken.json", "", "not JSON")
    simulation.reload()
    assert simulation.status("broken").state == "invalid"
    with pytest.raises(Conflict, match="not valid"):
        simulation.ask(RunNow("broken"))
    del simulation.files.invalid["broken"]
    simulation.reload()
    with pytest.raises(JobNotFound):
        simulation.status("broken")


@pytest.mark.parametrize("offset", [timedelta(milliseconds=-1), timedelta(0), timedelta(milliseconds=1)])
def test_G2_a_reload_neither_loses_nor_doubles_an_instant(offset: timedelta) -> None:
    simulation = simulate(every_minute())
    simulation.run_until(START + MINUTE - timedelta(seconds=1))
    simulation.clock.advance_to(START + MINUTE + offset)
    simulation.files.jobs["backup"] = every_minute(description="edited")
    simulation.reload()
    simulation.run_for(MINUTE)
    assert dues(simulation.rows())[:2] == ["12:01", "12:02"][: len(simulation.rows())]
    assert len({run.due for run in simulation.rows()}) == len(simulation.rows())
    assert simulation.rows()[0].due == START + MINUTE


def test_a_running_job_that_is_removed_runs_to_its_end() -> None:
    simulation = simulate(every_minute(), behave=lambda _: taking(timedelta(seconds=30)))
    simulation.run_for(MINUTE)
    del simulation.files.jobs["backup"]
    simulation.reload()
    simulation.run_for(5 * MINUTE)
    assert outcomes(simulation) == ["succeeded"]
    with pytest.raises(JobNotFound):
        simulation.status("backup")


def test_cancel_says_what_it_did_not_find() -> None:
    simulation = simulate(every_minute())
    with pytest.raises(Conflict, match="no run"):
        simulation.ask(CancelRuns("backup"))
    with pytest.raises(RunNotFound, match="photos"):
        simulation.ask(CancelRuns("photos"))


def test_history_and_counters_survive_a_restart() -> None:
    simulation = simulate(every_minute())
    simulation.run_for(3 * MINUTE + timedelta(seconds=5))
    before, rows = simulation.status("backup"), simulation.rows()
    simulation.restart()
    assert simulation.status("backup") == before
    assert simulation.rows() == rows


def test_one_message_that_fails_takes_nothing_else_down(caplog: pytest.LogCaptureFixture) -> None:
    simulation = simulate(every_minute())
    with pytest.raises(TypeError):
        simulation.ask(CancelRuns(target=[]))  # type: ignore[arg-type]  # a bug, planted
    assert "a message failed" in caplog.text
    simulation.run_for(MINUTE + timedelta(seconds=2))
    assert outcomes(simulation) == ["succeeded"]


def test_a_run_that_no_thread_can_be_had_for_fails_and_harms_no_other() -> None:
    simulation = simulate(every_minute(), every_minute(id="other"))
    start = simulation.workers.start

    def refuse_once(attempt: Attempt) -> None:
        simulation.workers.start = start  # type: ignore[method-assign]  # the machine recovers
        raise RuntimeError("can't start new thread")

    simulation.workers.start = refuse_once  # type: ignore[method-assign]  # a machine without threads
    simulation.run_for(2 * MINUTE + timedelta(seconds=5))
    assert [run.outcome for run in simulation.rows()].count("failed") == 1
    assert [run.outcome for run in simulation.rows()].count("succeeded") == 3
    assert "can't start new thread" in next(run.error or "" for run in simulation.rows() if run.is_failure)


def test_waiting_runs_start_again_once_something_can_be_recorded() -> None:
    jobs = [a_job(id=name) for name in ("a", "b", "c")]
    simulation = simulate(*jobs, slots=1)
    for job in jobs:
        simulation.ask(RunNow(job.id))
    simulation.ledger.refusal = "No space left on device"
    simulation.run_for(timedelta(seconds=2))
    simulation.ledger.refusal = None
    simulation.reload()
    simulation.run_for(timedelta(seconds=5))
    assert [status.state for status in simulation.registry.all()] == ["idle", "idle", "idle"]


def test_stopping_shortens_the_grace_of_a_run_that_was_told_to_end_before() -> None:
    simulation = simulate(every_minute(), behave=lambda _: Behaviour(takes=5 * MINUTE, ignores_sigterm=True))
    simulation.config = structs.replace(simulation.config, shutdown_timeout=timedelta(seconds=3))
    simulation.restart()
    simulation.run_for(MINUTE)
    simulation.ask(CancelRuns("backup"))
    simulation.ask_later(Stop())
    simulation.run_for(timedelta(seconds=2))
    (run,) = simulation.rows()
    assert (run.outcome, run.reason) == ("cancelled", "cancelled by hand")
    assert simulation.engine.is_stopped


def test_M4_a_file_removed_while_daybell_was_down_and_added_again_is_a_new_job() -> None:
    simulation = simulate(every_minute())
    simulation.ask(Pause("backup"))
    simulation.crash()
    job = simulation.files.jobs.pop("backup")
    simulation.restart()
    simulation.run_for(timedelta(hours=3))
    simulation.files.jobs["backup"] = job
    simulation.reload()
    simulation.run_for(MINUTE + timedelta(seconds=2))
    assert outcomes(simulation) == ["succeeded"]


def test_L3_a_pause_keeps_its_row_over_a_restart_also_with_a_startup_trigger() -> None:
    simulation = simulate(a_job(triggers=(cron("* * * * *"), StartupTrigger())))
    simulation.run_for(timedelta(seconds=5))
    simulation.ask(Pause("backup"))
    simulation.run_for(3 * MINUTE)
    simulation.restart()
    simulation.ask(Resume("backup"))
    gap = simulation.rows()[-1]
    assert (gap.reason, gap.due, gap.due_to) == ("paused", START + MINUTE, START + 3 * MINUTE)


def test_a_clock_that_was_far_ahead_once_silences_no_job(caplog: pytest.LogCaptureFixture) -> None:
    simulation = simulate(every_minute())
    simulation.clock.step_to(at("2031-01-01 00:00"))
    simulation.run_for(2 * MINUTE)
    simulation.crash()
    simulation.clock.step_to(START)
    simulation.restart()
    simulation.run_for(2 * MINUTE + timedelta(seconds=2))
    now = [run for run in simulation.rows() if run.started and run.started < at("2027-01-01 00:00")]
    assert dues(now) == ["12:01", "12:02"]
    assert "planned anew" in caplog.text


def test_a_job_that_cannot_be_planned_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    simulation = simulate(every_minute())
    broken = a_job(id="broken", triggers=(cron("no cron at all"),))
    simulation.files.jobs["broken"] = broken
    simulation.reload()
    assert "cannot be planned" in caplog.text
    simulation.run_for(MINUTE + timedelta(seconds=2))
    assert outcomes(simulation) == ["succeeded"]
