"""What becomes of the instants since the last decision? Those of now run, of those missed the newest does."""

from datetime import datetime, timedelta

from msgspec import Struct

from daybell.core.schedule import INSTANT, Calendar, latest_due, next_due
from daybell.model.job import CatchUpPolicy as Policy
from daybell.model.job import Job

LATE = timedelta(seconds=10)
"""An instant decided later than this is missed, whatever the cause."""
TOO_LATE = "too late"
MOST: dict[Policy, int] = {"skip": 0, "latest": 1, "all": 100}
"""How many instants of a gap are caught up (M1)."""
OTHERS: dict[Policy, str] = {
    "skip": "not caught up",
    "latest": "caught up by the newest",
    "all": "too many",
}
"""Why the others are not."""
PAUSED = "paused"
CANNOT_RECORD = "cannot record"
EDITED = "its schedule was edited"
ZONE_CHANGED = "zone changed"


class Missed(Struct, frozen=True):
    """Instants that get no run of their own: one row, however many they are."""

    first: datetime
    last: datetime
    reason: str


class Plan(Struct, frozen=True):
    """What to do about the instants after the cursor."""

    cursor: datetime
    """The last instant decided with this plan."""
    on_time: tuple[datetime, ...] = ()
    catch_up: tuple[datetime, ...] = ()
    """Missed instants that get a run after all, the oldest first."""
    missed: tuple[Missed, ...] = ()


def plan(job: Job, cursor: datetime, now: datetime, calendar: Calendar) -> Plan:
    """Decide on every instant later than the cursor and not later than now; no work grows with the gap.

    1. Those older than the job's window are missed: too late.
    2. Of those that are late, the job says how many are caught up; one row stands for the others.
    3. Those of the last seconds are on time, each of them.
    """
    horizon, edge = now - job.catch_up.window - INSTANT, now - LATE - INSTANT
    missed: list[Missed] = []
    caught_up: tuple[datetime, ...] = ()
    if old := _span(job, cursor, min(horizon, edge), calendar):
        missed.append(Missed(*old, TOO_LATE))
        cursor = old[1]
    if late := _span(job, max(cursor, horizon), edge, calendar):
        caught_up = _caught_up(job, *late, calendar)
        until = caught_up[0] - INSTANT if caught_up else late[1]
        if others := _span(job, late[0] - INSTANT, until, calendar):
            missed.append(Missed(*others, OTHERS[job.catch_up.policy]))
        cursor = late[1]
    on_time = []
    due = next_due(job, max(cursor, edge), calendar)
    while due is not None and due <= now:
        on_time.append(due)
        cursor = due
        due = next_due(job, due, calendar)
    return Plan(cursor, tuple(on_time), caught_up, tuple(missed))


def _caught_up(job: Job, first: datetime, last: datetime, calendar: Calendar) -> tuple[datetime, ...]:
    """The newest of them, as many as the job asks for."""
    most = MOST[job.catch_up.policy]
    found: list[datetime] = []
    moment: datetime | None = last
    while moment is not None and moment >= first and len(found) < most:
        found.append(moment)
        moment = latest_due(job, moment - INSTANT, calendar) if len(found) < most else None
    return tuple(reversed(found))


def gap(job: Job, cursor: datetime, until: datetime, calendar: Calendar, reason: str) -> Missed | None:
    """The instants since the cursor, all skipped for one reason, and never caught up (M8)."""
    span = _span(job, cursor, until, calendar)
    return Missed(*span, reason) if span else None


def _span(job: Job, after: datetime, until: datetime, calendar: Calendar) -> tuple[datetime, datetime] | None:
    """The first and the last instant that is later than `after` and not later than `until`."""
    first = next_due(job, after, calendar)
    if first is None or first > until:
        return None
    return first, latest_due(job, until, calendar) or first
