"""One file of ended runs: how is a row added, once, and whole, also after a crash?"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from daybell.model.run import Run
from daybell.store.lines import cut_torn_tail, lines_from_end, seal, unseal, write_all

APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)


class Row(Struct, frozen=True):
    """A run and the number of the event that ended it."""

    number: int
    run: Run


class RowFile:
    """Rows come in the order of their numbers; those that are there already are passed over.

    After a crash the journal gives again what it gave before: the first row says from where on.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._newest: int | None = None
        """Of the rows that were added here; None: look first at what is there."""
        self._present: frozenset[int] = frozenset()
        """The numbers, from that first row on, that were there before."""

    def add(self, row: Row) -> bool:
        """Whether it was new there. OSError."""
        if self._newest is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._present = mend_from(self._path, row.number)
            self._newest = 0
        if row.number in self._present or row.number <= self._newest:
            return False
        try:
            write_rows(self._path, [row])
        except OSError:
            self._newest = None  # half a row may be there
            raise
        self._newest = row.number
        return True


def newest_first(path: Path) -> Iterator[Row]:
    """The rows of a file from its end; damaged lines are passed over, a missing file has none."""
    return (row for _, row in placed_newest_first(path) if row is not None)


def placed_newest_first(path: Path) -> Iterator[tuple[int, Row | None]]:
    """Each line from the end, after how many bytes lie from its beginning on; None for a damaged one."""
    decoder, length = msgspec.json.Decoder(Row), 0
    for line in lines_from_end(path):
        length += len(line) + 1
        body = unseal(line)
        try:
            yield length, None if body is None else decoder.decode(body)
        except msgspec.DecodeError:
            yield length, None


def mend_from(path: Path, number: int) -> frozenset[int]:
    """The numbers from this one on whose rows are there; what is damaged between them is taken out."""
    size = cut_torn_tail(path)
    rows: list[Row] = []
    length, is_damaged = 0, False
    for begins, row in placed_newest_first(path):
        if row is not None and row.number < number:
            break
        length = begins
        is_damaged = is_damaged or row is None
        if row is not None:
            rows.append(row)
    if is_damaged:
        os.truncate(path, size - length)
        write_rows(path, rows[::-1])
    return frozenset(row.number for row in rows)


def write_rows(path: Path, rows: list[Row]) -> None:
    """At the end of the file. OSError."""
    file = os.open(path, APPEND, 0o600)
    try:
        write_all(file, encode_rows(rows))
    finally:
        os.close(file)


def encode_rows(rows: list[Row]) -> bytes:
    return b"".join(seal(msgspec.json.encode(row)) for row in rows)
