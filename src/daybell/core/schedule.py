"""When is a job due? Asked for the next instant, the newest one, or some of them, never for all in a gap."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core import cron, zones
from daybell.core.plain import plain
from daybell.model.job import CronTrigger, IntervalTrigger, Job, OnceTrigger, StartupTrigger, Trigger

INSTANT = timedelta(microseconds=1)
"""The smallest step of time: turns "later than" into "not earlier than"."""


class Calendar(Struct, frozen=True):
    """What a schedule needs to know beside the job."""

    zone: ZoneInfo
    """The scheduler's default zone, for triggers that name none."""
    since: datetime
    """When this schedule was first seen: the anchor of intervals that have none."""


def next_due(job: Job, after: datetime, calendar: Calendar) -> datetime | None:
    """The first instant strictly later than `after`; a disabled job has none."""
    dues = (_next(trigger, after, calendar) for trigger in _triggers(job))
    return min((due for due in dues if due is not None), default=None)


def latest_due(job: Job, until: datetime, calendar: Calendar) -> datetime | None:
    """The newest instant not later than `until`; a disabled job has none."""
    dues = (_latest(trigger, until, calendar) for trigger in _triggers(job))
    return max((due for due in dues if due is not None), default=None)


def upcoming(job: Job, after: datetime, calendar: Calendar, count: int) -> list[datetime]:
    """The next `count` instants, or as many as there are."""
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
    match _triggers(job):
        case (IntervalTrigger() as only,):
            return max(0, _steps(only, last, calendar) - _steps(only, first - INSTANT, calendar))
    count, due = 0, next_due(job, first - INSTANT, calendar)
    while due is not None and due <= last:
        count += 1
        if count > cap:
            return None
        due = next_due(job, due, calendar)
    return count


def is_completed(job: Job, after: datetime, calendar: Calendar) -> bool:
    """Nothing is due any more, and nothing will be at a start of Daybell."""
    return bool(_triggers(job)) and not has_startup(job) and next_due(job, after, calendar) is None


def has_startup(job: Job) -> bool:
    """The job is due each time Daybell starts; a disabled one is not."""
    return any(isinstance(trigger, StartupTrigger) for trigger in _triggers(job))


def digest(job: Job) -> str:
    """Changes when the schedule does; a key of a newer version, left at its default, changes nothing."""
    members = [job.enabled, *(plain(trigger) for trigger in job.triggers)]
    return hashlib.sha256(json.dumps(members, sort_keys=True).encode()).hexdigest()[:16]


def _triggers(job: Job) -> tuple[Trigger, ...]:
    return job.triggers if job.enabled else ()


def _next(trigger: Trigger, after: datetime, calendar: Calendar) -> datetime | None:
    match trigger:
        case CronTrigger(expression, timezone):
            return cron.next_after(cron.parse(expression), after, zones.zone(timezone, calendar.zone))
        case IntervalTrigger():
            return _anchor(trigger, calendar) + _steps(trigger, after, calendar) * trigger.every
        case OnceTrigger(at):
            due = zones.instant(at, calendar.zone)
            return due if due > after else None
        case StartupTrigger():
            return None
        case _:
            assert_never(trigger)


def _latest(trigger: Trigger, until: datetime, calendar: Calendar) -> datetime | None:
    match trigger:
        case CronTrigger(expression, timezone):
            return cron.latest_until(cron.parse(expression), until, zones.zone(timezone, calendar.zone))
        case IntervalTrigger():
            steps = _steps(trigger, until, calendar)
            return _anchor(trigger, calendar) + (steps - 1) * trigger.every if steps else None
        case OnceTrigger(at):
            due = zones.instant(at, calendar.zone)
            return due if due <= until else None
        case StartupTrigger():
            return None
        case _:
            assert_never(trigger)


def _anchor(trigger: IntervalTrigger, calendar: Calendar) -> datetime:
    """The first instant. Without an anchor that is one step after the schedule was first seen (M4)."""
    if trigger.anchor is None:
        return calendar.since + trigger.every
    return zones.instant(trigger.anchor, calendar.zone)


def _steps(trigger: IntervalTrigger, until: datetime, calendar: Calendar) -> int:
    """How many instants there are up to and with `until`."""
    return max(0, (until - _anchor(trigger, calendar)) // trigger.every + 1)
