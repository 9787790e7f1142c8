"""Which times of a schedule do the clocks of a zone leave out, or show twice?

Times on a wall that never jumps are written as if they were in UTC.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from daybell.core.cron import SPAN, Cron, next_after
from daybell.core.day_words import day_and_month, whole_date
from daybell.core.zones import SECOND, name, offset, offset_change

Times = Callable[[datetime, datetime], list[datetime]]
"""The times of a schedule from the first on and before the second, on a wall that never jumps."""


def times_of(parsed: Cron) -> Times:
    """Seconds are left out: clocks change by whole minutes."""
    minutes, wall = replace(parsed, seconds=(0,)), ZoneInfo("UTC")

    def times(start: datetime, end: datetime) -> list[datetime]:
        found: list[datetime] = []
        due = next_after(minutes, start - SECOND, wall)
        while due is not None and due < end:
            found.append(due)
            due = next_after(minutes, due, wall)
        return found

    return times


def jumps(times: Times, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[str]:
    """A sentence for each change of the zone's clocks between the two that concerns the schedule."""
    for change in _changes(zone, start, end):
        old, new = change + offset(change - SECOND, zone), change + offset(change, zone)
        if found := times(min(old, new), max(old, new)):
            yield _gap(found, new, zone) if old < new else _overlap(found, zone)


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        until = min(start + SPAN, end)
        if (change := offset_change(zone, start, until)) is not None:
            yield change
        start = until


def _gap(times: list[datetime], end: datetime, zone: ZoneInfo) -> str:
    first, last = times[0], times[-1]
    day = "that day" if end.date() == first.date() else f"on {day_and_month(end)}"
    where = f"on {whole_date(first)} in {name(zone)}"
    if first == last:
        return f"{first:%H:%M} does not exist {where}: it runs at {end:%H:%M} {day}"
    several = f"{len(times)} times from {first:%H:%M} to {last:%H:%M}"
    return f"{several} do not exist {where}: instead it runs once, at {end:%H:%M} {day}"


def _overlap(times: list[datetime], zone: ZoneInfo) -> str:
    first, last = times[0], times[-1]
    where = f"on {whole_date(first)} in {name(zone)}"
    if first == last:
        return f"{first:%H:%M} comes twice {where}: it runs once, the first time"
    several = f"{len(times)} times from {first:%H:%M} to {last:%H:%M}"
    return f"{several} come twice {where}: it runs at each of them once, the first time"
