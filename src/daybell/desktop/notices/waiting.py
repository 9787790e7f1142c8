"""Which notices wait for a desktop that is slow or gone, how long, and which are given up?"""

import logging
import math
import threading
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from msgspec import Struct

from daybell.desktop.notices.interface import Notice

log = logging.getLogger(__name__)

WAITING_AT_MOST = 50
"""A service that hangs must not hold hundreds of notices; what is beyond is in the history."""

SILENT_REST = 60.0
"""Seconds in which a service that did not answer is not asked again, unless it speaks up or restarts."""
RECONNECT_RESTS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds in which a lost bus is not tried again. Only a notice tries, a new one or one that nobody saw."""


class Close(Struct, frozen=True):
    """Take the notice with this key back."""

    key: str


Order = Notice | Close
AnyOrder = TypeVar("AnyOrder", bound=Order)


def line_up(
    orders: Sequence[AnyOrder], order: AnyOrder, at_most: int
) -> tuple[list[AnyOrder], AnyOrder | None]:
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
        report(dropped)

    def has(self, key: str) -> bool:
        """Whether something newer is to be done with this key."""
        with self._changed:
            return any(order.key == key for order in self._line)

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


class Unseen:
    """Notices that went another way, and those that came back from there because nobody could show them.

    Of each key only the newest counts. Any thread.
    """

    def __init__(self, at_most: int = WAITING_AT_MOST) -> None:
        self._at_most = at_most
        self._away: list[Notice] = []
        self._back: list[Notice] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether any has come back."""
        with self._lock:
            return bool(self._back)

    def send_away(self, notice: Notice) -> None:
        """It may come back; that it was shown is not told."""
        self.forget(notice.key)
        with self._lock:
            # Another way holds one line and one in hand: what is older has been shown or dropped there.
            self._away, _ = line_up(self._away, notice, 2 * self._at_most)

    def come_back(self, notice: Notice) -> None:
        """Nobody could show it. One that is not away any more is out of date."""
        with self._lock:
            if notice not in self._away:
                return
            self._away.remove(notice)
            self._back, dropped = line_up(self._back, notice, self._at_most)
        report(dropped)

    def first(self, besides: Collection[Notice | None] = ()) -> Notice | None:
        """The oldest that has come back and is none of these; it stays."""
        with self._lock:
            return next((one for one in self._back if one not in besides), None)

    def forget(self, key: str) -> None:
        """A newer one came, or it was taken back."""
        with self._lock:
            self._away = [one for one in self._away if one.key != key]
            self._back = [one for one in self._back if one.key != key]

    def settle(self, notice: Notice) -> None:
        """Nothing more is to be done for this very one; a newer one with its key still counts."""
        with self._lock:
            self._away = [one for one in self._away if one != notice]
            self._back = [one for one in self._back if one != notice]


class Rest:
    """When is a desktop that failed tried again? Only for one thread."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until = 0.0
        self._until_for_unseen = 0.0
        self._losses = 0

    def is_over(self) -> bool:
        """For a new notice."""
        return self._monotonic() >= self._until

    def is_over_for_unseen(self) -> bool:
        """For one that nobody could show."""
        return self._monotonic() >= self._until_for_unseen

    def left_for_unseen(self) -> float:
        """Seconds."""
        return max(0.0, self._until_for_unseen - self._monotonic())

    def end(self) -> None:
        """There is a sign of life."""
        self._until = self._until_for_unseen = 0.0
        self._losses = 0

    def begin(self, *, is_silent: bool) -> None:
        """The service is silent or not there: what nobody could show waits for its next sign of life."""
        self._until = self._monotonic() + SILENT_REST if is_silent else 0.0
        self._until_for_unseen = math.inf

    def begin_without_bus(self) -> None:
        """There are no signs of life without a bus: what nobody could show must try, and ever less often."""
        rest = RECONNECT_RESTS[min(self._losses, len(RECONNECT_RESTS) - 1)]
        self._until = self._until_for_unseen = self._monotonic() + rest
        self._losses += 1


def report(dropped: Order | None) -> None:
    if isinstance(dropped, Notice):
        log.warning("too many notices wait; this one is not shown: %s", dropped.title)
