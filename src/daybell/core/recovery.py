"""What becomes of a run that an earlier life of Daybell left open?"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from daybell.core.catchup import TOO_LATE
from daybell.core.deferral import given_up
from daybell.core.schedule import definition_digest
from daybell.model.job import Job
from daybell.model.record import OpenRun
from daybell.model.run import AUTOMATIC, Outcome, ProcessIdentity, Run


class Living(Struct, frozen=True):
    """A process that belongs to a run of an earlier life."""

    process: ProcessIdentity
    is_main: bool
    """It is the one that was spawned for the run, and not something that this one started."""


class Wait(Struct, frozen=True):
    """It had no slot yet, and goes on waiting for one."""


class Adopt(Struct, frozen=True):
    """It still runs: hold it until it ends; how it ends cannot be known."""

    process: ProcessIdentity
    is_ended: bool
    """End it at once."""


class Close(Struct, frozen=True):
    """It is over."""

    outcome: Outcome
    reason: str
    runs_again: bool = False


Verdict = Wait | Adopt | Close


def recover(
    open_run: OpenRun, job: Job | None, living: Sequence[Living], now: datetime, *, is_known: bool = False
) -> Verdict:
    """`job` as it is defined now, if it still is; `living` is what still lives of this run (L4, L5).

    `is_known`: its file is there, but not valid now, so that the job is expected back.
    """
    if open_run.is_waiting:
        return Wait() if job is None and is_known else _wait(open_run, job, now)
    is_ended = _must_end(open_run.run, job)
    main = next((one.process for one in living if one.is_main), None)
    if main is not None:
        return Adopt(main, is_ended=is_ended)
    if living and is_ended:
        return Adopt(living[0].process, is_ended=True)
    if living:
        return Close("interrupted", "Daybell ended while it ran; something that it started still does")
    was_running = open_run.run.started is not None
    reason = "Daybell ended while it ran" if was_running else "Daybell ended while it was starting"
    return Close("interrupted", reason, runs_again=may_run_again(run=open_run.run, job=job))


def may_run_again(run: Run, job: Job | None) -> bool:
    """Once: a job that itself brings Daybell down must not do so for ever."""
    return job is not None and job.on_interrupt == "rerun" and job.enabled and run.retry_of is None


def dropped(run: Run, job: Job | None) -> str | None:
    """Why a run that waits is not wanted any more; None while it is.

    One that has failed before is another attempt at what the job was then (R2).
    """
    if job is None:
        return "its job was removed"
    if not job.enabled and run.cause in AUTOMATIC:
        return "its job was disabled"
    if run.attempts and run.definition not in ("", definition_digest(job)):
        return "its job was edited"
    return None


def _must_end(run: Run, job: Job | None) -> bool:
    """What was given secrets may not run on, whatever the job says: nobody masks what it prints any more."""
    return run.has_secrets or (job is not None and job.on_interrupt == "end")


def _wait(open_run: OpenRun, job: Job | None, now: datetime) -> Verdict:
    due = open_run.run.due
    reason = dropped(open_run.run, job)
    if job is None or reason is not None:
        end = given_up(open_run, "skipped", reason or "")
        return Close(end.outcome, end.reason)
    if open_run.last_outcome is not None or open_run.deferral is not None:
        return Wait()  # how long it may wait was said when it began to
    if due is not None and due < now - job.catch_up.window:
        return Close("missed", TOO_LATE)
    return Wait()
