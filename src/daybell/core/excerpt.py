"""Of output that is too long, what is kept? Its head and its tail; where the rest was, a line says so."""

import re

from msgspec import Struct

BLOCK = 64 * 1024
"""What is left out begins and ends at multiples of this."""
MARKER = re.compile(rb"\n\[Daybell left out ([0-9,]{1,19}) bytes here\]\n")
LONGEST_MARKER = 70
"""Bytes."""


class Excerpt(Struct, frozen=True):
    """What a run printed, all its attempts together, as far as it is kept."""

    printed: int = 0
    """Bytes in all."""
    dropped: int = 0
    """How many of them were left out."""
    head: int = 0
    """How many stand before those."""

    def place(self, offset: int) -> int:
        """Where a byte stands in the file that is kept; one that was left out, where the line begins."""
        if not self.dropped or offset <= self.head:
            return offset
        behind = offset - self.head - self.dropped
        return self.head if behind < 0 else self.head + len(marker(self.dropped)) + behind


def head_of(cap: int) -> int:
    """How many bytes of the beginning are kept: half, in whole blocks."""
    return cap // 2 // BLOCK * BLOCK


def middle(size: int, cap: int) -> tuple[int, int]:
    """From where to where output of this size is left out; the same number twice: nowhere."""
    head = head_of(cap)
    end = (size - (cap - head)) // BLOCK * BLOCK
    return head, max(head, end)


def marker(dropped: int) -> bytes:
    """The line in the place of what was left out."""
    return f"\n[Daybell left out {dropped:,} bytes here]\n".encode()


def excerpt(size: int, head: int, text: bytes) -> Excerpt:
    """What a file of this size keeps, if this is the text behind its first `head` bytes."""
    line = MARKER.match(text)
    dropped = int(line[1].replace(b",", b"") or b"0") if line else 0
    if not dropped or line is None or line[0] != marker(dropped):
        return Excerpt(size)
    return Excerpt(size - len(line[0]) + dropped, dropped, head)
