"""How is a process tree of a POSIX system started, waited for and ended?"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from daybell.engine.ports import Clock, Deadlines
from daybell.machine.processes.census import Census, Member
from daybell.machine.processes.conventions import posix_end, posix_shell
from daybell.machine.processes.interface import Ended, Spawn
from daybell.model.run import ProcessIdentity

assert sys.platform != "win32"  # the form that type checkers know

DRAIN_SECONDS = 0.25
"""What a command leaves behind is mostly about to end too, such as the last program of a pipe (T2)."""
FORCE_SECONDS = 0.9
"""How long SIGKILL is repeated: a fork may race the search, but T1 allows one second."""


class PosixProcess:
    """A process that leads a session and a group of its own.

    Until its zombie is reaped, its pid and its group's number belong to nobody else: all signals to
    the group are sent before that, under the lock.
    """

    def __init__(self, spawn: Spawn, census: Census, deadlines: Deadlines, clock: Clock) -> None:
        self._run_id = spawn.run_id
        self._census = census
        self._deadlines = deadlines
        self._clock = clock
        self._lock = threading.Lock()
        self._kill_at: float | None = None
        self._over = False
        self._spawned = clock.monotonic()
        self._popen = _popen(spawn)
        self.identity = census.identify(self._popen.pid)

    def wait(self) -> Ended:
        self._census.wait_exit(self.identity.pid)
        left = self._kill_at is None and self._outlives(self._clock.monotonic() + DRAIN_SECONDS)
        with self._lock:
            kill_at = self._kill_at
            self._over = kill_at is None  # from here on an ending comes too late
        if kill_at is not None:
            left = self._outlives(kill_at) and self._outlives_force()
        with self._lock:
            self._over = True
            exit_code, cause = posix_end(self._popen.wait())
        self._deadlines.clear(self._key)
        return Ended(exit_code=exit_code, cause=cause, left_processes=left)

    def end(self, grace: timedelta) -> None:
        kill_at = self._clock.monotonic() + grace.total_seconds()
        with self._lock:
            if self._over or (self._kill_at is not None and self._kill_at <= kill_at):
                return
            self._kill_at = kill_at
            # The search through all processes takes milliseconds: not on the caller's thread.
            self._deadlines.set(self._key, timedelta(), self._ask)

    @property
    def _key(self) -> str:
        return f"end {self._run_id}"

    def _ask(self) -> None:
        self._signal(signal.SIGTERM)
        with self._lock:
            if self._over or self._kill_at is None:
                return
            rest = max(0.0, self._kill_at - self._clock.monotonic())
            self._deadlines.set(self._key, timedelta(seconds=rest), self._force)

    def _force(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        """Signal the group at once, and then each process that left it."""
        group = self.identity.pid
        with self._lock:
            if self._over:
                return
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
        for member in self._members():
            if member.group != group:
                self._census.send(member.identity, number)

    def _members(self) -> Sequence[Member]:
        age = self._clock.monotonic() - self._spawned
        return self._census.members(self.identity, self._run_id, age)

    def _outlives(self, until: float) -> bool:
        """Wait for all that main left, until that moment; whether something still lives."""
        while left := self._members():
            rest = until - self._clock.monotonic()
            if rest <= 0:
                return True
            self._census.wait_any([member.identity for member in left], rest)
        return False

    def _outlives_force(self) -> bool:
        """Kill all that main left until nothing does; whether something cannot be killed."""
        until = self._clock.monotonic() + FORCE_SECONDS
        while left := self._members():
            rest = until - self._clock.monotonic()
            if rest <= 0:
                return True
            self._signal(signal.SIGKILL)
            self._census.wait_any([member.identity for member in left], rest)
        return False


class PosixProcesses:
    """`Processes` for POSIX systems; the census knows how each kind is asked."""

    def __init__(self, census: Census, deadlines: Deadlines, clock: Clock) -> None:
        self._census = census
        self._deadlines = deadlines
        self._clock = clock

    def spawn(self, spawn: Spawn) -> PosixProcess:
        return PosixProcess(spawn, self._census, self._deadlines, self._clock)

    def is_alive(self, identity: ProcessIdentity) -> bool:
        return self._census.is_alive(identity)

    def tagged(self, run_ids: frozenset[str]) -> Mapping[str, Sequence[ProcessIdentity]]:
        return self._census.tagged(run_ids)


def _popen(spawn: Spawn) -> subprocess.Popen[bytes]:
    argv = posix_shell(spawn.argv) if spawn.shell else list(spawn.argv)
    return subprocess.Popen(  # noqa: S603 running what the person's job file names is the purpose
        argv,
        executable=None if spawn.shell else spawn.program,
        cwd=spawn.cwd,
        env=spawn.env,
        stdin=subprocess.DEVNULL,
        stdout=spawn.output,
        stderr=spawn.output,
        start_new_session=True,
    )
