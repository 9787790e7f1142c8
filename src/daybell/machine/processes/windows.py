"""How is a process tree of Windows started, waited for and ended? Each one lives in a Job Object."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from daybell.engine.ports import Clock, Deadlines
from daybell.machine.processes import by_psutil, job_object
from daybell.machine.processes.conventions import windows_end, windows_shell
from daybell.machine.processes.interface import Ended, Spawn
from daybell.model.run import ProcessIdentity

assert sys.platform == "win32"  # the form that type checkers know

DRAIN_SECONDS = 0.25
"""What a command leaves behind is mostly about to end too (T2)."""
FORCE_SECONDS = 0.9
"""TerminateJobObject is done at once, but handles may hold a process for a moment (T1)."""
FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | 0x4
"""0x4 is CREATE_SUSPENDED: it must be in its Job Object before it can start anything."""


class WindowsProcess:
    """A process in a Job Object of its own; its handle keeps its pid from being used again."""

    def __init__(self, spawn: Spawn, deadlines: Deadlines, clock: Clock) -> None:
        self._run_id = spawn.run_id
        self._deadlines = deadlines
        self._clock = clock
        self._lock = threading.Lock()
        self._kill_at: float | None = None
        self._over = False
        self._job = job_object.JobObject()
        try:
            self._popen = _popen(spawn)
        except BaseException:
            self._job.close()
            raise
        self.identity = self._admit()

    def wait(self) -> Ended:
        exit_code, cause = windows_end(self._popen.wait())
        left = self._kill_at is None and self._outlives(self._clock.monotonic() + DRAIN_SECONDS)
        with self._lock:
            kill_at = self._kill_at
            self._over = kill_at is None  # from here on an ending comes too late
        if kill_at is not None:
            left = self._outlives(kill_at) and self._outlives_force()
        with self._lock:
            self._over = True
            if left:
                self._job.keep_on_close()
            self._job.close()
        self._deadlines.clear(self._key)
        return Ended(exit_code=exit_code, cause=cause, left_processes=left)

    def end(self, grace: timedelta) -> None:
        kill_at = self._clock.monotonic() + grace.total_seconds()
        with self._lock:
            if self._over or (self._kill_at is not None and self._kill_at <= kill_at):
                return
            self._kill_at = kill_at
            self._deadlines.set(self._key, timedelta(), self._ask)

    @property
    def _key(self) -> str:
        return f"end {self._run_id}"

    def _admit(self) -> ProcessIdentity:
        try:
            self._job.add(int(self._popen._handle))  # type: ignore[attr-defined]  # noqa: SLF001 no public way to its handle
            identity = by_psutil.identify(self._popen.pid)
            by_psutil.resume(self._popen.pid)
        except BaseException:
            self._popen.kill()
            self._popen.wait()
            self._job.close()
            raise
        return identity

    def _ask(self) -> None:
        job_object.send_ctrl_break(self._popen.pid)
        with self._lock:
            if self._over or self._kill_at is None:
                return
            rest = max(0.0, self._kill_at - self._clock.monotonic())
            self._deadlines.set(self._key, timedelta(seconds=rest), self._force)

    def _force(self) -> None:
        with self._lock:
            if not self._over:
                self._job.terminate()

    def _left(self) -> list[ProcessIdentity]:
        found = []
        for pid in self._job.pids():
            with suppress(by_psutil.Gone):
                found.append(by_psutil.identify(pid))
        return found

    def _outlives(self, until: float) -> bool:
        """Wait for all that main left, until that moment; whether something still lives."""
        while left := self._left():
            rest = until - self._clock.monotonic()
            if rest <= 0:
                return True
            by_psutil.wait_any(left, rest)
        return False

    def _outlives_force(self) -> bool:
        self._force()
        return self._outlives(self._clock.monotonic() + FORCE_SECONDS)


class WindowsProcesses:
    """`Processes` for Windows."""

    def __init__(self, deadlines: Deadlines, clock: Clock) -> None:
        self._deadlines = deadlines
        self._clock = clock

    def spawn(self, spawn: Spawn) -> WindowsProcess:
        return WindowsProcess(spawn, self._deadlines, self._clock)

    def is_alive(self, identity: ProcessIdentity) -> bool:
        return by_psutil.is_alive(identity)

    def tagged(self, run_ids: frozenset[str]) -> Mapping[str, Sequence[ProcessIdentity]]:
        return by_psutil.tagged(run_ids)


def _popen(spawn: Spawn) -> subprocess.Popen[bytes]:
    comspec = os.environ.get("COMSPEC", "cmd.exe")
    return subprocess.Popen(  # noqa: S603 running what the person's job file names is the purpose
        windows_shell(spawn.argv, comspec) if spawn.shell else list(spawn.argv),
        executable=comspec if spawn.shell else spawn.program,
        cwd=spawn.cwd,
        env=spawn.env,
        stdin=subprocess.DEVNULL,
        stdout=spawn.output,
        stderr=spawn.output,
        creationflags=FLAGS,
    )
