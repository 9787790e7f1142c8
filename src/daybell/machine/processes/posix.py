"""How is a process tree of a POSIX system started, found again, signalled and let go?"""

import math
import os
import resource
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import suppress

from daybell.engine.ports import Clock, Deadlines
from daybell.machine.processes.census import Census, Member
from daybell.machine.processes.conventions import posix_end
from daybell.machine.processes.interface import Ended, Process, Sighting, Spawn
from daybell.machine.processes.ladder import Ladder
from daybell.machine.processes.limits import peak_of_child, reached
from daybell.machine.processes.scopes import ScopeMemory, Scopes
from daybell.machine.processes.starting import start
from daybell.model.run import ProcessIdentity

assert sys.platform != "win32"  # the form that type checkers know

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class PosixTree(ABC):
    """What `Tree` asks for, made of signals."""

    def __init__(self, identity: ProcessIdentity, run_id: str, census: Census) -> None:
        self.identity = identity
        self._run_id = run_id
        self._census = census

    def left(self) -> Sequence[ProcessIdentity]:
        return [member.identity for member in self._members()]

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        self._census.wait_any(identities, seconds)

    def ask(self) -> None:
        self._signal(signal.SIGTERM)

    def force(self) -> None:
        self._signal(signal.SIGKILL)

    @abstractmethod
    def _signal(self, number: signal.Signals) -> None:
        """Send it to main's group at once, and then to each process that left it."""

    @abstractmethod
    def _members(self) -> Sequence[Member]:
        """What belongs to the tree for certain, besides main itself."""

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.identity.pid, number)

    def _signal_each(self, members: Iterable[Member], number: signal.Signals) -> None:
        for member in members:
            self._census.send(member.identity, number)


class ChildTree(PosixTree):
    """A process that was spawned here, as the leader of a session and a group of its own.

    Until its zombie is reaped, its pid and its group's number belong to nobody else: all signals to
    the group are sent before that, under the lock.
    """

    def __init__(self, spawn: Spawn, census: Census, clock: Clock, scopes: Scopes | None) -> None:
        self._clock = clock
        self._reaping = threading.Lock()
        self._limits = spawn.limits
        self._memory = ScopeMemory()
        self._spawned = clock.monotonic()
        self._popen, self._scope = start(spawn, scopes)
        super().__init__(census.identify(self._popen.pid), spawn.run_id, census)

    def wait_main(self) -> None:
        self._census.wait_exit(self.identity.pid)
        if self._scope is not None:  # now, as systemd is about to remove it
            self._memory = self._scope.memory()

    def close(self, *, left: bool) -> Ended:
        with self._reaping:
            returncode, used = _reap(self._popen)
        exit_code, cause = posix_end(returncode)
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return Ended(
            exit_code=exit_code,
            cause=cause,
            left_processes=left,
            reached=reached(self._limits, exit_code, cause, self._memory.oom_kills),
            cpu_seconds=used.ru_utime + used.ru_stime,
            peak_memory=self._memory.peak or peak_of_child(used.ru_maxrss, own, MAXRSS_UNIT),
        )

    def _signal(self, number: signal.Signals) -> None:
        with self._reaping:
            if self._popen.returncode is not None:
                return
            self._signal_group(number)
        self._signal_each((one for one in self._members() if one.group != self.identity.pid), number)

    def _members(self) -> Sequence[Member]:
        age = self._clock.monotonic() - self._spawned
        return self._census.members(self.identity, self._run_id, age)


class AdoptedTree(PosixTree):
    """A process that an earlier life of Daybell started: its pid may be given to another at any time.

    So nothing is signalled but what carries the tag, and the group of the main process as long as that lives,
    or anything that was known to be of the group before.
    """

    def __init__(self, identity: ProcessIdentity, run_id: str, census: Census) -> None:
        super().__init__(identity, run_id, census)
        self._known: set[ProcessIdentity] = set()

    def wait_main(self) -> None:
        self._census.wait_over(self.identity)

    def close(self, *, left: bool) -> Ended:
        return Ended(exit_code=None, left_processes=left)

    def _signal(self, number: signal.Signals) -> None:
        members = self._members()  # before main may be over, and with it the proof that its group is its own
        if self._leads_group():
            self._signal_group(number)
            members = [member for member in members if member.group != self.identity.pid]
        else:
            self._census.send(self.identity, number)
        self._signal_each(members, number)

    def _leads_group(self) -> bool:
        """Whether main lives and its group may be signalled as one."""
        pid = self.identity.pid
        with suppress(OSError):
            # Daybell is in that group itself when the run's command has started it anew.
            return os.getpgid(pid) == pid != os.getpgrp() and self._census.is_alive(self.identity)
        return False

    def _members(self) -> Sequence[Member]:
        found = self._census.members(self.identity, self._run_id, math.inf)
        ours = [member for member in found if member.is_tagged or member.identity in self._known]
        if any(one.group == self.identity.pid for one in ours) or self._census.is_alive(self.identity):
            ours = list(found)
        self._known.update(member.identity for member in ours)
        return ours


class PosixProcesses:
    """`Processes` for POSIX systems; the census knows how each kind is asked."""

    def __init__(self, census: Census, deadlines: Deadlines, clock: Clock, scopes: Scopes | None) -> None:
        self._census = census
        self._deadlines = deadlines
        self._clock = clock
        self._scopes = scopes

    def spawn(self, spawn: Spawn) -> Process:
        tree = ChildTree(spawn, self._census, self._clock, self._scopes)
        return Ladder(tree, spawn.run_id, self._deadlines, self._clock)

    def adopt(self, identity: ProcessIdentity, run_id: str) -> Process:
        return Ladder(AdoptedTree(identity, run_id, self._census), run_id, self._deadlines, self._clock)

    def is_alive(self, identity: ProcessIdentity) -> bool:
        return self._census.is_alive(identity)

    def sightings(self) -> Iterable[Sighting]:
        return self._census.sightings()


def _reap(popen: subprocess.Popen[bytes]) -> tuple[int, resource.struct_rusage]:
    """As `Popen.wait` does, which does not tell what the process has used."""
    _, status, used = os.wait4(popen.pid, 0)
    popen.returncode = os.waitstatus_to_exitcode(status)
    return popen.returncode, used
