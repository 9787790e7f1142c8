"""What becomes of the instants since the last decision? Those of now run, of those missed the newest does."""

from datetime import datetime, timedelta

from msgspec import Struct

from daybell.core.schedule import INSTANT, Calendar, latest_due, next_due
from daybell.model.job import Job

LATE = timedelta(seconds=10)
"""An instant decided later than this is missed, whatever the cause."""
WINDOW = timedelta(days=1)
"""Older instants are not caught up any more (M2)."""
TOO_LATE = "too late"
CAUGHT_UP = "caught up by the newest"
PAUSED = "paused"
CANNOT_RECORD = "cannot record"


class Missed(Struct, frozen=True):
    """Instants that get no run of their own: one row, however many they are."""

    first: datetime
    last: datetime
    reason: str


class CatchUp(Struct, frozen=True):
    """One run for all instants missed within the window."""

    instant: datetime
    """The newest of them."""
    first: datetime
    """The oldest of them; the same one where only one was missed."""


class Plan(Struct, frozen=True):
    """What to do about the instants after the cursor."""

    cursor: datetime
    """The last instant decided with this plan."""
    on_time: tuple[datetime, ...] = ()
    catch_up: CatchUp | None = None
    missed: tuple[Missed, ...] = ()


def plan(job: Job, cursor: datetime, now: datetime, calendar: Calendar) -> Plan:
    """Decide on every instant later than the cursor and not later than now; no work grows with the gap.

    1. Those older than the window are missed: too late.
    2. Of those that are late, the newest is caught up and stands for the others.
    3. Those of the last seconds are on time, each of them.
    """
    horizon, edge = now - WINDOW - INSTANT, now - LATE - INSTANT
    missed: list[Missed] = []
    catch_up = None
    if old := _span(job, cursor, horizon, calendar):
        missed.append(Missed(*old, TOO_LATE))
        cursor = old[1]
    if late := _span(job, max(cursor, horizon), edge, calendar):
        first, cursor = late
        catch_up = CatchUp(cursor, first)
        if others := _span(job, first - INSTANT, cursor - INSTANT, calendar):
            missed.append(Missed(*others, CAUGHT_UP))
    on_time = []
    due = next_due(job, max(cursor, edge), calendar)
    while due is not None and due <= now:
        on_time.append(due)
        cursor = due
        due = next_due(job, due, calendar)
    return Plan(cursor, tuple(on_time), catch_up, tuple(missed))


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
