"""What must be called after which length of time?"""

import heapq
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import count

from daybell.engine.ports import Clock

log = logging.getLogger(__name__)

SLACK = 64
"""Cleared entries that may stay in the heap before it is built anew."""


class DeadlineThread:
    """One thread and a heap, as `engine.ports.Deadlines` promises; it sleeps until the next deadline."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._numbers = count()
        self._heap: list[tuple[float, int, str]] = []
        self._set: dict[str, tuple[int, Callable[[], None]]] = {}
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)

    def start(self) -> None:
        """Deadlines set before count from when they were set."""
        self._thread.start()

    def set(self, key: str, after: timedelta, act: Callable[[], None]) -> None:
        at = self._clock.monotonic() + after.total_seconds()
        with self._changed:
            number = next(self._numbers)
            self._set[key] = (number, act)
            heapq.heappush(self._heap, (at, number, key))
            self._compact()
            if self._heap[0][1] == number:
                self._changed.notify()

    def clear(self, key: str) -> None:
        with self._changed:
            self._set.pop(key, None)

    def stop(self, timeout: timedelta = timedelta(seconds=5)) -> None:
        """Call nothing more; returns when the thread has ended, or that much later."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout.total_seconds())

    def _run(self) -> None:
        while (due := self._next()) is not None:
            key, act = due
            try:
                act()
            except Exception:  # the thread's edge: the other deadlines must still be met
                log.exception("the deadline %s failed", key)

    def _next(self) -> tuple[str, Callable[[], None]] | None:
        """Wait for a deadline; None once stopped."""
        with self._changed:
            while not self._stopped:
                rest = self._until_first()
                if rest is None or rest > 0:
                    self._changed.wait(rest)
                    continue
                _, _, key = heapq.heappop(self._heap)
                return key, self._set.pop(key)[1]
        return None

    def _until_first(self) -> float | None:
        """Seconds until the earliest deadline that still holds; None without one."""
        while self._heap and not self._holds(self._heap[0]):
            heapq.heappop(self._heap)
        if not self._heap:
            return None
        return min(self._heap[0][0] - self._clock.monotonic(), threading.TIMEOUT_MAX)

    def _holds(self, entry: tuple[float, int, str]) -> bool:
        _, number, key = entry
        return key in self._set and self._set[key][0] == number

    def _compact(self) -> None:
        """A run's deadline is nearly always cleared before it is due: those must not pile up."""
        if len(self._heap) > 2 * len(self._set) + SLACK:
            self._heap = [entry for entry in self._heap if self._holds(entry)]
            heapq.heapify(self._heap)
