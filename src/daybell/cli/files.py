"""What would the app answer, if it ran? Its questions, answered from the files: only read, never changed."""

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import TypeVar, cast, get_args
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import asdict

from daybell.api.client import NEXT, ApiError, Heard, Json, Query
from daybell.core.excerpt import head_of
from daybell.core.plain import as_file
from daybell.core.report import Artifact, Report, as_markdown, as_members
from daybell.core.schedule import definition_digest
from daybell.core.summaries import summarised
from daybell.core.zones import instant
from daybell.engine.away import Away
from daybell.engine.bus import Bus
from daybell.engine.configuring import SettingsNow
from daybell.engine.editing import document
from daybell.engine.explaining import Explaining
from daybell.engine.messages import Verb
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.summaries import summaries
from daybell.engine.timeline import Timelines
from daybell.machine.clock import SystemClock
from daybell.machine.configuration import engine_config
from daybell.machine.zones import machine_zone
from daybell.model.errors import DaybellError, InvalidSettings, JobNotFound, NotRunning
from daybell.model.job import Job, Keep
from daybell.model.query import Place, RunQuery
from daybell.model.run import Cause, Outcome, Run
from daybell.model.settings import Settings
from daybell.model.status import Problem, SchedulerStatus, Statistics, Status
from daybell.store.artifacts import ArtifactFiles
from daybell.store.directories import Directories
from daybell.store.history import RunHistory
from daybell.store.logs import RunLogs
from daybell.store.printed import Printed
from daybell.store.reading import still
from daybell.store.settings import read_settings

T = TypeVar("T")
NOT_FOUND = {"job_not_found", "run_not_found"}


