"""What was a job defined as when it ran? One line an edit, beside the rows of its runs."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from daybell.model.edit import Edit
from daybell.model.events import JobDefined
from daybell.store.lines import append, cut_torn_tail, lines_from_end, seal, unseal

NAME = "definitions.jsonl"


class Line(Struct, frozen=True):
    """A definition, with the number of the event that told of it."""

    number: int
    digest: str
    definition: dict[str, object]
    at: datetime | None = None
    """When that was; None where an earlier Daybell wrote the line."""


def add_definition(path: Path, number: int, event: JobDefined) -> None:
    """Keep it, once; and once more where the job was something else meanwhile. OSError."""
    newest = next(_lines(path), None)
    is_new = newest is not None and newest.number < number and newest.digest != event.digest
    if not is_new and find_definition(path, event.digest) is not None:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    cut_torn_tail(path)
    append(path, seal(msgspec.json.encode(Line(number, event.digest, event.definition, event.at))))


def find_definition(path: Path, digest: str) -> dict[str, object] | None:
    """OSError; damaged lines are passed over."""
    return next((line.definition for line in _lines(path) if line.digest == digest), None)


def edits(path: Path, limit: int) -> list[Edit]:
    """The latest first, so many at most. OSError; damaged lines are passed over."""
    return [Edit(line.digest, line.at, line.definition) for line in islice(_lines(path), limit)]


def _lines(path: Path) -> Iterator[Line]:
    """The newest first."""
    decoder = msgspec.json.Decoder(Line)
    for line in lines_from_end(path):
        body = unseal(line)
        if body is not None:
            yield decoder.decode(body)
