"""What of an attempt that is on its way can still be ended, and how?"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from daybell.engine.ports import Clock
from daybell.machine.processes.interface import Process, Processes, Spawn

AWAKE = 0.0002
"""Seconds for which it looks at the clock instead of sleeping: a thread wakes about that late."""
LONGEST_HOLD = 1.0
"""Seconds: an instant that is further away by then is so because the clock was set back."""


class Live:
    """An attempt while it runs. Of its process and its ending, the second to come sees the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._grace: timedelta | None = None
        self._give_up: Callable[[], None] = lambda: None
        self._is_asked = threading.Event()

    def hold(self, until: datetime, clock: Clock) -> None:
        """Wait for that instant, which is a moment away; return early when the attempt is ended."""
        limit = clock.monotonic() + LONGEST_HOLD
        while (rest := (until - clock.now()).total_seconds()) > 0 and clock.monotonic() < limit:
            if self._is_asked.wait(min(max(rest - AWAKE, 0), LONGEST_HOLD)):
                return

    def spawn(self, processes: Processes, spawn: Spawn) -> Process | None:
        """None if the attempt was ended before."""
        if self._ending() is not None:
            return None
        # Not under the lock: a program on a dead network disk may take for ever to load.
        return self.take(processes.spawn(spawn))

    def meanwhile(self, give_up: Callable[[], None]) -> None:
        """What ends the preparations for its process, should it be ended before it has one."""
        with self._lock:
            self._give_up = give_up
        if self._ending() is not None:
            give_up()

    def take(self, process: Process) -> Process:
        """This is its process from here on; it is ended at once if the attempt was."""
        with self._lock:
            self._process = process
        if (grace := self._ending()) is not None:
            process.end(grace)
        return process

    def end(self, grace: timedelta) -> None:
        with self._lock:
            self._grace = grace
            process, give_up = self._process, self._give_up
        self._is_asked.set()
        if process is None:
            give_up()
        else:
            process.end(grace)

    def _ending(self) -> timedelta | None:
        with self._lock:
            return self._grace
