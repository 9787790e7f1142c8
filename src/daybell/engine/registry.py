"""How does each job stand? The answers the engine has published, for any thread."""

import threading
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core.schedule import Calendar
from daybell.model.absence import Absence
from daybell.model.errors import JobNotFound
from daybell.model.facts import Facts
from daybell.model.incident import Incident
from daybell.model.run import Run
from daybell.model.status import JobStatus, Problem, SchedulerState, Statistics


class Snapshot(Struct, frozen=True):
    """One job as published."""

    status: JobStatus
    calendar: Calendar | None
    """What its schedule is counted by; None while its file was never valid."""
    due: datetime | None = None
    """The instant that is next, without its jitter."""


class Whole(Struct, frozen=True):
    """The scheduler as a whole, as published."""

    state: SchedulerState
    zone: ZoneInfo
    """The default zone."""
    stats: Statistics
    facts: Facts = Facts()
    """Those that count."""
    keeping_awake: tuple[str, ...] = ()
    """Ids of the jobs whose runs do not let the machine sleep."""
    absence: Absence | None = None
    """The last one that nobody has dealt with."""
    incidents: tuple[Incident, ...] = ()
    """Those that are open."""


class JobRegistry:
    """Immutable snapshots, replaced whole whenever what the ledger has made durable is told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshots: dict[str, Snapshot] = {}
        self._open_runs: tuple[Run, ...] = ()
        self._problems: tuple[Problem, ...] = ()
        self._whole: Whole | None = None

    def one(self, job_id: str) -> JobStatus:
        """JobNotFound."""
        return self._one(job_id).status

    def snapshot(self, job_id: str) -> Snapshot:
        """JobNotFound."""
        return self._one(job_id)

    def all(self) -> tuple[JobStatus, ...]:
        """Every job, by id."""
        with self._lock:
            return tuple(self._snapshots[job_id].status for job_id in sorted(self._snapshots))

    def open_runs(self) -> tuple[Run, ...]:
        """Runs without an outcome yet, oldest first."""
        with self._lock:
            return self._open_runs

    @property
    def problems(self) -> tuple[Problem, ...]:
        with self._lock:
            return self._problems

    @property
    def whole(self) -> Whole | None:
        """None before the first batch."""
        with self._lock:
            return self._whole

    @property
    def state(self) -> SchedulerState:
        whole = self.whole
        return whole.state if whole else "stopped"

    @property
    def next_due(self) -> datetime | None:
        """Of all jobs, the soonest."""
        with self._lock:
            dues = [snapshot.status.next_run for snapshot in self._snapshots.values()]
        return min((due for due in dues if due is not None), default=None)

    def publish(
        self,
        changed: Iterable[Snapshot],
        gone: Iterable[str],
        open_runs: tuple[Run, ...],
        problems: tuple[Problem, ...],
        whole: Whole,
    ) -> None:
        """Take over what a batch changed, in one step."""
        with self._lock:
            self._snapshots.update((snapshot.status.id, snapshot) for snapshot in changed)
            for job_id in gone:
                self._snapshots.pop(job_id, None)
            self._open_runs = open_runs
            self._problems = problems
            self._whole = whole

    def _one(self, job_id: str) -> Snapshot:
        with self._lock:
            snapshot = self._snapshots.get(job_id)
        if snapshot is None:
            raise JobNotFound(f"there is no job {job_id!r}")
        return snapshot
