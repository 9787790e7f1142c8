"""Which jobs does this home have? The files below `jobs`, read again only where they changed."""

import os
import stat
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from fnmatch import filter as matching
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core.definitions import parse_job
from daybell.core.dependencies import circular, missing
from daybell.engine.files import Change, Etags, Judgement
from daybell.engine.ports import ABSENCE, Clock, DefinitionsRead
from daybell.model.errors import Conflict, DiskRefused, InvalidDefinition, JobNotFound
from daybell.model.job import Job
from daybell.model.status import Problem
from daybell.store.edits import content_or_nothing, edit, forget_unfinished, read_file, refuse_changed
from daybell.store.foresight import foreseen
from daybell.store.remedies import complaint
from daybell.store.trust import distrust

NAME = "{}.json"

Check = Callable[[Job, str], list[Problem]]
"""What of a valid job cannot work on this machine as it is now; `file` names its file."""


class Parsed(Struct, frozen=True):
    """A file as it was read."""

    mark: tuple[int, int, int]
    """Tells whether the file has changed since: inode, size, time of change in ns."""
    job: Job | None
    problems: tuple[Problem, ...]


class JobFolder:
    """One job a file. Hidden files and other endings are not looked at."""

    def __init__(self, directory: Path, zone: ZoneInfo, check: Check, clock: Clock) -> None:
        self._directory = directory
        self._zone = zone
        self._check = check
        self._clock = clock
        self._lock = threading.Lock()
        self._parsed: dict[str, Parsed] = {}
        self._gone_since: dict[str, float] = {}
        self._unnamable: list[str] = []
        forget_unfinished(directory, "*.json")

    def read(self) -> DefinitionsRead:
        """All files as they are now, each valid or with its problems."""
        with self._lock:
            try:
                names = self._names()
            except OSError as error:
                return self._unreadable(error)
            # Exchanged whole: who only asks for one file does not wait for all of them.
            before, present = self._parsed, dict[str, Parsed]()
            for name in names:
                job_id = name.rpartition(".")[0]
                parsed = self._parse(job_id, self._directory / name, before.get(job_id))
                if parsed is not None:
                    present[job_id] = parsed
            vanished = self._vanished(before.keys() - present.keys())
            self._parsed = {**present, **{job_id: before[job_id] for job_id in vanished}}
            return self._judged(present, vanished)

    def _judged(self, present: dict[str, Parsed], vanished: frozenset[str]) -> DefinitionsRead:
        """The files one by one, and then as they depend on each other."""
        jobs = {job_id: one.job for job_id, one in present.items() if one.job is not None}
        invalid = frozenset(present.keys() - jobs.keys())
        problems = [problem for one in present.values() for problem in self._problems(one)]
        problems += [Problem(repr(name), "", "its name is no text: rename it") for name in self._unnamable]
        refused = circular(jobs)
        for job_id in refused:
            del jobs[job_id]
        absent = missing(jobs, frozenset(invalid | refused.keys() | vanished))
        return DefinitionsRead(
            jobs=jobs,
            invalid=invalid | refused.keys(),
            problems=(*problems, *refused.values(), *absent),
            vanished=vanished,
        )

    def write(self, job_id: str, definition: bytes) -> None:
        """Validate, then write a new file. InvalidDefinition; Conflict when it is there already."""
        name = NAME.format(job_id)
        job = parse_job(job_id, name, definition, self._zone)
        path = self._directory / name
        try:
            with self._lock:
                self._refuse_circles(job)
                self._write_new(name, definition)
        except FileExistsError as error:
            raise Conflict(f"there is a job {job_id!r} already: remove it first, or edit {name}") from error
        except OSError as error:
            error.filename = None  # the file beside it means nothing to anybody
            raise DiskRefused(complaint(path, error, "cannot be written")) from error

    def content(self, job_id: str) -> bytes:
        """The file as it is. JobNotFound, DiskRefused; Conflict where it cannot be a definition."""
        try:
            return read_file(self._path(job_id))
        except FileNotFoundError as error:
            raise _nothing_like(job_id) from error

    def edit(self, job_id: str, change: Change, expected: Etags = None) -> bytes:
        """What the file says now, which is a job. JobNotFound, Changed, InvalidDefinition, DiskRefused."""
        with self._lock:
            before, check = self.content(job_id), partial(self._parse_alone, job_id)
            return edit(self._path(job_id), before, expected, change, check)

    def remove(self, job_id: str, expected: Etags = None) -> None:
        """Taken away on purpose, it counts as removed at once. JobNotFound, Changed, DiskRefused."""
        with self._lock:
            path = self._path(job_id)
            try:
                if expected is not None:
                    refuse_changed(content_or_nothing(path), expected)
                path.unlink(missing_ok=True)
            except OSError as error:
                raise DiskRefused(complaint(path, error, "cannot be removed")) from error
            del self._parsed[job_id]

    def judge(self, job_id: str, definition: bytes) -> Judgement:
        """What this definition would be as the file of that job. Nothing is written."""
        name = NAME.format(job_id)
        try:
            with self._lock:
                job = self._parse_alone(job_id, definition)
                known = self._known()
                invalid = frozenset(self._parsed.keys() - known.keys())
        except InvalidDefinition as refusal:
            return Judgement(None, refusal.problems)
        absent = [one for one in missing({**known, job_id: job}, invalid) if one.file == name]
        surprising = foreseen(job, definition, name, self._zone, self._clock.now())
        return Judgement(job, (), (*self._check(job, name), *absent, *surprising))

    def _path(self, job_id: str) -> Path:
        """Of a file that was seen: whatever else an id may name, it is no job."""
        if job_id not in self._parsed:
            raise _nothing_like(job_id)
        return self._directory / NAME.format(job_id)

    def _parse_alone(self, job_id: str, definition: bytes) -> Job:
        job = parse_job(job_id, NAME.format(job_id), definition, self._zone)
        self._refuse_circles(job)
        return job

    def _known(self) -> dict[str, Job]:
        return {job_id: one.job for job_id, one in self._parsed.items() if one.job is not None}

    def _refuse_circles(self, job: Job) -> None:
        if problem := circular({**self._known(), job.id: job}).get(job.id):
            raise InvalidDefinition([problem])

    def _write_new(self, name: str, definition: bytes) -> None:
        """Whole or not at all, and never over a file that is there."""
        beside = self._directory / f".{name}.new"
        beside.unlink(missing_ok=True)  # a crash may have left it, linked to the job's file
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as content:
                content.write(definition)
                content.flush()
                os.fsync(content.fileno())
            os.link(beside, self._directory / name)
        finally:
            beside.unlink()

    def _unreadable(self, error: OSError) -> DefinitionsRead:
        """All jobs stay as they were: what cannot be read is not gone."""
        message = f"cannot be read: {error.strerror}; no edit is taken in until it can be"
        return DefinitionsRead(
            jobs={job_id: one.job for job_id, one in self._parsed.items() if one.job is not None},
            invalid=frozenset(job_id for job_id, one in self._parsed.items() if one.job is None),
            problems=(Problem(str(self._directory), "", message),),
            is_complete=False,
        )

    def _names(self) -> list[str]:
        try:
            names = os.listdir(self._directory)  # noqa: PTH208 their names are all that is needed here
        except FileNotFoundError:
            return []
        found = sorted(matching(names, "[!.]*.json"))
        self._unnamable = [name for name in found if not _is_text(name)]
        return [name for name in found if _is_text(name)]

    def _parse(self, job_id: str, path: Path, known: Parsed | None) -> Parsed | None:
        mark = (0, 0, 0)
        try:
            state = path.stat()
            if not stat.S_ISREG(state.st_mode):
                return Parsed(mark, None, (Problem(path.name, "", "is not a regular file: move it away"),))
            if reason := distrust(path, state):
                return Parsed(mark, None, (Problem(path.name, "", reason),))
            mark = (state.st_ino, state.st_size, state.st_mtime_ns)
            if known is not None and known.mark == mark:
                return known
            return Parsed(mark, parse_job(job_id, path.name, path.read_bytes(), self._zone), ())
        except FileNotFoundError:
            return None
        except OSError as error:
            problem = Problem(path.name, "", f"cannot be read: {error.strerror}; check its permissions")
            return Parsed(mark, None, (problem,))
        except InvalidDefinition as error:
            return Parsed(mark, None, error.problems)

    def _problems(self, parsed: Parsed) -> tuple[Problem, ...]:
        """The machine may have changed where the file has not, so this is looked at each time."""
        if parsed.job is None:
            return parsed.problems
        return tuple(self._check(parsed.job, NAME.format(parsed.job.id)))

    def _vanished(self, missing: AbstractSet[str]) -> frozenset[str]:
        now = self._clock.monotonic()
        self._gone_since = {job_id: self._gone_since.get(job_id, now) for job_id in missing}
        return frozenset(
            job_id for job_id in missing if now - self._gone_since[job_id] < ABSENCE.total_seconds()
        )


def _nothing_like(job_id: str) -> JobNotFound:
    return JobNotFound(f"there is no job {job_id!r}")


def _is_text(name: str) -> bool:
    """Whether it can be written down anywhere: some systems allow names of any bytes."""
    return name.isprintable()
