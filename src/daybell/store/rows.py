"""One file of ended runs: how is a row added, once, and whole, also after a crash?"""

import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from daybell.model.query import Row
from daybell.store.lines import BLOCK, blocks_from_end, cut_torn_tail, lines_from_end, seal, unseal, write_all
from daybell.store.sieve import Mark, sifted

APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)


class RowFile:
    """Rows stand in the order of their numbers; those that are there already are passed over.

    After a crash the journal gives again what it gave before: the first row says from where on.
    """

    def __init__(self, path: Path, kept: int | None = None) -> None:
        """`kept`: a row with so many newer ones behind it is no longer wanted."""
        self._path = path
        self._kept = kept
        self._newest: int | None = None
        """Of the rows that were added here; None: look first at what is there."""
        self._present: Sequence[int] = ()
        """The numbers, ascending from that first row on, that were there before."""
        self._apart: Sequence[Row] = ()
        """Ascending: they stood around a damaged row, and come back each in its turn."""

    def add(self, row: Row) -> bool:
        """Whether it was new there. OSError."""
        if self._newest is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._look(row.number)
            self._newest = 0
        if row.number <= self._newest or not self._is_wanted(row.number):
            return False
        returning = [one for one in self._apart if one.number < row.number]
        try:
            write_rows(self._path, [*returning, row])
        except OSError:
            self._newest = None  # half a row may be there
            raise
        self._apart = [one for one in self._apart if one.number > row.number]
        self._newest = row.number
        return True

    def _is_wanted(self, number: int) -> bool:
        newer = self._present[bisect_left(self._present, number) :]
        return number not in newer[:1] and (self._kept is None or len(newer) < self._kept)

    def _look(self, number: int) -> None:
        """What is there from this number on; where some of it is damaged, all of it is written anew."""
        size = cut_torn_tail(self._path)
        first = min([number, *(row.number for row in self._apart)])
        length, is_damaged, rows = tail_of(self._path, first)
        self._present = [row.number for row in reversed(rows)]
        if is_damaged or self._apart:
            os.truncate(self._path, size - length)
            apart = {row.number: row for row in [*rows, *self._apart]}
            self._apart, self._present = [apart[each] for each in sorted(apart)], ()


def newest_first(path: Path, marks: Sequence[Mark] = (), before: int | None = None) -> Iterator[Row]:
    """The rows of a file from its end; damaged lines are passed over, a missing file has none.

    Only those whose lines have all the marks, and whose numbers are smaller than `before`. OSError.
    """
    return (row for row in whole_or_not(path, marks, before) if row is not None)


def whole_or_not(path: Path, marks: Sequence[Mark] = (), before: int | None = None) -> Iterator[Row | None]:
    """As `newest_first`, with None for each damaged line."""
    decoder = msgspec.json.Decoder(Row)
    for block in blocks_from_end(path, None if before is None else end_before(path, before)):
        for line in sifted(block, marks):
            row = _decoded(line, decoder)
            if row is None or before is None or row.number < before:
                yield row


def placed_newest_first(path: Path) -> Iterator[tuple[int, Row | None]]:
    """Each line from the end, after how many bytes lie from its beginning on; None for a damaged one."""
    decoder, length = msgspec.json.Decoder(Row), 0
    for line in lines_from_end(path):
        length += len(line) + 1
        yield length, _decoded(line, decoder)


def end_before(path: Path, number: int) -> int:
    """Where to begin to read backwards: behind a line end, and behind all rows with smaller numbers.

    Halved again and again instead of looked up: there is no index that could be wrong. OSError.
    """
    decoder = msgspec.json.Decoder(Row)
    try:
        file = path.open("rb")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return 0
    with file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while high - low > BLOCK:  # all rows that begin before `low` are smaller, and none from `high` on
            middle = (low + high) // 2
            before = file.seek(middle - 1)  # so that a line that begins just there is not passed over
            position, row = before + len(file.readline()), None
            while row is None and position < high:
                begins, line = position, file.readline()
                position += len(line)
                row = _decoded(line.removesuffix(b"\n"), decoder)
            if row is not None and row.number < number:
                low = begins
            else:
                high = middle
        before = file.seek(max(0, high - 1))
        return before + len(file.readline())


def tail_of(path: Path, number: int) -> tuple[int, bool, list[Row]]:
    """Of what stands behind the last row with a smaller number: its bytes, is it damaged, its rows."""
    rows: list[Row] = []
    length, is_damaged = 0, False
    for begins, row in placed_newest_first(path):
        if row is not None and row.number < number:
            break
        length = begins
        is_damaged = is_damaged or row is None
        if row is not None:
            rows.append(row)
    return length, is_damaged, rows


def write_rows(path: Path, rows: list[Row]) -> None:
    """At the end of the file. OSError."""
    file = os.open(path, APPEND, 0o600)
    try:
        write_all(file, encode_rows(rows))
    finally:
        os.close(file)


def encode_rows(rows: list[Row]) -> bytes:
    return b"".join(seal(msgspec.json.encode(row)) for row in rows)


def _decoded(line: bytes, decoder: msgspec.json.Decoder[Row]) -> Row | None:
    """None for a damaged one."""
    body = unseal(line)
    try:
        return None if body is None else decoder.decode(body)
    except msgspec.DecodeError:
        return None
