"""The façade: what the tray, the API and programs may ask of a running scheduler."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from daybell.core.jitter import offset
from daybell.core.schedule import INSTANT, count_due, upcoming
from daybell.engine.bus import Bus, Subscriber
from daybell.engine.errand import Errand
from daybell.engine.loop import Engine, Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.messages import (
    Asked,
    CancelRuns,
    Pause,
    ResetStatistics,
    Resume,
    RunNow,
    Snooze,
    Stop,
    Verb,
)
from daybell.engine.past import Past
from daybell.engine.ports import ABSENCE, JobFiles
from daybell.engine.registry import JobRegistry
from daybell.engine.state import EngineConfig
from daybell.model.errors import AlreadyRunning, JobNotFound, NotRunning, RunNotFound
from daybell.model.job import Job
from daybell.model.query import RunPage, RunQuery
from daybell.model.run import Run
from daybell.model.status import JobStatus, SchedulerStatus, Statistics, Status

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds within which the engine answers, even behind a slow disk."""
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
        self._reading = threading.Lock()
        # Files may be on a disk that does not answer: nobody who keeps time may wait for them.
        self._reloading = Errand("job-files", self.reload)
        self._jobs: dict[str, Job] = {}
        self._started: datetime | None = None
        self.request_stop: Callable[[], None] = lambda: None
        """Ask the whole app to stop; returns at once. Set by whoever owns the app."""

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
        with self._reading:
            read = self._files.read()
            self._jobs = read.jobs
            self._engine.boot(read)
        self._engine.start()
        self._reloading.start()
        log.info("scheduler started with %d jobs", len(read.jobs))

    def shutdown(self) -> Sequence[str]:
        """End what runs, within the shutdown timeout; the runs and threads that did not stop. NotRunning."""
        if not self.is_running:
            raise NotRunning
        self._ports.alarms.stop()
        limit = self._config.shutdown_timeout + SLACK
        late = [] if self._reloading.stop(SLACK.total_seconds()) else ["job-files"]
        with suppress(TimeoutError):  # whoever is late is named below
            late += self._ask(Stop(), limit.total_seconds())
        late += [] if self._engine.join(SLACK) else ["engine"]
        late += self._ports.workers.stop(SLACK)
        self._ports.deadlines.stop()
        log.info("scheduler stopped", extra={"not_stopped": late})
        return late

    def reload_soon(self) -> None:
        """The job files may have changed; returns at once."""
        self._reloading.ask()

    def reload(self) -> None:
        """Take in the job files as they are now."""
        with self._reading:
            read = self._files.read()
            reply: Future[tuple[str, ...]] = Future()
            self._mailbox.post(Asked(read, reply))
            kept = {
                job_id: self._jobs[job_id] for job_id in read.invalid | read.vanished if job_id in self._jobs
            }
            self._jobs = {**kept, **read.jobs}
        if read.vanished:
            self._ports.deadlines.set("job files", ABSENCE, self.reload_soon)
        reply.result(PATIENCE)

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
        )
        return Status(scheduler=scheduler, jobs=self._registry.all(), problems=self._registry.problems)

    def list_jobs(self) -> tuple[JobStatus, ...]:
        return self._registry.all()

    def get_job_status(self, job_id: str) -> JobStatus:
        """JobNotFound."""
        return self._registry.one(job_id)

    def get_job(self, job_id: str) -> Job:
        """JobNotFound."""
        job = self._jobs.get(job_id)
        if job is None:
            raise JobNotFound(f"there is no job {job_id!r}")
        return job

    def add_job(self, job_id: str, definition: bytes) -> JobStatus:
        """Validate, write `jobs/<id>.json`, and take it in. InvalidDefinition; Conflict if it exists."""
        self._files.write(job_id, definition)
        self.reload()
        return self._registry.one(job_id)

    def remove_job(self, job_id: str) -> None:
        """Delete the job's file. What runs goes on to its end. JobNotFound."""
        self._files.remove(job_id)
        self.reload()

    def run_now(self, job_id: str) -> str:
        """The id of the new run. JobNotFound; Conflict when it may not start, with the reason."""
        return self._ask(RunNow(job_id))[0]

    def cancel_run(self, target: str) -> tuple[str, ...]:
        """End this run, or all open runs of this job; their ids. RunNotFound; Conflict when none is open."""
        return self._ask(CancelRuns(target))

    def pause_job(self, job_id: str, until: datetime | None = None) -> None:
        """Until then, or until somebody resumes it. Pausing what is paused is fine: the newest wish counts.

        JobNotFound; Conflict when that time is over.
        """
        self._ask(Pause(job_id, until))

    def resume_job(self, job_id: str) -> None:
        """JobNotFound."""
        self._ask(Resume(job_id))

    def snooze_job(self, job_id: str, until: datetime) -> None:
        """Tell nothing of its failures until then. JobNotFound; Conflict when nothing is wrong with it."""
        self._ask(Snooze(job_id, until))

    def pause_all(self) -> None:
        self._ask(Pause(None))

    def resume_all(self) -> None:
        self._ask(Resume(None))

    def reset_statistics(self) -> None:
        """Count anew from now on."""
        self._ask(ResetStatistics())

    def next_runs(self, job_id: str, count: int) -> tuple[datetime, ...]:
        """The next instants at which it starts, its jitter included, soonest first. JobNotFound."""
        job, snapshot = self.get_job(job_id), self._registry.snapshot(job_id)
        first, calendar = snapshot.due, snapshot.calendar
        if first is None or calendar is None:
            return ()
        dues = upcoming(job, first - INSTANT, calendar, count)
        seed = self._config.seed
        return tuple((due + offset(job, seed, due, calendar)).astimezone(self.zone) for due in dues)

    def history(self, query: RunQuery = RunQuery()) -> RunPage:  # noqa: B008 - an immutable value
        """Open and ended runs, newest first, as `engine.past` promises them. JobNotFound, LedgerError."""
        page = self._past.page(query)
        return replace(page, runs=[self._shown(run) for run in page.runs])

    def get_run(self, run_id: str) -> Run:
        """RunNotFound, LedgerError."""
        return self._shown(self._past.run(run_id))

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

    def _shown(self, run: Run) -> Run:
        """In the default zone; a gap's instants are counted now, so that the row costs nothing before."""
        zone = self.zone
        local = {
            name: value.astimezone(zone)
            for name in ("due", "due_to", "started", "finished")
            if (value := getattr(run, name)) is not None
        }
        return replace(run, **local, count=self._count(run))

    def _count(self, run: Run) -> int | None:
        if run.due is None or run.due_to is None:
            return run.count
        job = self._jobs.get(run.job_id)
        calendar = self._registry.snapshot(run.job_id).calendar if job is not None else None
        if job is None or calendar is None or calendar.since > run.due:
            return None
        return count_due(job, run.due, run.due_to, calendar)


def _local(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if instant is None else instant.astimezone(zone)
