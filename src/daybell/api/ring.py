"""What has happened lately, as whoever listens is sent it? Encoded once, kept for those who come back."""

import threading
from collections import deque
from collections.abc import Iterable
from itertools import takewhile

from msgspec import Struct

MOST = 1000
ROOM = 512 * 1024
"""Bytes of all frames; an event takes about 700."""
PART = 16 * 1024
"""Bytes that a listener is given at once, so that slow ones hold little."""


class Frame(Struct, frozen=True):
    """One event as it goes over the wire."""

    number: int
    content: bytes


class Part(Struct, frozen=True):
    """What comes next for a listener."""

    content: bytes
    """Whole frames; empty where nothing new is there."""
    last: int
    """The number of the last one."""


class Ring:
    """The newest events, numbered from 1. Any thread."""

    def __init__(self, epoch: str, most: int = MOST, room: int = ROOM) -> None:
        """`epoch` tells the numbers of this life from those of all others."""
        self._epoch = epoch
        self._most = most
        self._room = room
        self._lock = threading.Lock()
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._last = 0
        self._lost = 0
        """The number of the newest event that is not here any more."""

    @property
    def last(self) -> int:
        """The number of the newest event; 0 before the first."""
        with self._lock:
            return self._last

    def add(self, events: Iterable[tuple[str, bytes]]) -> None:
        """What happened, as a word and as JSON; the oldest make room."""
        with self._lock:
            for tag, content in events:
                self._last += 1
                self._keep(Frame(self._last, frame(self.place(self._last), tag, content)))
            while self._frames and (len(self._frames) > self._most or self._bytes > self._room):
                oldest = self._frames.popleft()
                self._bytes -= len(oldest.content)
                self._lost = oldest.number

    def after(self, number: int) -> Part | None:
        """The next frames behind that one, in order; None where some of them are gone, or it never was."""
        with self._lock:
            if not self._lost <= number <= self._last:
                return None
            behind = takewhile(lambda one: one.number > number, reversed(self._frames))
            coming = list(behind)
        content = bytearray()
        while coming and len(content) < PART:
            following = coming.pop()
            content += following.content
            number = following.number
        return Part(bytes(content), number)

    def place(self, number: int) -> str:
        """The id of an event, by which a listener says where it has been."""
        return f"{self._epoch}-{number}"

    def number(self, place: str) -> int | None:
        """Of an id; None where it is none of this life's."""
        epoch, _, number = place.rpartition("-")
        is_ours = epoch == self._epoch and number.isascii() and number.isdecimal() and len(number) < 18
        return int(number) if is_ours else None

    def _keep(self, one: Frame) -> None:
        self._frames.append(one)
        self._bytes += len(one.content)


def frame(place: str, tag: str, content: bytes) -> bytes:
    """As the event streams of HTML have it; JSON has no line ends, so it is one line."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (place.encode(), tag.encode(), content)
