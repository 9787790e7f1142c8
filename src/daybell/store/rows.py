"""One file of ended runs: how is a row added, once, and whole, also after a crash?"""

import io
import os
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path

import msgspec

from daybell.model.query import Row
from daybell.store.lines import (
    BLOCK,
    append,
    blocks_of,
    cut_torn_tail,
    lines_from_end,
    opened,
    seal,
    unseal,
)
from daybell.store.sieve import Mark, sifted


class RowFile:
    """Rows stand in the order of their numbers; those that are there already are passed over.

    After a crash the journal gives again what it gave before: the first row says from where on.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._newest: int | None = None
        """Of the rows that are there, as far as they stand undamaged; None: look first."""
        self._apart: Sequence[Row] = ()
        """Ascending: they stood around a damaged row, and come back each in its turn."""

    @property
    def is_settled(self) -> bool:
        """What comes next is appended, and nothing is cut off before."""
        return self._newest is not None

    def add(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Those of them that were new there; they come in the order of their numbers. OSError."""
        if self._newest is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._newest = self._look(rows[0].number)
        new = [row for row in rows if row.number > self._newest]
        if not new:
            return new
        last = new[-1].number
        returning = {row.number: row for row in self._apart if row.number < last}
        whole = returning | {row.number: row for row in new}
        try:
            write_rows(self._path, [whole[number] for number in sorted(whole)])
        except OSError:
            self._newest = None  # half a row may be there
            raise
        self._apart = [row for row in self._apart if row.number > last]
        self._newest = last
        return new

    def _look(self, number: int) -> int:
        """The newest number that is there; where some from this one on are damaged, all are written anew.

        An undamaged file lacks none that is older than its newest, but what was left out on purpose.
        """
        size = cut_torn_tail(self._path)
        first = min([number, *(row.number for row in self._apart)])
        length, is_damaged, rows = tail_of(self._path, first)
        if is_damaged or self._apart:
            os.truncate(self._path, size - length)
            apart = {row.number: row for row in [*rows, *self._apart]}
            self._apart = [apart[each] for each in sorted(apart)]
            return 0
        return rows[0].number if rows else 0


def newest_first(path: Path, marks: Sequence[Mark] = (), before: int | None = None) -> Iterator[Row]:
    """The rows of a file from its end; damaged lines are passed over, a missing file has none.

    Only those whose lines have all the marks, and whose numbers are smaller than `before`. OSError.
    """
    return filter(None, whole_or_not(path, marks, before))


def whole_or_not(path: Path, marks: Sequence[Mark] = (), before: int | None = None) -> Iterator[Row | None]:
    """As `newest_first`, with None for each damaged line. Another file may take the name meanwhile."""
    decoder = msgspec.json.Decoder(Row)
    file = opened(path)
    if file is None:
        return
    with file:
        for block in blocks_of(file, None if before is None else end_before(file, before)):
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


def end_before(file: FileIO, number: int) -> int:
    """Where to begin to read backwards: behind a line end, and behind all rows with smaller numbers.

    Halved again and again instead of looked up: there is no index that could be wrong. OSError.
    """
    decoder = msgspec.json.Decoder(Row)
    lines = io.BufferedReader(file)
    try:
        low, high = 0, lines.seek(0, os.SEEK_END)
        while high - low > BLOCK:  # all rows that begin before `low` are smaller, and none from `high` on
            middle = (low + high) // 2
            before = lines.seek(middle - 1)  # so that a line that begins just there is not passed over
            position, row = before + len(lines.readline()), None
            while row is None and position < high:
                begins, line = position, lines.readline()
                position += len(line)
                row = _decoded(line.removesuffix(b"\n"), decoder)
            if row is not None and row.number < number:
                low = begins
            else:
                high = middle
        before = lines.seek(max(0, high - 1))
        return before + len(lines.readline())
    finally:
        lines.detach()  # else it would close the file


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
    append(path, encode_rows(rows))


def encode_rows(rows: list[Row]) -> bytes:
    return b"".join(seal(msgspec.json.encode(row)) for row in rows)


def _decoded(line: bytes, decoder: msgspec.json.Decoder[Row]) -> Row | None:
    """None for a damaged one."""
    body = unseal(line)
    try:
        return None if body is None else decoder.decode(body)
    except msgspec.DecodeError:
        return None
