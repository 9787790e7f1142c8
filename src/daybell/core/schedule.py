"""When is a job due? Asked for the next instant, the newest one, or some of them, never for all in a gap."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core import cron, zones
from daybell.core.plain import plain
from daybell.model.job import (
    CronTrigger,
    IntervalTrigger,
    Job,
    JobTrigger,
    OnceTrigger,
    StartupTrigger,
    Trigger,
)
from daybell.model.run import FAILURES, Outcome, Run

INSTANT = timedelta(microseconds=1)
"""The smallest step of time: turns "later than" into "not earlier than"."""
COSMETIC = frozenset({"name", "description", "tags", "notify", "keep"})
"""What may be edited while a run waits without touching it."""
ENDS: frozenset[Outcome] = frozenset(
    {"succeeded", "failed", "timed_out", "cancelled", "replaced", "interrupted"}
)
AFTER: dict[Literal["success", "failure", "any"], frozenset[Outcome]] = {
    "success": frozenset({"succeeded"}),
    "failure": FAILURES,
    "any": ENDS,
}
"""The outcomes that each wish of a job trigger means."""


class Calendar(Struct, frozen=True):
    """What a schedule needs to know beside the job."""

    zone: ZoneInfo
    """The scheduler's default zone, for triggers that name none."""
    since: datetime
    """When this schedule was first seen: the anchor of intervals that have none."""
    runs_left: int | None = None
    """Of a job that ends after a number of runs."""


def next_due(job: Job, after: datetime, calendar: Calendar) -> datetime | None:
    """The first instant strictly later than `after`; None for a job that is disabled or completed."""
    start, end = _bounds(job, calendar)
    after = after if start is None else max(after, start - INSTANT)
    dues = (_next(trigger, after, job, calendar) for trigger in _triggers(job, calendar))
    due = min((due for due in dues if due is not None), default=None)
    return None if due is None or (end is not None and due > end) else due


def latest_due(job: Job, until: datetime, calendar: Calendar) -> datetime | None:
    """The newest instant not later than `until`; None for a job that is disabled or completed."""
    start, end = _bounds(job, calendar)
    until = until if end is None else min(until, end)
    dues = (_latest(trigger, until, job, calendar) for trigger in _triggers(job, calendar))
    due = max((due for due in dues if due is not None), default=None)
    return None if due is None or (start is not None and due < start) else due


def upcoming(job: Job, after: datetime, calendar: Calendar, count: int) -> list[datetime]:
    """The next `count` instants, or as many as there are."""
    count = count if calendar.runs_left is None else min(count, calendar.runs_left)
    found: list[datetime] = []
    while len(found) < count and (due := next_due(job, after, calendar)) is not None:
        found.append(due)
        after = due
    return found


def count_due(
    job: Job, first: datetime, last: datetime, calendar: Calendar, *, cap: int = 10_000
) -> int | None:
    """How many instants there are from `first` to `last`, both included; None when more than the cap.

    One interval alone is counted by arithmetic, and so without a cap.
    """
    start, end = _bounds(job, calendar)
    first = first if start is None else max(first, start)
    last = last if end is None else min(last, end)
    match _triggers(job, calendar):
        case (IntervalTrigger() as only,):
            anchor = _anchor(only, job, calendar)
            return max(0, _steps(only, anchor, last) - _steps(only, anchor, first - INSTANT))
    count, due = 0, next_due(job, first - INSTANT, calendar)
    while due is not None and due <= last:
        count += 1
        if count > cap:
            return None
        due = next_due(job, due, calendar)
    return count


def is_open(job: Job, moment: datetime, calendar: Calendar) -> bool:
    """Whether what is due without an instant of its own, at a start or after another job, counts now."""
    start, end = _bounds(job, calendar)
    is_within = (start is None or moment >= start) and (end is None or moment <= end)
    return is_within and bool(_triggers(job, calendar))


def is_completed(job: Job, after: datetime, calendar: Calendar) -> bool:
    """Nothing is due any more, whatever happens."""
    if not job.enabled or not job.triggers or next_due(job, after, calendar) is not None:
        return False
    _, end = _bounds(job, calendar)
    is_over = calendar.runs_left == 0 or (end is not None and after >= end)
    return is_over or not any(isinstance(trigger, StartupTrigger | JobTrigger) for trigger in job.triggers)


