"""How does a process come to its end, with all it started?"""

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from daybell.engine.ports import Clock, Deadlines
from daybell.machine.processes.interface import Ended
from daybell.model.run import ProcessIdentity

DRAIN_SECONDS = 0.25
"""What a command leaves behind is mostly about to end too, such as the last program of a pipe (T2)."""
FORCE_SECONDS = 0.9
"""How long the end by force is repeated: a fork may race the search, but T1 allows one second."""


class Tree(Protocol):
    """A main process and all it started, as one kind of system knows them. Threads may meet in it."""

    @property
    def identity(self) -> ProcessIdentity: ...

    def wait_main(self) -> None:
        """Block, without polling, until the main process is over."""
        ...

    def left(self) -> Sequence[ProcessIdentity]:
        """What lives now that the main process is over."""
        ...

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        """Block until one of them is over, or for that long."""
        ...

    def ask(self) -> None:
        """Ask each process once to end."""
        ...

    def force(self) -> None:
        """End every process."""
        ...

    def close(self, *, left: bool) -> Ended:
        """Let go of it, and of what it left; its ids may belong to others from here on."""
        ...


class Ladder:
    """`Process` for any tree: wait for it, or ask it to end, then end it by force."""

    def __init__(self, tree: Tree, run_id: str, deadlines: Deadlines, clock: Clock) -> None:
        self.identity = tree.identity
        self._tree = tree
        self._key = f"end {run_id}"
        self._deadlines = deadlines
        self._clock = clock
        self._lock = threading.Lock()
        self._kill_at: float | None = None
        self._over = False

    def wait(self) -> Ended:
        self._tree.wait_main()
        left = self._kill_at is None and self._outlives(self._clock.monotonic() + DRAIN_SECONDS)
        with self._lock:
            kill_at = self._kill_at
            self._over = kill_at is None  # from here on an ending comes too late
        if kill_at is not None:
            left = self._outlives(kill_at) and self._outlives_force()
            with self._lock:
                self._over = True
        self._deadlines.clear(self._key)
        return self._tree.close(left=left)

    def end(self, grace: timedelta) -> None:
        kill_at = self._clock.monotonic() + grace.total_seconds()
        with self._lock:
            if self._over or (self._kill_at is not None and self._kill_at <= kill_at):
                return
            self._kill_at = kill_at
            # The search through all processes takes milliseconds: not on the caller's thread.
            self._deadlines.set(self._key, timedelta(), self._ask)

    def _ask(self) -> None:
        self._tree.ask()
        with self._lock:
            if self._over or self._kill_at is None:
                return
            rest = max(0.0, self._kill_at - self._clock.monotonic())
            self._deadlines.set(self._key, timedelta(seconds=rest), self._tree.force)

    def _outlives(self, until: float) -> bool:
        """Wait for all that main left, until that moment; whether something still lives."""
        while left := self._tree.left():
            rest = until - self._clock.monotonic()
            if rest <= 0:
                return True
            self._tree.wait_any(left, rest)
        return False

    def _outlives_force(self) -> bool:
        """End all that main left until nothing lives; whether something cannot be ended."""
        until = self._clock.monotonic() + FORCE_SECONDS
        while left := self._tree.left():
            rest = until - self._clock.monotonic()
            if rest <= 0:
                return True
            self._tree.force()
            self._tree.wait_any(left, rest)
        return False
