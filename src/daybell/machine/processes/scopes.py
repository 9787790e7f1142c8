"""Can systemd limit the memory of a whole command, and did it have to?

A transient scope is a control group of the person's own systemd around processes that Daybell has started.
It holds the command and all it starts, as no limit of a single process does.
"""

import itertools
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from msgspec import Struct

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")


class ScopeMemory(Struct, frozen=True):
    """What a scope tells of the memory of all its processes."""

    oom_kills: int = 0
    """How many of them were killed for it."""
    peak: int | None = None
    """In bytes."""


class Scope:
    """The scope of one command."""

    def __init__(self, systemd_run: str, unit: str, proc: Path, cgroups: Path) -> None:
        self._systemd_run = systemd_run
        self._unit = unit
        self._proc = proc
        self._cgroups = cgroups
        self._directory: Path | None = None

    def argv(self, memory: int, command: Sequence[str]) -> list[str]:
        """The command line that becomes the command, inside the scope."""
        return scope_argv(self._systemd_run, self._unit, memory, command)

    def find(self, pid: int) -> None:
        """Note where the scope of this process is, while it lives."""
        with suppress(OSError):
            place = scope_place((self._proc / str(pid) / "cgroup").read_text(), self._unit)
            self._directory = None if place is None else self._cgroups / place.lstrip("/")

    def memory(self) -> ScopeMemory:
        """As it stands; nothing once systemd has removed the scope, soon after its last process."""
        oom_kills, peak = 0, None
        if self._directory is not None:
            with suppress(OSError, ValueError):
                oom_kills = oom_kill_count((self._directory / "memory.events").read_text())
                peak = int((self._directory / "memory.peak").read_text())
        return ScopeMemory(oom_kills, peak)


class Scopes:
    """The scopes that the person's systemd makes, if there is one that may."""

    def __init__(
        self, environ: Mapping[str, str], uid: int, *, proc: Path = PROC, cgroups: Path = CGROUPS
    ) -> None:
        self._environ = environ
        self._uid = uid
        self._proc = proc
        self._cgroups = cgroups
        self._numbers = itertools.count(1)
        self._is_refused = False

    def new(self, run_id: str) -> Scope | None:
        """A scope for a command of this run; None where there are none."""
        if self._systemd_run is None or self._is_refused:
            return None
        unit = unit_name(run_id, os.getpid(), next(self._numbers))
        return Scope(self._systemd_run, unit, self._proc, self._cgroups)

    def give_up(self) -> None:
        """It did not make one: ask no more."""
        self._is_refused = True

    @cached_property
    def _systemd_run(self) -> str | None:
        """The program that makes them, where systemd runs for this person and was given the memory."""
        runtime = self._environ.get("XDG_RUNTIME_DIR")
        if not runtime or not (Path(runtime) / "systemd" / "private").exists():
            return None
        try:
            controllers = (self._cgroups / controllers_of(self._uid)).read_text()
        except OSError:
            return None
        if "memory" not in controllers.split():
            return None
        return shutil.which("systemd-run", path=self._environ.get("PATH"))


def controllers_of(uid: int) -> str:
    """The file that lists what the systemd of this person may limit."""
    return f"user.slice/user-{uid}.slice/user@{uid}.service/cgroup.controllers"


def unit_name(run_id: str, pid: int, number: int) -> str:
    """Another one for each attempt: the last one's scope lasts as long as anything in it."""
    return f"daybell-{run_id}-{pid}-{number}.scope"


def scope_argv(systemd_run: str, unit: str, memory: int, command: Sequence[str]) -> list[str]:
    """In a scope, `systemd-run` becomes the command itself, as the same process."""
    limits = ["-p", f"MemoryMax={int(memory)}", "-p", "MemorySwapMax=0"]
    return [
        systemd_run,
        "--user",
        "--scope",
        "--quiet",
        "--collect",
        f"--unit={unit}",
        *limits,
        "--",
        *command,
    ]


def scope_place(cgroup: str, unit: str) -> str | None:
    """The path of the control group in what /proc/<pid>/cgroup says, if it is that of the unit."""
    for line in cgroup.splitlines():
        number, _, place = line.partition("::")
        if number == "0" and place.rpartition("/")[2] == unit:
            return place
    return None


def oom_kill_count(events: str) -> int:
    """How many processes were killed, from what `memory.events` says."""
    for line in events.splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill":
            return int(count)
    return 0