class Files:
    """One home at one moment. ApiError, as the app would have it."""

    def __init__(self, home: Directories) -> None:
        """DaybellError, OSError where the files cannot be read."""
        self._home, self._clock, machine = home, SystemClock(), machine_zone()
        self._settings: Settings | None = None
        self._problems: tuple[Problem, ...] = ()
        try:
            self._settings = read_settings(home.settings_file, machine)
        except InvalidSettings as refusal:
            self._problems = refusal.problems
        self._config = engine_config(self._settings or Settings(), machine)
        found = still(home, self._config, self._clock.now())
        self._registry, self._jobs = found.registry, found.jobs
        logs = RunLogs(home.runs_log)
        self._history = RunHistory(home.history)
        self._past = Past(self._registry, self._history, logs, self._clock)
        self._outlook = Outlook(
            self._registry, self._jobs.get, self._clock, lambda: self.zone, self._config.seed
        )
        readers = (self._registry, self._past, self._outlook)
        self._explaining = Explaining(*readers, self._history, self._clock, is_still=True)
        away = Away(*readers, clock=self._clock, bus=Bus(), ask=_asked_in_vain)
        self._routes: tuple[tuple[str, Callable[..., object]], ...] = (
            (r"/status", lambda _: self._status()),
            (r"/jobs", lambda _: self._registry.all()),
            (r"/jobs/([^/]+)", self._job),
            (r"/jobs/([^/]+)/next", self._next),
            (r"/jobs/([^/]+)/stats", self._stats_of),
            (r"/runs", self._runs),
            (r"/runs/([^/]+)", self._run),
            (r"/runs/([^/]+)/artifacts", self._artifacts),
            (r"/runs/([^/]+)/report.json", lambda _, run_id: as_members(self._report(run_id))),
            (r"/jobs/([^/]+)/why", self._why),
            (r"/stats", self._stats),
            (r"/timeline", self._timeline),
            (r"/away", lambda _: {"away": away.card()}),
            (r"/settings", lambda _: self._settings_now()),
        )

    @property
    def zone(self) -> ZoneInfo:
        return self._config.zone

    def get(self, path: str, query: Query) -> Json:
        """ApiError."""
        for pattern, answer in self._routes:
            found = re.fullmatch(f"/api/v1{pattern}", path)
            if found:
                return self._answered(partial(answer, query, *map(unquote, found.groups())))
        raise ApiError("not_running", "only the running app can tell: start it with `daybell start`")

    def printed(self, run_id: str, offset: int, heard: Heard) -> bytes:
        """What the run has printed from there on. ApiError."""
        run = self._told(lambda: self._past.run(run_id))
        job = self._jobs.get(run.job_id)
        keep = job.keep if job else Keep()
        try:
            with RunLogs(self._home.runs_log).path(run.job_id, run_id).open("rb") as file:
                printed = Printed(file, head_of(keep.output))
                end, parts = max(offset, printed.end()), []
                while offset < end:
                    chunk, offset = printed.read(offset, end)
                    if not chunk:
                        break
                    parts.append(chunk)
        except FileNotFoundError as error:
            raise ApiError("run_not_found", f"run {run_id} has no output", status=404) from error
        heard({NEXT: str(end)})
        return b"".join(parts)

    def report(self, run_id: str) -> bytes:
        """The page of a run. ApiError."""
        return as_markdown(self._told(lambda: self._report(run_id))).encode()

    def _report(self, run_id: str) -> Report:
        run = self._outlook.shown(self._past.run(run_id))
        left: tuple[Artifact, ...] = ()
        with suppress(OSError):  # most leave nothing
            found = ArtifactFiles(self._home.artifacts).list(run.job_id, run_id)
            left = tuple(Artifact(one.name, one.bytes) for one in found)
        return Report(run, self._definition_of(run), left)

    def _definition_of(self, run: Run) -> dict[str, object] | None:
        """As the app finds it."""
        found = self._history.definition(run.job_id, run.definition) if run.definition else None
        job = self._jobs.get(run.job_id)
        if found is None and job is not None and definition_digest(job) == run.definition:
            return as_file(job)
        return found

    def _answered(self, ask: Callable[[], object]) -> Json:
        value: Json = msgspec.json.decode(msgspec.json.encode(self._told(ask), enc_hook=str))
        return value

    def _status(self) -> Status:
        now = self._clock.now()
        scheduler = SchedulerStatus(
            state="stopped",
            started=None,
            version=version("daybell"),
            home=str(self._home.jobs),
            pid=0,
            stats=Statistics(since=now, next_due=self._registry.next_due),
        )
        whole = self._registry.whole
        return Status(
            scheduler=scheduler,
            jobs=self._registry.all(),
            problems=(*self._registry.problems, *self._problems),
            away=whole is not None and whole.absence is not None,
        )

    def _job(self, _query: Query, job_id: str) -> object:
        status = self._registry.one(job_id)
        file = document((self._home.jobs / f"{job_id}.json").read_bytes())
        job = self._jobs.get(job_id)
        return {"job": job, "status": status, "definition": file.definition, "etag": file.etag}

    def _next(self, query: Query, job_id: str) -> object:
        count = int(str(query.get("n", 5)))
        return {"job_id": job_id, "runs": self._outlook.next_runs(self._valid(job_id), count)}

    def _valid(self, job_id: str) -> Job:
        self._registry.one(job_id)
        if job_id not in self._jobs:
            raise JobNotFound(f"there is no job {job_id!r}")
        return self._jobs[job_id]

    def _runs(self, query: Query) -> object:
        page = self._past.page(run_query(query, self.zone))
        runs = [asdict(self._outlook.shown(run)) for run in page.runs]
        return {"runs": runs, "next": None if page.next is None else str(page.next)}

    def _run(self, _query: Query, run_id: str) -> object:
        return asdict(self._outlook.shown(self._past.run(run_id)))

    def _artifacts(self, _query: Query, run_id: str) -> object:
        run = self._past.run(run_id)
        return {"artifacts": ArtifactFiles(self._home.artifacts).list(run.job_id, run_id)}

    def _stats(self, query: Query) -> object:
        days = int(str(query.get("days", 30)))
        return {"days": days, **asdict(summaries(self._past, self._clock, self.zone, days))}

    def _stats_of(self, query: Query, job_id: str) -> object:
        days = int(str(query.get("days", 30)))
        found = summaries(self._past, self._clock, self.zone, days, job_id)
        known = {"job_id": job_id, "days": days, "since": found.since, "is_complete": found.is_complete}
        return {**known, "hours": found.hours, **asdict(found.jobs.get(job_id) or summarised(()))}

    def _why(self, query: Query, job_id: str) -> object:
        return self._explaining.why(job_id, moment(query, "at", self.zone))

    def _timeline(self, query: Query) -> object:
        lines = Timelines(self._registry, self._past, self._valid, self._clock, self._config.seed)
        since, until = (moment(query, name, self.zone) for name in ("from", "to"))
        assert since is not None
        assert until is not None
        return lines.between(since, until, str(query.get("job", "")) or None, self.zone)

    def _settings_now(self) -> SettingsNow:
        try:
            content = self._home.settings_file.read_bytes()
        except FileNotFoundError:
            content = b""
        file = document(content)
        return SettingsNow(file.etag, file.definition, self._settings, self._problems, False, ())

    def _told(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except DaybellError as error:
            raise ApiError(error.code, str(error), status=404 if error.code in NOT_FOUND else 500) from error


def _asked_in_vain(_verb: Verb) -> tuple[str, ...]:
    raise NotRunning


def run_query(query: Query, zone: ZoneInfo) -> RunQuery:
    """As the app reads it. ApiError."""
    cursor = str(query.get("cursor", ""))
    return RunQuery(
        job_id=str(query.get("job", "")) or None,
        outcomes=cast("frozenset[Outcome]", _words(query, "outcome", get_args(Outcome))),
        causes=cast("frozenset[Cause]", _words(query, "cause", get_args(Cause))),
        since=moment(query, "since", zone),
        until=moment(query, "until", zone),
        text=str(query.get("text", "")),
        limit=int(str(query.get("limit", 50))),
        after=Place.parse(cursor) if cursor else None,
    )


def moment(query: Query, name: str, zone: ZoneInfo) -> datetime | None:
    text = str(query.get(name, ""))
    return instant(datetime.fromisoformat(text), zone) if text else None


def _words(query: Query, name: str, known: Collection[str]) -> frozenset[str]:
    given = query.get(name, ())
    words = frozenset((given,) if isinstance(given, str | int) else given)
    for word in words:
        if word not in known:
            expected = ", ".join(known)
            raise ApiError(
                "invalid_request", f"{name}: expected one of {expected}, found {word!r}", status=422
            )
    return cast("frozenset[str]", words)
