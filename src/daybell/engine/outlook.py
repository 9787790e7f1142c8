"""When does a job start, and which instants does a run stand for? In the default zone."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from daybell.core.jitter import offset
from daybell.core.schedule import INSTANT, Calendar, count_due, digest, upcoming
from daybell.engine.ports import Clock
from daybell.engine.registry import JobRegistry
from daybell.model.errors import JobNotFound
from daybell.model.job import Job
from daybell.model.run import Run

Find = Callable[[str], Job | None]
"""The job with this id as it is."""


class Outlook:
    """Answers by what the engine has published."""

    def __init__(
        self, registry: JobRegistry, find: Find, clock: Clock, zone: Callable[[], ZoneInfo], seed: str
    ) -> None:
        self._registry = registry
        self.find = find
        self._clock = clock
        self.zone = zone
        self._seed = seed

    def next_runs(self, job: Job, count: int) -> tuple[datetime, ...]:
        """The next instants at which it starts, its jitter included; none while it is paused."""
        snapshot = self._registry.snapshot(job.id)
        if snapshot.due is None or snapshot.calendar is None:
            return ()
        return self._starts(job, snapshot.due - INSTANT, snapshot.calendar, count)

    def foreseen(self, wanted: Job, count: int) -> tuple[datetime, ...]:
        """When it would start if its file said this from now on, and nobody paused it."""
        now, known = self._clock.now(), self.find(wanted.id)
        calendar = None
        if known is not None and digest(known) == digest(wanted):
            calendar = self._calendar(wanted.id)
        new = Calendar(self.zone(), now, wanted.max_runs)
        return self._starts(wanted, now, calendar or new, count)

    def shown(self, run: Run) -> Run:
        """In the default zone; a gap's instants are counted now, so that the row costs nothing before."""
        zone = self.zone()
        local = {
            name: value.astimezone(zone)
            for name in ("due", "due_to", "started", "finished")
            if (value := getattr(run, name)) is not None
        }
        return replace(run, **local, count=self._count(run))

    def _starts(self, job: Job, after: datetime, calendar: Calendar, count: int) -> tuple[datetime, ...]:
        dues = upcoming(job, after, calendar, count)
        zone = self.zone()
        return tuple((due + offset(job, self._seed, due, calendar)).astimezone(zone) for due in dues)

    def _count(self, run: Run) -> int | None:
        if run.due is None or run.due_to is None:
            return run.count
        job, calendar = self.find(run.job_id), self._calendar(run.job_id)
        if job is None or calendar is None or calendar.since > run.due:
            return None
        return count_due(job, run.due, run.due_to, calendar)

    def _calendar(self, job_id: str) -> Calendar | None:
        with suppress(JobNotFound):
            return self._registry.snapshot(job_id).calendar
        return None
