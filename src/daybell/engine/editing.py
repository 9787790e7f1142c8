"""How are job files edited, and what would an edit mean? Only the files say what holds."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct

from daybell.core.describe import describe
from daybell.core.documents import dump, load
from daybell.core.edits import etag, patched, replaced
from daybell.engine.files import Etags, JobFiles
from daybell.model.errors import InvalidDefinition
from daybell.model.job import Job
from daybell.model.status import Problem

Members = Mapping[str, object]
Starts = Callable[[Job, int], tuple[datetime, ...]]
"""The next so many instants at which a job would start, soonest first."""


class Document(Struct, frozen=True):
    """A file as it is."""

    etag: str
    """Of its bytes."""
    definition: dict[str, object] | None
    """The object in it; None where there is none."""


class Moment(Struct, frozen=True):
    """An instant twice."""

    at: datetime
    """In UTC."""
    local: datetime
    """On the wall of the default zone."""


class Preview(Struct, frozen=True):
    """What a definition would mean."""

    problems: tuple[Problem, ...]
    """What keeps it from being a job."""
    warnings: tuple[Problem, ...]
    """What may surprise whoever wrote it."""
    description: str | None
    """When it runs, in words; None where it is no job."""
    runs: tuple[Moment, ...]
    """When it would start, soonest first."""


class Editor:
    """Any thread. Every write goes through the loader first, and is in force when it returns."""

    def __init__(self, files: JobFiles, take_in: Callable[[], None], starts: Starts) -> None:
        self._files = files
        self._take_in = take_in
        self._starts = starts

    def document(self, job_id: str) -> Document:
        """JobNotFound, DiskRefused; Conflict for what cannot be a definition."""
        return document(self._files.content(job_id))

    def replace(self, job_id: str, wanted: Members, expected: Etags) -> Document:
        """The file says this from now on. JobNotFound, Changed, InvalidDefinition, DiskRefused."""
        return self._edit(job_id, lambda before: replaced(_file(job_id), before, wanted, Job), expected)

    def patch(self, job_id: str, patch: Members, expected: Etags) -> Document:
        """As JSON Merge Patch has it. JobNotFound, Changed, InvalidDefinition, DiskRefused."""
        return self._edit(job_id, lambda before: patched(_file(job_id), before, patch), expected)

    def enable(self, job_id: str, *, is_enabled: bool) -> Document:
        """JobNotFound, InvalidDefinition, DiskRefused."""
        return self._edit(job_id, partial(_enabled, _file(job_id), is_enabled=is_enabled), None)

    def preview(self, job_id: str, wanted: Members, count: int) -> Preview:
        """Nothing is written. That job may exist already: then what it has done so far counts."""
        judged = self._files.judge(job_id, dump(wanted))
        if judged.job is None:
            return Preview(judged.problems, judged.warnings, None, ())
        runs = tuple(Moment(start.astimezone(UTC), start) for start in self._starts(judged.job, count))
        return Preview(judged.problems, judged.warnings, describe(judged.job), runs)

    def _edit(self, job_id: str, change: Callable[[bytes], bytes], expected: Etags) -> Document:
        content = self._files.edit(job_id, change, expected)
        self._take_in()
        return document(content)


def document(content: bytes) -> Document:
    try:
        return Document(etag(content), load("", content))
    except InvalidDefinition:
        return Document(etag(content), None)


def _enabled(file: str, before: bytes, *, is_enabled: bool) -> bytes:
    """Nothing is written for what holds without."""
    if load(file, before).get("enabled", True) is is_enabled:
        return before
    return patched(file, before, {"enabled": is_enabled})


def _file(job_id: str) -> str:
    return f"{job_id}.json"
