"""How many answers without an end are there at once? Each takes a connection for as long as it lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from daybell.model.errors import DaybellError

MOST = 64
"""A dashboard takes one or two; half of the connections stay for questions."""


class TooManyStreams(DaybellError):
    """There are too many open streams; close one, or try again."""

    code = "too_many_streams"


class Streams:
    """Counted on the event loop's thread; read from any."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._open = 0

    @property
    def open(self) -> int:
        """How many there are now: while there is one, somebody looks."""
        return self._open

    @contextmanager
    def one(self) -> Iterator[None]:
        """It is open for as long as this lasts. TooManyStreams where there is no room for another one."""
        if self._open >= self._most:
            raise TooManyStreams(f"{self._most} streams are open already; close one, or try again")
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
