"""How does a file lose some of its rows, while others are added and read, whatever happens on the way?"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from daybell.store.atomic import PATIENCE, SUFFIX, copy_part, is_passing, sync, sync_directory
from daybell.store.lines import unseal, write_all

COPY = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
REST = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
PART = 65536
"""Bytes of lines that are looked at or written at once."""

Breathe = Callable[[], None]
"""Called again and again on the way: it may wait, or raise to end it all."""


class Ended(Struct, frozen=True):
    """Of a run, what tells whether its row goes."""

    run_id: str
    job_id: str
    finished: datetime | None = None


class Outline(Struct, frozen=True):
    """A row without most of what it says, which takes half the time to read."""

    number: int
    run: Ended


Goes = Callable[[Outline], bool]


class Compaction:
    """Of one file at a time. Who else writes there holds `writing`, and calls `disturb` before it cuts."""

    def __init__(self, writing: threading.Lock) -> None:
        self._writing = writing
        self._path: Path | None = None
        """What is written anew; None when somebody has cut it meanwhile."""

    def disturb(self, path: Path) -> None:
        """More is about to happen to this file than that rows are added."""
        if path == self._path:
            self._path = None

    def leave_out(self, path: Path, goes: Goes, breathe: Breathe) -> int:
        """How many rows are gone: all that go, or none. Damaged lines stay. OSError."""
        beside = path.with_name(f".{path.name}{SUFFIX}")
        with self._writing:
            self._path, size = path, path.stat().st_size
        try:
            gone, left = _copy(path, size, beside, goes, breathe)
            if not gone or not self._take(path, beside if left else None, size):
                return 0
            sync_directory(path.parent)
        finally:
            with self._writing:
                self._path = None
            with suppress(OSError):  # it would say no more than what was said already
                beside.unlink(missing_ok=True)
        return gone

    def _take(self, path: Path, beside: Path | None, copied: int) -> bool:
        """Whether it could take its place. Who adds rows waits for a rename, and for nothing else."""
        pause, tries = PATIENCE
        for _ in range(tries):
            with self._writing:
                size = path.stat().st_size
                if self._path is None or size < copied or (size > copied and beside is None):
                    return False
                if size == copied and _replaced(path, beside):
                    return True
            if size > copied and beside is not None:
                with path.open("rb") as lines:
                    copy_part(lines, copied, size, os.open(beside, REST))
                copied = size
            else:
                threading.Event().wait(pause)
        return False


def outlines(path: Path, breathe: Breathe) -> Iterator[Outline]:
    """The rows of a file, from its beginning; a missing one has none. OSError."""
    decoder = msgspec.json.Decoder(Outline)
    with suppress(FileNotFoundError, NotADirectoryError), path.open("rb") as lines:
        for some in _parts(lines, os.fstat(lines.fileno()).st_size, breathe):
            rows = (_outline(line, decoder) for line in some)
            yield from (row for row in rows if row is not None)


def _replaced(path: Path, beside: Path | None) -> bool:
    """Without another file it is removed. Windows does neither while somebody reads it. OSError."""
    try:
        if beside is None:
            path.unlink()
        else:
            beside.replace(path)
    except OSError as error:
        if not is_passing(error):
            raise
        return False
    return True


def _copy(path: Path, size: int, beside: Path, goes: Goes, breathe: Breathe) -> tuple[int, int]:
    """How many lines go, and how many are left, up to there; none go where it has become shorter. Durable."""
    decoder = msgspec.json.Decoder(Outline)
    gone = left = 0
    copy = os.open(beside, COPY, 0o600)
    try:
        with path.open("rb") as lines:
            for some in _parts(lines, size, breathe):
                kept = [line for line in some if (row := _outline(line, decoder)) is None or not goes(row)]
                gone += len(some) - len(kept)
                left += len(kept)
                write_all(copy, b"".join(kept))
            is_whole = lines.tell() == size
        if gone:
            sync(copy)
    finally:
        os.close(copy)
    return gone if is_whole else 0, left


def _parts(lines: BinaryIO, size: int, breathe: Breathe) -> Iterator[list[bytes]]:
    """Some lines at once, up to there, and none that was added since."""
    while (rest := size - lines.tell()) > 0:
        some = lines.readlines(max(1, min(PART, rest - 1)))  # it ends only when it has more than that
        if not some:
            return
        yield some
        breathe()


def _outline(line: bytes, decoder: msgspec.json.Decoder[Outline]) -> Outline | None:
    body = unseal(line.removesuffix(b"\n")) if line.endswith(b"\n") else None
    try:
        return None if body is None else decoder.decode(body)
    except msgspec.DecodeError:
        return None