def has_startup(job: Job) -> bool:
    """The job is due each time Daybell starts; a disabled one is not."""
    return job.enabled and any(isinstance(trigger, StartupTrigger) for trigger in job.triggers)


def follows(job: Job, run: Run) -> bool:
    """The job is due because this run of another one has ended."""
    return job.enabled and any(
        trigger.job == run.job_id and run.outcome in AFTER[trigger.on]
        for trigger in job.triggers
        if isinstance(trigger, JobTrigger)
    )


def is_local(job: Job) -> bool:
    """Whether anything about its schedule depends on the scheduler's default zone."""
    bounds = (job.start, job.end)
    return any(map(_is_local, job.triggers)) or any(one and one.tzinfo is None for one in bounds)


def runs_by_the_wall(job: Job) -> bool:
    """Whether all its instants are fixed times on the default zone's wall.

    One that comes every so many hours or minutes follows the wall, as it does when the clocks change.
    """
    return bool(job.triggers) and all(
        _is_local(trigger)
        and not (isinstance(trigger, CronTrigger) and not cron.parse(trigger.expression).at_fixed_times)
        for trigger in job.triggers
    )


def _is_local(trigger: Trigger) -> bool:
    match trigger:
        case CronTrigger(timezone=timezone):
            return timezone == zones.LOCAL
        case IntervalTrigger(anchor=moment) | OnceTrigger(at=moment):
            return moment is not None and moment.tzinfo is None
    return False


def digest(job: Job) -> str:
    """Changes when the schedule does; a key of a newer version, left at its default, changes nothing."""
    members: list[object] = [job.enabled, *(plain(trigger) for trigger in job.triggers)]
    bounds = {"start": job.start, "end": job.end, "max_runs": job.max_runs}
    members += [[name, str(bound)] for name, bound in bounds.items() if bound is not None]
    return hashlib.sha256(json.dumps(members, sort_keys=True).encode()).hexdigest()[:16]


def definition_digest(job: Job) -> str:
    """Changes when anything does that matters to a run; what only people read does not."""
    members = {key: value for key, value in plain(job).items() if key not in COSMETIC}
    return hashlib.sha256(json.dumps(members, sort_keys=True).encode()).hexdigest()[:16]


def _bounds(job: Job, calendar: Calendar) -> tuple[datetime | None, datetime | None]:
    if job.start is None and job.end is None:
        return None, None
    start, end = (zones.instant(one, calendar.zone) if one else None for one in (job.start, job.end))
    return start, end


def _triggers(job: Job, calendar: Calendar) -> tuple[Trigger, ...]:
    return job.triggers if job.enabled and calendar.runs_left != 0 else ()


def _next(trigger: Trigger, after: datetime, job: Job, calendar: Calendar) -> datetime | None:
    match trigger:
        case CronTrigger(expression, timezone):
            return cron.next_after(cron.parse(expression), after, zones.zone(timezone, calendar.zone))
        case IntervalTrigger():
            anchor = _anchor(trigger, job, calendar)
            return anchor + _steps(trigger, anchor, after) * trigger.every
        case OnceTrigger(at):
            due = zones.instant(at, calendar.zone)
            return due if due > after else None
        case StartupTrigger() | JobTrigger():
            return None
        case _:
            assert_never(trigger)


def _latest(trigger: Trigger, until: datetime, job: Job, calendar: Calendar) -> datetime | None:
    match trigger:
        case CronTrigger(expression, timezone):
            return cron.latest_until(cron.parse(expression), until, zones.zone(timezone, calendar.zone))
        case IntervalTrigger():
            anchor = _anchor(trigger, job, calendar)
            steps = _steps(trigger, anchor, until)
            return anchor + (steps - 1) * trigger.every if steps else None
        case OnceTrigger(at):
            due = zones.instant(at, calendar.zone)
            return due if due <= until else None
        case StartupTrigger() | JobTrigger():
            return None
        case _:
            assert_never(trigger)


def _anchor(trigger: IntervalTrigger, job: Job, calendar: Calendar) -> datetime:
    """The first instant: the anchor, the job's start, or one step after the schedule was first seen (M4)."""
    named = trigger.anchor or job.start
    return calendar.since + trigger.every if named is None else zones.instant(named, calendar.zone)


def _steps(trigger: IntervalTrigger, anchor: datetime, until: datetime) -> int:
    """How many instants there are up to and with `until`."""
    return max(0, (until - anchor) // trigger.every + 1)
