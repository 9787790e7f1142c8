"""A scheduler that holds everything in memory and runs nothing: runs end when the test says so."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from builders import BERLIN
from daybell.core.describe import as_written
from daybell.engine.away import Away
from daybell.engine.bus import Subscriber
from daybell.engine.configuring import Configuration, NoSettings
from daybell.engine.editing import Editor
from daybell.engine.files import Etags
from daybell.engine.memory import MemoryFiles
from daybell.engine.service import SchedulerService
from daybell.model.absence import Card
from daybell.model.durations import Duration
from daybell.model.errors import Conflict, InvalidDefinition, JobNotFound, RunNotFound
from daybell.model.events import AnyEvent, RunFinished, RunStarted
from daybell.model.facts import Facts
from daybell.model.job import Job
from daybell.model.query import Row, RunPage, RunQuery
from daybell.model.run import Outcome, ProcessIdentity, Run
from daybell.model.settings import Settings
from daybell.model.sizes import Size
from daybell.model.status import JobStatus, Problem, SchedulerState, SchedulerStatus, Statistics, Status

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class FakeAway(Away):
    """What happened while nobody looked, as the test says, and what was asked for about it."""

    def __init__(self) -> None:
        self.kept: Card | None = None
        self.asked: list[tuple[str, str | None]] = []

    def card(self) -> Card | None:
        return self.kept

    def run(self, job_id: str | None = None) -> tuple[str, ...]:
        return self._act("run", job_id)

    def skip(self, job_id: str | None = None) -> tuple[str, ...]:
        return self._act("skip", job_id)

    def dismiss(self) -> tuple[str, ...]:
        self.asked.append(("dismiss", None))
        self.kept = None
        return ()

    def _act(self, verb: str, job_id: str | None) -> tuple[str, ...]:
        if self.kept is None:
            raise Conflict("nothing is left from while you were away")
        self.asked.append((verb, job_id))
        return tuple(one.run_id for one in self.kept.runs if job_id in (None, one.job_id))


class FakeService(SchedulerService):
    """The whole façade, except for starting and stopping."""

    away: FakeAway

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.stop_asked = threading.Event()
        self.request_stop = self.stop_asked.set
        self.settings = Configuration(NoSettings(), Settings())
        self.editor = Editor(FakeFiles(self), lambda: None, lambda _job, _count: ())
        self.reset()

    def reset(self) -> None:
        """As on the first day: so that tests may share one server."""
        self.pid = 4242
        self.away = FakeAway()
        self.paused_by: list[str | None] = []
        self.keeping_awake: tuple[str, ...] = ()
        self.machine = Facts()
        self.now = NOON
        self.jobs: dict[str, Job] = {}
        self.written: list[bytes] = []
        self.files: dict[str, bytes] = {}
        self.paused: set[str] = set()
        self.paused_until: dict[str, datetime | None] = {}
        self.pause_reasons: dict[str, str | None] = {}
        self.runs: dict[str, Run] = {}
        self.definitions: dict[str, dict[str, object]] = {}
        """By the ids of their runs."""
        self.problems: tuple[Problem, ...] = ()
        self.state: SchedulerState = "running"
        self.stop_asked.clear()
        self.subscribers: list[Subscriber] = []
        self.heard = threading.Event()
        self.changed: dict[str, JobStatus] = {}
        self.failure: Exception | None = None
        self.most_at_once = 1000
        for log in self.logs.glob("*.log"):
            log.unlink()

    def status(self) -> Status:
        if self.failure:
            raise self.failure
        scheduler = SchedulerStatus(
            state=self.state,
            started=NOON,
            version="0.1.0",
            home="/home/ann/jobs",
            pid=self.pid,
            stats=Statistics(since=NOON),
            keeping_awake=self.keeping_awake,
        )
        return Status(
            scheduler=scheduler,
            jobs=self.list_jobs(),
            problems=self.problems,
            machine=self.machine,
            away=self.away.kept is not None,
        )

    def list_jobs(self) -> tuple[JobStatus, ...]:
        return tuple(self.get_job_status(job_id) for job_id in sorted(self.jobs))

    def get_job_status(self, job_id: str) -> JobStatus:
        job = self.get_job(job_id)
        if job_id in self.changed:
            return self.changed[job_id]
        runs = [run for run in self.runs.values() if run.job_id == job_id and run.started]
        is_running = any(run.outcome is None for run in runs)
        is_paused = job_id in self.paused
        return JobStatus(
            id=job_id,
            name=job.title,
            state="paused" if is_paused else "running" if is_running else "idle",
            schedule="every hour" if job.triggers else "only by hand",
            next_run=None if is_paused or not job.triggers else NOON + timedelta(hours=1),
            run_count=len(runs),
            is_running=is_running,
            is_paused=is_paused,
            paused_until=self.paused_until.get(job_id) if is_paused else None,
            pause_reason=self.pause_reasons.get(job_id) if is_paused else None,
            tags=job.tags,
            expression=as_written(job),
            is_enabled=job.enabled,
        )

    def get_job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise JobNotFound(f"there is no job {job_id!r}")
        return self.jobs[job_id]

    def add_job(self, job_id: str, definition: bytes) -> JobStatus:
        if job_id in self.jobs:
            raise Conflict(f"there is a job {job_id!r} already")
        self.written.append(definition)
        self.files[job_id] = definition
        try:
            fields = {**msgspec.json.decode(definition), "id": job_id}
            fields.pop("$schema", None)
            self.jobs[job_id] = msgspec.convert(fields, Job, dec_hook=duration)
        except msgspec.ValidationError as error:
            raise InvalidDefinition([Problem(f"{job_id}.json", "handler", str(error))]) from error
        return self.get_job_status(job_id)

    def remove_job(self, job_id: str, expected: Etags = None) -> None:
        self.get_job(job_id)
        del self.jobs[job_id]

    def run_now(self, job_id: str) -> str:
        self.get_job(job_id)
        if self.get_job_status(job_id).is_running:
            raise Conflict(f"{job_id} is running already")
        run_id = f"run-{len(self.runs) + 1}"
        log = str(self.logs / f"{run_id}.log")
        self.runs[run_id] = Run(
            run_id=run_id, job_id=job_id, cause="manual", started=self.now, attempts=1, log=log
        )
        self.publish(
            RunStarted(at=self.now, run_id=run_id, job_id=job_id, process=ProcessIdentity(1, 1.0, "boot"))
        )
        return run_id

    def cancel_run(self, target: str) -> tuple[str, ...]:
        of_target = [run for run in self.runs.values() if target in (run.run_id, run.job_id)]
        if not of_target and target not in self.jobs:
            raise RunNotFound(f"there is no run {target!r}")
        ended = tuple(run.run_id for run in of_target if run.outcome is None)
        if not ended:
            raise Conflict(f"{target} does not run")
        for run_id in ended:
            self.finish(run_id, "cancelled", reason="cancelled by hand")
        return ended

    def pause_job(
        self,
        job_id: str,
        until: datetime | timedelta | None = None,
        reason: str | None = None,
        by: str | None = None,
    ) -> None:
        self.get_job(job_id)
        self.paused.add(job_id)
        self.paused_until[job_id] = self.now + until if isinstance(until, timedelta) else until
        self.pause_reasons[job_id] = reason
        self.paused_by.append(by)

    def resume_job(self, job_id: str) -> None:
        self.get_job(job_id)
        self.paused.discard(job_id)

    def pause_all(self, by: str | None = None) -> None:
        self.state = "paused"
        self.paused_by.append(by)

    def resume_all(self) -> None:
        self.state = "running"

    def next_runs(self, job_id: str, count: int) -> tuple[datetime, ...]:
        has_trigger = bool(self.get_job(job_id).triggers)
        return tuple(NOON + timedelta(hours=hour + 1) for hour in range(count if has_trigger else 0))

    @property
    def zone(self) -> ZoneInfo:
        return BERLIN

    def history(self, query: RunQuery = RunQuery()) -> RunPage:  # noqa: B008 - as the service has it
        if query.job_id is not None:
            self.get_job(query.job_id)
        rows = [Row(number, run) for number, run in enumerate(self.runs.values(), 1)]
        meant = [
            row for row in reversed(rows) if query.matches(row.run) and query.text in self.printed(row.run)
        ]
        open_runs = [row.run for row in meant if row.run.outcome is None and query.after is None]
        ended = [row for row in meant if row.run.outcome and (query.after is None or row.place < query.after)]
        page = ended[: min(query.limit, self.most_at_once)]
        behind = page[-1].place if len(ended) > len(page) else None
        return RunPage([*open_runs, *(row.run for row in page)], behind)

    def get_run(self, run_id: str) -> Run:
        if run_id not in self.runs:
            raise RunNotFound(f"there is no run {run_id!r}")
        return self.runs[run_id]

    def definition_of(self, run: Run) -> dict[str, object] | None:
        return self.definitions.get(run.run_id)

    def log_file(self, run_id: str) -> Path:
        log = self.get_run(run_id).log
        if log is None:
            raise RunNotFound(f"run {run_id} has no output")
        return Path(log)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        self.subscribers.append(subscriber)
        self.heard.set()
        return lambda: self.subscribers.remove(subscriber)

    def publish(self, *events: AnyEvent) -> None:
        for subscriber in list(self.subscribers):
            subscriber(events)

    def finish(self, run_id: str, outcome: Outcome, **changes: Any) -> None:
        """End a run, as the engine would."""
        finished = self.now + timedelta(seconds=3)
        self.runs[run_id] = replace(self.runs[run_id], outcome=outcome, finished=finished, **changes)
        self.publish(RunFinished(at=finished, run=self.runs[run_id]))

    def printed(self, run: Run) -> str:
        log = Path(run.log or "")
        return log.read_text() if log.is_file() else ""

    def output(self, run_id: str, content: bytes) -> None:
        """What the run prints from now on."""
        with self.log_file(run_id).open("ab") as log:
            log.write(content)


class FakeFiles(MemoryFiles):
    """As they were sent. Edits of real files are tested with the real store."""

    def __init__(self, service: FakeService) -> None:
        super().__init__()
        self._service = service

    def content(self, job_id: str) -> bytes:
        self._service.get_job(job_id)
        return self._service.files[job_id]


def duration(kind: type, value: object) -> object:
    return kind.parse(str(value)) if issubclass(kind, Duration | Size) else value


def a_command(*argv: str) -> dict[str, object]:
    return {"type": "command", "argv": list(argv or ("true",))}


def hourly(job_id: str, **fields: object) -> dict[str, object]:
    """The body of a job that runs every hour."""
    return {
        "id": job_id,
        "triggers": [{"type": "interval", "every": "1h"}],
        "handler": a_command(),
        **fields,
    }


def add(service: FakeService, *job_ids: str) -> Sequence[JobStatus]:
    return [
        service.add_job(job_id, msgspec.json.encode({**hourly(job_id), "id": job_id})) for job_id in job_ids
    ]
