"""What may be asked of the files that a person writes? Edits of them never overwrite each other."""

from collections.abc import Callable, Collection
from typing import Protocol

from msgspec import Struct

from daybell.engine.ports import DefinitionsRead
from daybell.model.job import Job
from daybell.model.settings import Settings
from daybell.model.status import Problem

Change = Callable[[bytes], bytes]
"""What a file says after an edit, made of what it says before. InvalidDefinition."""
Etags = Collection[str] | None
"""Of what somebody has read and now edits; None: whatever is there."""


class Judgement(Struct, frozen=True):
    """What a definition is worth."""

    job: Job | None
    problems: tuple[Problem, ...] = ()
    """What keeps it from being a job."""
    warnings: tuple[Problem, ...] = ()
    """What may surprise the person who wrote it."""


class JobFiles(Protocol):
    """The job files of this home. DiskRefused, and all as it was, where the disk refuses."""

    def read(self) -> DefinitionsRead:
        """All files as they are now, each valid or with its problems."""
        ...

    def write(self, job_id: str, definition: bytes) -> None:
        """Validate, then write a new file. InvalidDefinition; Conflict when it is there already."""
        ...

    def content(self, job_id: str) -> bytes:
        """The file as it is. JobNotFound."""
        ...

    def edit(self, job_id: str, change: Change, expected: Etags = None) -> bytes:
        """What the file says now. JobNotFound, Changed; InvalidDefinition, and the file as it was."""
        ...

    def remove(self, job_id: str, expected: Etags = None) -> None:
        """JobNotFound, Changed."""
        ...

    def judge(self, job_id: str, definition: bytes) -> Judgement:
        """What this definition would be as the file of that job. Nothing is written."""
        ...


class SettingsFile(Protocol):
    """The settings of this home. DiskRefused, and all as it was, where the disk refuses."""

    def content(self) -> bytes:
        """The file as it is; nothing where there is none."""
        ...

    def read(self) -> Settings:
        """What holds by it. InvalidSettings."""
        ...

    def edit(self, change: Change, expected: Etags = None) -> bytes:
        """What the file says now. Changed; InvalidSettings, and the file as it was."""
        ...
