"""What ran between two instants, and what will? Runs, gaps and coming instants, never more than fit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heapify, heappop, heapreplace

from msgspec import Struct

from daybell.core.circumstances import AwayKind, aways
from daybell.core.jitter import offset
from daybell.core.schedule import INSTANT, Calendar, count_due, next_due
from daybell.model.absence import AbsenceKind
from daybell.model.chronicle import Entry
from daybell.model.job import Job
from daybell.model.run import Cause, Outcome, Run

MOST_OF_A_JOB = 500
"""Instants; a screen has fewer pixels between them."""
MOST = 2000
"""Instants of all jobs."""

KINDS: dict[AwayKind, AbsenceKind] = {
    "slept": "asleep",
    "held_up": "held_up",
    "clock_set": "clock_set",
    "stopped": "stopped",
    "crashed": "crashed",
    "machine_off": "machine_off",
}


class PastRun(Struct, frozen=True, kw_only=True):
    """A run that has begun."""

    job_id: str
    run_id: str
    cause: Cause
    due: datetime | None
    started: datetime
    finished: datetime | None
    """None while it runs."""
    outcome: Outcome | None


class Gap(Struct, frozen=True, kw_only=True):
    """Instants for which nothing ran: one, or all from the one to the other."""

    job_id: str
    run_id: str
    since: datetime
    until: datetime
    outcome: Outcome | None
    """None where a run still waits."""
    reason: str | None


class Coming(Struct, frozen=True):
    """A run that will be."""

    job_id: str
    at: datetime
    """When it starts, its jitter included."""


class TimeAway(Struct, frozen=True):
    """A time in which nobody could start anything."""

    since: datetime
    until: datetime
    kind: AbsenceKind


class Timeline(Struct, frozen=True, kw_only=True):
    """All that is told of a stretch of time; each list begins with the oldest."""

    since: datetime
    until: datetime
    now: datetime
    runs: Sequence[PastRun]
    gaps: Sequence[Gap]
    upcoming: Sequence[Coming]
    truncated: bool
    """Something was left out: runs of the jobs in `left_out`, instants of those in `cut`, or others."""
    left_out: dict[str, datetime]
    """Jobs that ran very often: runs of theirs that ended before this instant are left out."""
    cut: dict[str, datetime]
    """Jobs that are due very often: what comes after this instant of theirs is left out."""
    complete_until: datetime
    """Of the coming instants those before this one are told."""
    absences: Sequence[TimeAway] = ()


class Planned(Struct, frozen=True):
    """A job that is due, and when it is due next."""

    job: Job
    calendar: Calendar
    due: datetime


class Prospect(Struct, frozen=True):
    """What is to come."""

    instants: Sequence[Coming]
    cut: dict[str, datetime]
    complete_until: datetime


def as_past(run: Run) -> PastRun | Gap | None:
    """What a run is on the line; None for one that waits and was not due at an instant."""
    if run.started is not None:
        return PastRun(
            job_id=run.job_id,
            run_id=run.run_id,
            cause=run.cause,
            due=run.due,
            started=run.started,
            finished=run.finished,
            outcome=run.outcome,
        )
    since = run.due or run.finished
    if since is None:
        return None
    return Gap(
        job_id=run.job_id,
        run_id=run.run_id,
        since=since,
        until=run.due_to or since,
        outcome=run.outcome,
        reason=run.reason,
    )


def absences(entries: Iterable[Entry], since: datetime, until: datetime) -> list[TimeAway]:
    """What of them is between the two, the oldest first. A life whose end nobody knows is passed over."""
    found = [
        TimeAway(max(away.since, since), min(away.until, until), kind)
        for away in aways(entries)
        if (kind := KINDS.get(away.kind)) is not None and away.since < until and away.until > since
    ]
    return sorted(found, key=lambda one: (one.since, one.until))


def prospect(
    planned: Iterable[Planned], since: datetime, until: datetime, seed: str, *, most: int = MOST
) -> Prospect:
    """The coming instants from the one up to, but not with, the other, the soonest of all jobs first."""
    lines = [_coming(one, since, until, seed) for one in planned]
    begun = [(next(line, None), place, line) for place, line in enumerate(lines)]
    heap = [(coming.at, place, coming, line) for coming, place, line in begun if coming is not None]
    heapify(heap)
    found: list[Coming] = []
    counts: dict[str, int] = {}
    cut: dict[str, datetime] = {}
    while heap and len(found) < most:
        at, place, coming, line = heap[0]
        found.append(coming)
        counts[coming.job_id] = counts.get(coming.job_id, 0) + 1
        following = next(line, None)
        if following is not None and counts[coming.job_id] == MOST_OF_A_JOB:
            cut[coming.job_id] = at
        if following is None or coming.job_id in cut:
            heappop(heap)
        else:
            heapreplace(heap, (following.at, place, following, line))
    return Prospect(found, cut, heap[0][0] if heap else until)


def _coming(planned: Planned, since: datetime, until: datetime, seed: str) -> Iterator[Coming]:
    job, calendar = planned.job, planned.calendar
    first = max(planned.due, since - job.jitter)  # due before, it may still start after
    left = _left(planned, first)
    due = next_due(job, first - INSTANT, calendar)
    while due is not None and due < until and left != 0:
        at = due + offset(job, seed, due, calendar)
        if since <= at < until:
            yield Coming(job.id, at)
        left = None if left is None else left - 1
        due = next_due(job, due, calendar)


def _left(planned: Planned, first: datetime) -> int | None:
    """Of a job that ends after a number of runs: how many are left of them at that instant."""
    left = planned.calendar.runs_left
    if left is None or first <= planned.due:
        return left
    before = count_due(planned.job, planned.due, first - INSTANT, planned.calendar, cap=left)
    return 0 if before is None else max(0, left - before)
