"""What does the engine know right now? Its whole mutable state; only the engine's thread touches it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from daybell.core.schedule import Calendar
from daybell.engine.batch import Batch
from daybell.engine.records import Records
from daybell.model.events import AnyEvent
from daybell.model.job import Job
from daybell.model.run import Outcome
from daybell.model.settings import NoticeConfig
from daybell.model.status import Problem


class EngineConfig(Struct, frozen=True):
    """The settings, resolved for this machine."""

    zone: ZoneInfo
    """The scheduler's default zone."""
    slots: int
    """How many runs at once."""
    shutdown_timeout: timedelta
    version: str
    notices: NoticeConfig = NoticeConfig()
    is_enabled: bool = True
    """Off: nothing is ever due; what is asked for by hand runs."""
    groups: Mapping[str, int] = MappingProxyType({})
    """How many runs of each group at once; of others one."""


class Ending(Struct, frozen=True):
    """A run was told to end: what its outcome will be, and why."""

    outcome: Outcome
    reason: str | None


class State(Struct):
    """Changed only by `record` and by what reads the job files."""

    config: EngineConfig
    records: Records = field(default_factory=Records)
    jobs: dict[str, Job] = field(default_factory=dict)
    schedules: dict[str, str] = field(default_factory=dict)
    """The triggers of each job, in words."""
    invalid: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    endings: dict[str, Ending] = field(default_factory=dict)
    """Runs that were told to end and have not ended yet."""
    cannot_record: str | None = None
    """Why the ledger refuses: nothing starts, and no instant is decided, until it takes events again."""
    is_stopping: bool = False
    is_stopped: bool = False
    batch: Batch = field(default_factory=Batch)

    def record(self, event: AnyEvent, job_id: str | None = None) -> None:
        """Take the event into the batch and fold it; `job_id` names whose snapshot it changes."""
        self.batch.events.append(event)
        self.records.apply(event)
        if job_id is not None:
            self.batch.touched.add(job_id)

    def take_batch(self) -> Batch:
        batch, self.batch = self.batch, Batch()
        return batch

    def calendar(self, job_id: str) -> Calendar:
        return Calendar(zone=self.config.zone, since=self.records.jobs[job_id].since)

    def cursor(self, job_id: str) -> datetime:
        return self.records.jobs[job_id].cursor
