"""What has a run printed so far? Read while its file is written, and while its middle is taken away."""

import os
import threading
from collections.abc import Iterator
from typing import BinaryIO

from daybell.core.excerpt import BLOCK, LONGEST_MARKER, Excerpt, excerpt, marker
from daybell.store.holes import next_data, next_hole, read_at

MOVING = threading.Lock()
"""Held while bytes of output change their place or go, and for each part that is read."""
PART = 64 * 1024
"""Bytes that are read at once."""


class Printed:
    """Counts as the command does: a byte keeps its offset, whatever is left out before it."""

    def __init__(self, file: BinaryIO, head: int | None = None) -> None:
        """`head`: so many bytes stand before the line that says what was left out.

        None: nobody knows, and offsets are those of the file.
        """
        self._file = file
        self._head = head

    def end(self) -> int:
        """How much it has printed. OSError."""
        with MOVING:
            return self._kept().printed

    def read(self, offset: int, until: int, most: int = PART) -> tuple[bytes, int]:
        """Some of what stands between these, and where to go on; nothing where nothing is any more. OSError.

        Where bytes were left out, the line that says how many.
        """
        with MOVING:
            kept = self._kept()
            behind = kept.head + kept.dropped
            if kept.head <= offset < behind:
                return _left_out(offset, min(behind, until))
            if offset < kept.head:
                until = min(until, kept.head)
            file, place = self._file.fileno(), kept.place(offset)
            data = next_data(file, place)
            if data - place >= BLOCK:
                return _left_out(offset, min(offset + data - place, until))
            length = min(most, until - offset, next_hole(file, data) - place)
            part = read_at(file, max(0, length), place)
            return part, offset + len(part)

    def parts(self, until: int, most: int = PART) -> Iterator[bytes]:
        """All of it up to there. OSError."""
        offset = 0
        while offset < until:
            part, offset = self.read(offset, until, most)
            if not part:
                return
            yield part

    def _kept(self) -> Excerpt:
        file = self._file.fileno()
        return Excerpt(os.fstat(file).st_size) if self._head is None else kept_in(file, self._head)


def kept_in(file: int, head: int) -> Excerpt:
    """What this open file keeps of all that was printed, if its head is so long. OSError."""
    return excerpt(os.fstat(file).st_size, head, read_at(file, LONGEST_MARKER, head))


def _left_out(begin: int, end: int) -> tuple[bytes, int]:
    return marker(end - begin), end
