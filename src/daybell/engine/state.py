"""What does the engine know right now? Its whole mutable state; only the engine's thread touches it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from daybell.core.schedule import Calendar, definition_digest
from daybell.engine.batch import Batch
from daybell.engine.records import Records
from daybell.engine.statistics import Tally
from daybell.model.events import AnyEvent
from daybell.model.job import Job
from daybell.model.run import AUTOMATIC, Outcome, Run
from daybell.model.settings import AwakeConfig, NoticeConfig
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
    awake: AwakeConfig = AwakeConfig()
    is_enabled: bool = True
    """Off: nothing is ever due; what is asked for by hand runs."""
    groups: Mapping[str, int] = MappingProxyType({})
    """How many runs of each group at once; of others one."""
    follows_machine: bool = True
    """The zone is the machine's own, and changes with it."""
    seed: str = ""
    """Names the machine and its user: their jitter is theirs."""
    host: str = ""
    """The machine's name, as its records have it."""


class Ending(Struct, frozen=True):
    """A run was told to end: what its outcome will be, and why."""

    outcome: Outcome
    reason: str | None
    waits_again: bool = False
    """It is not over: what it needs was lost, and may come back (K4)."""


class State(Struct):
    """Changed only by `record` and by what reads the job files."""

    config: EngineConfig
    tally: Tally
    records: Records = field(default_factory=Records)
    jobs: dict[str, Job] = field(default_factory=dict)
    schedules: dict[str, str] = field(default_factory=dict)
    """The triggers of each job, in words."""
    faults: dict[str, str] = field(default_factory=dict)
    """Of jobs that cannot be planned: why."""
    definitions: dict[str, str] = field(default_factory=dict)
    """The digest of each job's definition, made when it is first needed."""
    invalid: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    endings: dict[str, Ending] = field(default_factory=dict)
    """Runs that were told to end and have not ended yet."""
    ended: list[Run] = field(default_factory=list)
    """Runs that have just ended, until what follows from that is decided."""
    asked: frozenset[str] = frozenset()
    """What of the surroundings some job asks about (`core.conditions.asked`)."""
    has_keepers: bool = False
    """Some job asks for the machine to stay awake."""
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
        return Calendar(self.config.zone, self.records.jobs[job_id].since, self._runs_left(job_id))

    def definition(self, job: Job) -> str:
        """The digest of a job that is taken in."""
        if job.id not in self.definitions:
            self.definitions[job.id] = definition_digest(job)
        return self.definitions[job.id]

    def cursor(self, job_id: str) -> datetime:
        return self.records.jobs[job_id].cursor

    def _runs_left(self, job_id: str) -> int | None:
        """Those under way count: they are among the runs that were wished for."""
        job = self.jobs.get(job_id)
        if job is None or job.max_runs is None:
            return None
        open_runs = self.records.open_of(job_id)
        under_way = sum(open_run.run.cause in AUTOMATIC for open_run in open_runs)
        return max(0, job.max_runs - self.records.jobs[job_id].automatic_count - under_way)
