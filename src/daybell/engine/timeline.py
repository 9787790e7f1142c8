"""What ran between two instants, and what will? The history's answer and the schedules', as one line."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict, replace

from daybell.core.timeline import (
    Coming,
    Gap,
    PastRun,
    Planned,
    Prospect,
    Timeline,
    absences,
    as_past,
    prospect,
)
from daybell.engine.past import Past
from daybell.engine.ports import Clock
from daybell.engine.registry import JobRegistry
from daybell.model.errors import JobNotFound
from daybell.model.job import Job
from daybell.model.query import RunQuery
from daybell.model.run import Run

MOST_RUNS = 1000
EACH = 100
"""Runs of each job that are told all the same: one that runs each second hides no other."""
MOST_OF_ALL = 10_000
"""So many of all jobs together, beside the newest."""

T = TypeVar("T", bound=Struct)


class Timelines:
    """For readers on any thread."""

    def __init__(
        self, registry: JobRegistry, past: Past, job_of: Callable[[str], Job], clock: Clock, seed: str
    ) -> None:
        """`job_of` raises JobNotFound; `seed` is that of the jitter."""
        self.registry = registry
        self._past = past
        self._job_of = job_of
        self._clock = clock
        self._seed = seed

    def between(self, since: datetime, until: datetime, job_id: str | None, zone: ZoneInfo) -> Timeline:
        """Of one job or of all; in that zone. JobNotFound where nobody ever had that id; LedgerError."""
        now = self._clock.now()
        told, left_out = self._told(RunQuery(job_id=job_id, since=since, until=until, limit=MOST_RUNS))
        marks = [mark for run in told if (mark := as_past(run)) is not None]
        coming = Prospect([], {}, until)
        if until > now:
            coming = prospect(self._planned(job_id), max(since, now), until, self._seed)
        runs = [_local(mark, zone) for mark in marks if isinstance(mark, PastRun)]
        gaps = [_local(mark, zone) for mark in marks if isinstance(mark, Gap)]
        return Timeline(
            since=since.astimezone(zone),
            until=until.astimezone(zone),
            now=now.astimezone(zone),
            runs=sorted(runs, key=lambda run: run.started),
            gaps=sorted(gaps, key=lambda gap: gap.since),
            upcoming=[Coming(one.job_id, one.at.astimezone(zone)) for one in coming.instants],
            truncated=bool(left_out or coming.cut) or coming.complete_until < until,
            left_out={job: before.astimezone(zone) for job, before in left_out.items()},
            cut={job: after.astimezone(zone) for job, after in coming.cut.items()},
            complete_until=coming.complete_until.astimezone(zone),
            absences=[_local(one, zone) for one in absences(self._past.chronicle(), since, until)],
        )

    def _told(self, query: RunQuery) -> tuple[list[Run], dict[str, datetime]]:
        """The newest of all; if there are more, the newest of each job too. And what is missing of which."""
        page = self._past.page(query)
        told = {run.run_id: run for run in page.runs}
        if page.next is None:
            return list(told.values()), {}
        whole: set[str] = set()
        known = [status.id for status in self.registry.all()] if query.job_id is None else []
        each = min(EACH, MOST_OF_ALL // max(1, len(known)))
        for job_id in known:
            rows = self._past.ended(replace(query, job_id=job_id, limit=each + 1))
            told |= {run.run_id: run for run in rows[:each]}
            if len(rows) <= each:
                whole.add(job_id)
        ends: dict[str, datetime] = {}
        for run in told.values():
            if run.finished is not None and run.job_id not in whole:
                ends[run.job_id] = min(run.finished, ends.get(run.job_id, run.finished))
        return list(told.values()), ends

    def _planned(self, job_id: str | None) -> Iterator[Planned]:
        ids = [status.id for status in self.registry.all()] if job_id is None else [job_id]
        for one in ids:
            try:
                job, snapshot = self._job_of(one), self.registry.snapshot(one)
            except JobNotFound:
                continue
            if snapshot.due is not None and snapshot.calendar is not None:
                yield Planned(job, snapshot.calendar, snapshot.due)


def _local(mark: T, zone: ZoneInfo) -> T:
    instants = {name: value for name, value in asdict(mark).items() if isinstance(value, datetime)}
    return replace(mark, **{name: value.astimezone(zone) for name, value in instants.items()})
