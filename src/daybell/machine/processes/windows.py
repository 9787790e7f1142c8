"""How is a process tree of Windows started, found again, ended and let go? Each one lives in a Job Object."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress

from daybell.engine.ports import Clock, Deadlines
from daybell.machine.own_command import SHIM, own_role
from daybell.machine.processes import by_psutil, job_object, shim
from daybell.machine.processes.conventions import windows_end, windows_shell
from daybell.machine.processes.interface import TAG, Channel, Ended, Process, Sighting, Spawn
from daybell.machine.processes.ladder import Ladder
from daybell.machine.processes.limits import job_object_limits, priority_class, reached
from daybell.machine.processes.windows_orders import orders_of
from daybell.model.run import ProcessIdentity

assert sys.platform == "win32"  # the form that type checkers know

FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | 0x4
"""0x4 is CREATE_SUSPENDED: it must be in its Job Object before it can start anything."""


class JobTree:
    """A process in a Job Object of its own; its handle keeps its pid from being used again."""

    def __init__(self, spawn: Spawn) -> None:
        self._closing = threading.Lock()
        self._limits = spawn.limits
        self._job = job_object.JobObject(job_object_limits(spawn.limits))
        try:
            self._channel = spawn.channel() if spawn.channel else None
            self._popen = _popen(spawn) if self._channel is None else _popen_shim(spawn, self._channel)
        except BaseException:
            self._job.close()
            raise
        self.identity = self._admit()
        if spawn.channel is not None:
            self._give_orders(spawn)

    def wait_main(self) -> None:
        self._popen.wait()

    def left(self) -> Sequence[ProcessIdentity]:
        found = []
        for pid in self._job.pids():
            with suppress(by_psutil.Gone):
                found.append(by_psutil.identify(pid))
        return found

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        by_psutil.wait_any(identities, seconds)

    def ask(self) -> None:
        job_object.send_ctrl_break(self._popen.pid)

    def force(self) -> None:
        with self._closing:
            self._job.terminate()

    def close(self, *, left: bool) -> Ended:
        exit_code, cause = windows_end(self._popen.wait())
        with self._closing:
            cpu_seconds, peak_memory = self._used()
            if left:
                self._job.keep_on_close()
            self._job.close()
        return Ended(
            exit_code=exit_code,
            cause=cause,
            left_processes=left,
            reached=reached(self._limits, exit_code, cause),
            cpu_seconds=cpu_seconds,
            peak_memory=peak_memory,
        )

    def _used(self) -> tuple[float | None, int | None]:
        with suppress(OSError):
            return self._job.cpu_seconds(), self._job.peak_memory()
        return None, None

    def _give_orders(self, spawn: Spawn) -> None:
        """To the shim, whose child the command is."""
        assert self._channel is not None
        if answer := self._channel.become(orders_of(spawn, _comspec())):
            self._popen.kill()
            self._popen.wait()
            self._job.close()
            raise shim.failure(answer)

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


class AdoptedTree:
    """What outlived the Job Object it was in, which ends nearly all of it together with Daybell."""

    def __init__(self, identity: ProcessIdentity, run_id: str) -> None:
        self.identity = identity
        self._run_id = run_id

    def wait_main(self) -> None:
        job_object.wait_over(self.identity.pid, lambda: by_psutil.is_alive(self.identity))

    def left(self) -> Sequence[ProcessIdentity]:
        everywhere = by_psutil.sightings(_leads)
        return [sighting.identity for sighting in everywhere if self._run_id in sighting.marks]

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        by_psutil.wait_any(identities, seconds)

    def ask(self) -> None:
        if by_psutil.is_alive(self.identity):
            job_object.send_ctrl_break(self.identity.pid)

    def force(self) -> None:
        for identity in {self.identity, *self.left()}:
            if process := by_psutil.hold(identity):
                with suppress(by_psutil.Gone):
                    process.kill()

    def close(self, *, left: bool) -> Ended:
        return Ended(exit_code=None, left_processes=left)


class WindowsProcesses:
    """`Processes` for Windows."""

    def __init__(self, deadlines: Deadlines, clock: Clock) -> None:
        self._deadlines = deadlines
        self._clock = clock

    def spawn(self, spawn: Spawn) -> Process:
        return Ladder(JobTree(spawn), spawn.run_id, self._deadlines, self._clock)

    def adopt(self, identity: ProcessIdentity, run_id: str) -> Process:
        return Ladder(AdoptedTree(identity, run_id), run_id, self._deadlines, self._clock)

    def is_alive(self, identity: ProcessIdentity) -> bool:
        return by_psutil.is_alive(identity)

    def sightings(self) -> Iterable[Sighting]:
        return by_psutil.sightings(_leads)


def _leads(pid: int) -> bool:  # noqa: ARG001 there are no sessions here
    return True


def _comspec() -> str:
    return os.environ.get("COMSPEC", "cmd.exe")


def _popen_shim(spawn: Spawn, channel: Channel) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own script
            own_role(SHIM),
            cwd=spawn.cwd,
            env={**os.environ, TAG: spawn.run_id},
            stdin=channel.inlet,
            stdout=spawn.output,
            stderr=spawn.output,
            creationflags=FLAGS | priority_class(spawn.limits.nice),
        )
    finally:
        os.close(channel.inlet)


def _popen(spawn: Spawn) -> subprocess.Popen[bytes]:
    comspec = _comspec()
    return subprocess.Popen(  # noqa: S603 running what the person's job file names is the purpose
        windows_shell(spawn.argv, comspec) if spawn.shell else list(spawn.argv),
        executable=comspec if spawn.shell else spawn.program,
        cwd=spawn.cwd,
        env=spawn.env,
        stdin=subprocess.DEVNULL,
        stdout=spawn.output,
        stderr=spawn.output,
        creationflags=FLAGS | priority_class(spawn.limits.nice),
    )
