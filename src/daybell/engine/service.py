"""The façade: what the tray, the API and programs may ask of a running scheduler."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from daybell.core.plain import as_file
from daybell.core.report import Report
from daybell.core.schedule import definition_digest
from daybell.engine.away import Away
from daybell.engine.bus import Bus, Subscriber
from daybell.engine.configuring import Configuration, NoSettings
from daybell.engine.definitions import PATIENCE, Definitions
from daybell.engine.editing import Editor
from daybell.engine.explaining import Explaining
from daybell.engine.files import Etags, JobFiles
from daybell.engine.loop import Engine, Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.messages import (
    Asked,
    CancelRuns,
    Configure,
    Pause,
    ResetStatistics,
    Resume,
    RunNow,
    Snooze,
    Stop,
    Verb,
)
from daybell.engine.observation import Observation
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.registry import JobRegistry
from daybell.engine.state import EngineConfig
from daybell.engine.summaries import Summaries, summaries
from daybell.engine.timeline import Timelines
from daybell.model.errors import AlreadyRunning, Conflict, NotRunning, RunNotFound
from daybell.model.job import Job
from daybell.model.query import RunPage, RunQuery
from daybell.model.run import Run
from daybell.model.settings import Settings
from daybell.model.status import JobStatus, Problem, SchedulerStatus, Statistics, Status

log = logging.getLogger(__name__)

SLACK = timedelta(seconds=5)
"""Given to each thread to end, beyond what the runs may take."""


class Place(Struct, frozen=True):
    """Where this scheduler lives."""

    home: str
    """The directory of the job files."""
    pid: int


class SchedulerService:
    """Every method may be called from any thread. Times are in the scheduler's default zone."""

    def __init__(
        self, mailbox: Mailbox, ports: Ports, files: JobFiles, config: EngineConfig, place: Place
    ) -> None:
        self._mailbox = mailbox
        self._ports = ports
        self._files = files
        self._config = config
        self._place = place
        self._bus = Bus()
        self._registry = JobRegistry()
        self._past = Past(self._registry, ports.history, ports.logs, ports.clock)
        self._engine = Engine(mailbox, ports, config, self._registry, self._bus)
        timelines = Timelines(self._registry, self._past, self.get_job, ports.clock, config.seed)
        self._definitions = Definitions(files, mailbox, ports.deadlines)
        self._started: datetime | None = None
        find = self._definitions.find
        self._outlook = Outlook(self._registry, find, ports.clock, lambda: self.zone, config.seed)
        self.editor = Editor(files, self.reload, self._outlook.foreseen)
        readers = (self._registry, self._past, self._outlook)
        self.observation = Observation(
            *readers, timelines, mailbox=mailbox, bus=self._bus, ledger=ports.ledger
        )
        self.explaining = Explaining(*readers, ports.history, ports.clock)
        self.away = Away(*readers, clock=ports.clock, bus=self._bus, ask=self._ask)
        self.request_stop: Callable[[], None] = lambda: None
        """Ask the whole app to stop; returns at once. Set by whoever owns the app, as is what follows."""
        self.settings = Configuration(NoSettings(), Settings())
        self.problems: tuple[Problem, ...] = ()
        """Of what stands around it."""

    @property
    def registry(self) -> JobRegistry:
        return self._registry

    @property
    def is_running(self) -> bool:
        return self._started is not None and not self._engine.is_stopped

    def start(self) -> None:
        """Read the files, catch up, and begin. AlreadyRunning when it runs."""
        if self._started is not None:
            raise AlreadyRunning
        self._started = self._ports.clock.now().astimezone(self._config.zone)
        count = self._definitions.start(self._engine.boot)
        self._engine.start()
        log.info("scheduler started with %d jobs", count)

    def shutdown(self) -> Sequence[str]:
        """End what runs, within the shutdown timeout; the runs and threads that did not stop. NotRunning."""
        if not self.is_running:
            raise NotRunning
        self._ports.alarms.stop()
        limit = self._config.shutdown_timeout + SLACK
        late = [] if self._definitions.stop(SLACK.total_seconds()) else ["job-files"]
        with suppress(TimeoutError):  # whoever is late is named below
            late += self._ask(Stop(), limit.total_seconds())
        late += [] if self._engine.join(SLACK) else ["engine"]
        late += self._ports.workers.stop(SLACK)
        self._ports.deadlines.stop()
        log.info("scheduler stopped", extra={"not_stopped": late})
        return late

    def reload_soon(self) -> None:
        """The job files may have changed; returns at once."""
        self._definitions.reload_soon()

    def reload(self) -> None:
        """Take in the job files as they are now."""
        self._definitions.reload()

    @property
    def zone(self) -> ZoneInfo:
        """The default zone; where it is the machine's, it changes with that."""
        whole = self._registry.whole
        return whole.zone if whole else self._config.zone

    def status(self) -> Status:
        whole, zone = self._registry.whole, self.zone
        stats = whole.stats if whole else Statistics(since=self._ports.clock.now())
        dates = {name: _local(getattr(stats, name), zone) for name in ("since", "last_pass")}
        scheduler = SchedulerStatus(
            state=self._registry.state,
            started=self._started,
            version=self._config.version,
            home=self._place.home,
            pid=self._place.pid,
            stats=replace(stats, **dates, next_due=_local(self._registry.next_due, zone)),
            keeping_awake=whole.keeping_awake if whole else (),
            not_awake=self._ports.wakefulness.refusal,
        )
        problems = (*self._registry.problems, *self.problems)
        status = Status(scheduler=scheduler, jobs=self._registry.all(), problems=problems)
        return replace(status, machine=whole.facts, away=whole.absence is not None) if whole else status

    def list_jobs(self) -> tuple[JobStatus, ...]:
        return self._registry.all()

    def get_job_status(self, job_id: str) -> JobStatus:
        """JobNotFound."""
        return self._registry.one(job_id)

    def get_job(self, job_id: str) -> Job:
        """JobNotFound."""
        return self._definitions.get(job_id)

    def add_job(self, job_id: str, definition: bytes) -> JobStatus:
        """Validate, write `jobs/<id>.json`, and take it in. InvalidDefinition; Conflict if it exists."""
        self._files.write(job_id, definition)
        self.reload()
        return self._registry.one(job_id)

    def remove_job(self, job_id: str, expected: Etags = None) -> None:
        """Delete the job's file. What runs goes on to its end. JobNotFound, Changed."""
        self._files.remove(job_id, expected)
        self.reload()

    def run_now(self, job_id: str) -> str:
        """The id of the new run. JobNotFound; Conflict when it may not start, with the reason."""
        return self._ask(RunNow(job_id))[0]

    def retry_run(self, run_id: str) -> str:
        """The id of a new run of the same job, as that is now. RunNotFound, JobNotFound, Conflict."""
        run = self.get_run(run_id)
        if run.outcome is None:
            raise Conflict(f"run {run_id} has not ended yet")
        return self._ask(RunNow(run.job_id, retry_of=run_id))[0]

    def cancel_one(self, run_id: str) -> tuple[str, ...]:
        """End this run; its id. RunNotFound; Conflict when it has ended."""
        if self.get_run(run_id).outcome is None:
            with suppress(RunNotFound):  # it has just ended
                return self._ask(CancelRuns(run_id))
        raise Conflict(f"run {run_id} has ended already")

    def cancel_run(self, target: str) -> tuple[str, ...]:
        """End this run, or all open runs of this job; their ids. RunNotFound; Conflict when none is open."""
        return self._ask(CancelRuns(target))

    def pause_job(
        self,
        job_id: str,
        until: datetime | timedelta | None = None,
        reason: str | None = None,
        by: str | None = None,
    ) -> None:
        """Until then, or for so long, or until somebody resumes it. The newest wish counts.

        `by` is where it was asked for. JobNotFound; Conflict when that time is over.
        """
        end = self._ports.clock.now() + until if isinstance(until, timedelta) else until
        self._ask(Pause(job_id, end, reason, by))

    def resume_job(self, job_id: str) -> None:
        """JobNotFound."""
        self._ask(Resume(job_id))

    def snooze_job(self, job_id: str, until: datetime) -> None:
        """Tell nothing of its failures until then. JobNotFound; Conflict when nothing is wrong with it."""
        self._ask(Snooze(job_id, until))

    def pause_all(self, by: str | None = None) -> None:
        self._ask(Pause(None, by=by))

    def resume_all(self) -> None:
        self._ask(Resume(None))

    def configure(self, settings: Settings) -> None:
        """Take in what of the settings can change while it runs."""
        scheduler = settings.scheduler
        self._ask(Configure(settings.notices, settings.awake, scheduler.groups, scheduler.shutdown_timeout))
        self._config = replace(self._config, shutdown_timeout=scheduler.shutdown_timeout)

    def reset_statistics(self) -> None:
        """Count anew from now on."""
        self._ask(ResetStatistics())

    def next_runs(self, job_id: str, count: int) -> tuple[datetime, ...]:
        """The next instants at which it starts, its jitter included, soonest first. JobNotFound."""
        return self._outlook.next_runs(self.get_job(job_id), count)

    def history(self, query: RunQuery = RunQuery()) -> RunPage:  # noqa: B008 - an immutable value
        """Open and ended runs, newest first, as `engine.past` promises them. JobNotFound, LedgerError."""
        page = self._past.page(query)
        return replace(page, runs=[self._outlook.shown(run) for run in page.runs])

    def summaries(self, days: int, job_id: str | None = None) -> Summaries:
        """How the runs of so many days went. JobNotFound, LedgerError."""
        return summaries(self._past, self._ports.clock, self.zone, days, job_id)

    def get_run(self, run_id: str) -> Run:
        """RunNotFound, LedgerError."""
        return self._outlook.shown(self._past.run(run_id))

    def definition_of(self, run: Run) -> dict[str, object] | None:
        """What its job was when it ran, as in a job file; None where nobody knows any more. LedgerError."""
        found = self._ports.history.definition(run.job_id, run.definition) if run.definition else None
        job = self._definitions.find(run.job_id)
        if found is None and job is not None and definition_digest(job) == run.definition:
            return as_file(job)
        return found

    def report(self, run_id: str) -> Report:
        """RunNotFound, LedgerError."""
        run = self.get_run(run_id)
        return Report(run, self.definition_of(run))

    def log_file(self, run_id: str) -> Path:
        """The file of its output. RunNotFound, also when it never started."""
        run = self.get_run(run_id)
        path = self._ports.logs.path(run.job_id, run.run_id)
        if not path.exists():
            raise RunNotFound(
                f"run {run_id} has no output: {run.error or run.reason or 'it has not started'}"
            )
        return path

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Hear of every batch of events from now on; call what it returns to stop hearing."""
        return self._bus.subscribe(subscriber)

    def _ask(self, verb: Verb, patience: float = PATIENCE) -> tuple[str, ...]:
        if not self.is_running:
            raise NotRunning
        reply: Future[tuple[str, ...]] = Future()
        self._mailbox.post(Asked(verb, reply))
        return reply.result(patience)


def _local(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if instant is None else instant.astimezone(zone)
