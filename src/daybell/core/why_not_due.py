"""What comes of a job next, and why was nothing due at some other time?"""

from datetime import datetime, timedelta

from msgspec import Struct

from daybell.core.account import Account
from daybell.core.circumstance_words import paused
from daybell.core.conditions import unmet_conditions
from daybell.core.notices import lasted
from daybell.core.schedule import INSTANT, Calendar, count_due, latest_due, next_due
from daybell.model.job import Job
from daybell.model.run import Run
from daybell.model.status import JobStatus
from daybell.model.why import Explanation


class Ahead(Struct, frozen=True, kw_only=True):
    """How a job stands."""

    status: JobStatus | None
    """None for a job that is gone."""
    calendar: Calendar | None
    due: datetime | None
    """What is due next, without its jitter; None also where it is paused."""
    start: datetime | None = None
    """When that starts, its jitter included."""
    open_run: Run | None = None
    lacking: tuple[str, ...] = ()
    """Of the jobs it needs, those whose last run has not succeeded."""
    is_off: bool = False
    """The scheduler is switched off, or stops."""
    is_still: bool = False
    """Daybell does not run."""


def coming(account: Account, ahead: Ahead) -> Explanation:
    """What will be, as far as that is known now."""
    job, when = account.job, account.when
    if (why := _never(account, ahead)) is not None or job is None:
        return Explanation(verdict="not_due", sentence=f"Nothing comes: {why}.")
    due = ahead.due
    if due is None and ahead.status is not None and ahead.status.is_paused and ahead.calendar is not None:
        due = next_due(job, account.now, ahead.calendar)
    if due is None:
        schedule = ahead.status.schedule if ahead.status else ""
        return Explanation(verdict="not_due", sentence=f"Nothing comes by the clock: {schedule}.")
    start = ahead.start or due
    head = f"Due at {when(due)}" + (f", and starts at {when(start)}" if when(start) != when(due) else "")
    return Explanation(
        verdict="comes", sentence=f"{head}{_as_things_are(account, ahead, job, due)}.", due=due
    )


def passed_over(account: Account, ahead: Ahead) -> Explanation | None:
    """What a pause has skipped that still holds: its row comes when it ends."""
    job, calendar, pause = account.job, ahead.calendar, account.past.pause_at(account.now)
    if job is None or calendar is None or pause is None or not (ahead.status and ahead.status.is_paused):
        return None
    first, last = next_due(job, pause.since, calendar), latest_due(job, account.now, calendar)
    if first is None or last is None or first > last:
        return None
    number = count_due(job, first, last, calendar)
    return Explanation(
        verdict="skipped",
        sentence=f"Skipped so far: {paused(pause, account.when)}.",
        due=first,
        due_to=last if last > first else None,
        count=number,
    )


def _never(account: Account, ahead: Ahead) -> str | None:
    status = ahead.status
    if status is None:
        gone = account.past.schedule_at(account.now)
        at = f" at {account.when(gone.at)}" if gone is not None and gone.kind == "removed" else ""
        return f"its file was removed{at}"
    if account.job is None or status.state == "invalid":
        return "its file is not valid: see `daybell check`"
    if ahead.is_off and not ahead.is_still:
        return "the scheduler is switched off in the settings"
    if not account.job.enabled:
        return "it is disabled in its file"
    if not account.job.triggers:
        return "it runs by hand only"
    return "its schedule is over" if status.state == "completed" else None


def _as_things_are(account: Account, ahead: Ahead, job: Job, due: datetime) -> str:
    if ahead.is_still:
        stopped = account.past.stopped()
        since = f" since {account.when(stopped)}" if stopped is not None else ""
        return f"; but Daybell is not running{since}, and nothing starts until it does"
    if ahead.status is not None and ahead.status.is_paused:
        pause = account.past.pause_at(account.now)
        if pause is None or pause.until is None or due <= pause.until:
            return f", and will be skipped: {paused(pause, account.when) if pause else 'it is paused'}"
    lacking = [f"{name} to succeed" for name in ahead.lacking]
    lacking = lacking or unmet_conditions(job.conditions, account.facts, account.now)
    if lacking:
        patience = lasted(job.conditions.max_wait)
        return f"; as things are now, it will wait for {' and '.join(lacking)}, for {patience} at most"
    if ahead.open_run is not None and job.overlap == "skip":
        return f"; it will be skipped if run {ahead.open_run.run_id} has not ended by then"
    return "; nothing is known that would be in its way"


def nothing_kept(account: Account, ahead: Ahead, at: datetime) -> Explanation | None:
    """It was due at that time by the schedule that it still has, but no row is about it."""
    job, calendar, entry = account.job, ahead.calendar, account.past.schedule_at(at)
    stopped = account.past.stopped()
    if job is None or calendar is None or (stopped is not None and stopped <= at):
        return None
    if entry is not None and entry.rests:
        return None
    due = next_due(job, max(at - INSTANT, calendar.since), calendar)
    if due is None or not is_meant(due, None, at) or due > account.now:
        return None
    if account.past.changes(at, account.now):  # its instants may have been others then
        return None
    is_newest = all(run.due is None or run.due < due for run in account.runs)
    why = "nothing is kept of what became of it"
    if ahead.is_still and is_newest:
        why = "Daybell is not running, and decides about it when it starts"
    return Explanation(verdict="unknown", sentence=f"It was due at {account.when(due)}, but {why}.", due=due)


def nothing_due(
    account: Account, at: datetime, before: datetime | None, after: datetime | None
) -> Explanation:
    """Between two instants nothing was decided, because nothing was due."""
    when = account.when
    neighbours = [
        f"{words} {'is' if instant > account.now else 'was'} {when(instant)}"
        for words, instant in (("the last time before", before), ("the next", after))
        if instant is not None
    ]
    tail = ", ".join(neighbours) or "nothing is known of any time at which it was due"
    verb = "is" if at > account.now else "was"
    reason = _reason(account, at) if at <= account.now else ""
    return Explanation(
        verdict="not_due", sentence=f"Nothing {verb} due at {when(at)}{reason}. {tail[0].upper()}{tail[1:]}."
    )


def _reason(account: Account, at: datetime) -> str:
    """Where the schedule was not what it is, or nobody counted by it."""
    past, when = account.past, account.when
    stopped = past.stopped()
    if stopped is not None and stopped <= at:
        return f": Daybell is not running since {when(stopped)}, and decides about that time when it starts"
    entry, following = past.schedule_at(at), past.schedule_after(at)
    if entry is None and following is not None and past.reaches(at):
        return f": Daybell first saw this job at {when(following.at)}"
    if entry is None:
        return ""
    if entry.kind == "removed":
        return f": its file was removed at {when(entry.at)}"
    if entry.rests == "disabled":
        return f": it was disabled since {when(entry.at)}"
    if entry.rests == "switched_off":
        return f": the scheduler was switched off since {when(entry.at)}"
    if following is not None and following.kind == "scheduled":
        return f" by the schedule that it had until {when(following.at)}"
    return f" by the schedule that it has had since {when(entry.at)}"


def is_meant(due: datetime, due_to: datetime | None, at: datetime) -> bool:
    """Whether somebody who names this time means these instants. A time to the minute is all of it."""
    end = at + (timedelta(minutes=1) if not at.second and not at.microsecond else INSTANT)
    return due < end and (due_to or due) >= at
