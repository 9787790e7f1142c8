"""Which notices wait for a desktop that is slow, and which are given up?"""

import logging
import threading
from collections.abc import Sequence

from msgspec import Struct

from daybell.desktop.notices.interface import Notice

log = logging.getLogger(__name__)

WAITING_AT_MOST = 50
"""A service that hangs must not hold hundreds of notices; what is beyond is in the history."""


class Close(Struct, frozen=True):
    """Take the notice with this key back."""

    key: str


Order = Notice | Close


def line_up(orders: Sequence[Order], order: Order, at_most: int) -> tuple[list[Order], Order | None]:
    """The line with the new order at its end, and what had to go for it.

    An order takes the place of an earlier one with its key. From a line that is too long goes the oldest
    notice that is not critical; without one, the oldest order.
    """
    line = [*(earlier for earlier in orders if earlier.key != order.key), order]
    if len(line) <= at_most:
        return line, None
    minor = (place for place, one in enumerate(line) if isinstance(one, Notice) and one.urgency != "critical")
    return line, line.pop(next(minor, 0))


class Waiting:
    """The line between any thread and the one that carries orders out."""

    def __init__(self, at_most: int = WAITING_AT_MOST) -> None:
        self._at_most = at_most
        self._line: list[Order] = []
        self._has_ended = False
        self._changed = threading.Condition()

    def put(self, order: Order) -> None:
        with self._changed:
            self._line, dropped = line_up(self._line, order, self._at_most)
            self._changed.notify()
        if isinstance(dropped, Notice):
            log.warning("too many notices wait; this one is not shown: %s", dropped.title)

    def take(self) -> Order | None:
        """The next order, if there is one now."""
        with self._changed:
            return self._line.pop(0) if self._line else None

    def wait(self) -> Order | None:
        """The next order, as soon as there is one; None after `end`."""
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._has_ended)
            return None if self._has_ended else self._line.pop(0)

    def end(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()
