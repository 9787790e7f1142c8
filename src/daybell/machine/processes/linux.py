"""Which processes live on this Linux system, and which of them belong to a run?"""

import os
import select
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from msgspec import Struct

from daybell.machine.processes.census import Member
from daybell.machine.processes.interface import TAG
from daybell.model.run import ProcessIdentity

assert sys.platform == "linux"  # the form that type checkers know

DEAD = frozenset("ZXx")
BRIEF_SECONDS = 0.25
"""A run this short ends before the kernel can have used every other pid and begun anew, even at a
pid_max of 32,768: what it started has a pid between its own and the newest one."""
SEARCHES = 5
"""A millisecond apart. Kernel threads and zombies of others may make each of them doubtful."""
WATCHED_AT_ONCE = 64
"""Each process waited for costs a file descriptor; the search is repeated for the rest."""


class Stat(Struct, frozen=True):
    """What /proc/<pid>/stat says."""

    state: str
    parent: int
    group: int
    started: int
    """In clock ticks since the system started."""


def parse_stat(text: bytes) -> Stat:
    """The program's name stands in brackets, and may itself hold brackets and blanks."""
    fields = text[text.rindex(b")") + 2 :].split(maxsplit=20)
    return Stat(state=chr(fields[0][0]), parent=int(fields[1]), group=int(fields[2]), started=int(fields[19]))


def is_after(pid: int, first: int, newest: int) -> bool:
    """Whether a pid was given out after `first`, where pids count up to a limit and begin anew."""
    if newest >= first:
        return first < pid <= newest
    return pid > first or pid <= newest


def tag_of(environ: bytes) -> str | None:
    """The run id in an environment as the kernel shows it."""
    prefix = f"{TAG}=".encode()
    for entry in environ.split(b"\0"):
        if entry.startswith(prefix):
            return entry.removeprefix(prefix).decode(errors="replace")
    return None


class LinuxCensus:
    """Reads /proc, and holds processes by pidfd so that no pid is mistaken for an older one."""

    def identify(self, pid: int) -> ProcessIdentity:
        return _identity(pid, parse_stat(_read(pid, "stat")))

    def is_alive(self, identity: ProcessIdentity) -> bool:
        stat = _stat(identity.pid)
        return stat is not None and _identity(identity.pid, stat) == identity

    def tagged(self, run_ids: frozenset[str]) -> Mapping[str, Sequence[ProcessIdentity]]:
        found: dict[str, list[ProcessIdentity]] = {}
        for pid in _pids():
            tag = _tag(pid)
            if tag is not None and tag in run_ids and (stat := _stat(pid)):
                found.setdefault(tag, []).append(_identity(pid, stat))
        return found

    def members(self, main: ProcessIdentity, run_id: str, age: float) -> Sequence[Member]:
        """A list of processes is old as soon as it is made: where one of them was gone, or was just
        becoming another program, what it left may have been overlooked, and the search is repeated.
        """
        for _ in range(SEARCHES):
            found, is_sure = _search(self._candidates(main, age), main, run_id)
            if found or is_sure:
                return found
            select.poll().poll(1)
        return []

    def _candidates(self, main: ProcessIdentity, age: float) -> list[int]:
        pids = _pids()
        if age >= BRIEF_SECONDS:
            return [pid for pid in pids if pid != main.pid]
        newest = _newest_pid()
        return [pid for pid in pids if is_after(pid, main.pid, newest)]

    def wait_exit(self, pid: int) -> None:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        watched = [fd for identity in identities[:WATCHED_AT_ONCE] if (fd := _open(identity)) is not None]
        try:
            poll = select.poll()
            for fd in watched:
                poll.register(fd, select.POLLIN)  # it can be read from once its process is over
            if watched:
                poll.poll(int(seconds * 1000) + 1)
        finally:
            for fd in watched:
                os.close(fd)

    def send(self, identity: ProcessIdentity, number: signal.Signals) -> None:
        fd = _open(identity)
        if fd is None:
            return
        try:
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(fd, number)
        finally:
            os.close(fd)


@cache
def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _identity(pid: int, stat: Stat) -> ProcessIdentity:
    return ProcessIdentity(pid=pid, create_time=stat.started, boot_id=boot_id())


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 hundreds, each time a run ends


def _newest_pid() -> int:
    return int(Path("/proc/loadavg").read_bytes().split()[-1])


def _search(pids: Iterable[int], main: ProcessIdentity, run_id: str) -> tuple[list[Member], bool]:
    """Those of the run, and whether none can have been overlooked."""
    found, is_sure = [], True
    for pid in pids:
        try:
            stat = parse_stat(_read(pid, "stat"))
            # Nothing that is older than main can belong to it, which spares most environments.
            # Our own children are the main processes of other runs.
            if stat.started < main.create_time or stat.parent == os.getpid():
                continue
            environ = b"" if stat.state in DEAD else _read(pid, "environ")
        except PermissionError:  # another person's
            continue
        except OSError:
            is_sure = False
            continue
        if stat.state not in DEAD and (stat.group == main.pid or tag_of(environ) == run_id):
            found.append(Member(_identity(pid, stat), stat.group))
        is_sure = is_sure and bool(environ)
    return found, is_sure


def _stat(pid: int) -> Stat | None:
    """None for a process that is over, also as a zombie."""
    try:
        stat = parse_stat(_read(pid, "stat"))
    except OSError:
        return None
    return None if stat.state in DEAD else stat


def _tag(pid: int) -> str | None:
    try:
        return tag_of(_read(pid, "environ"))
    except OSError:  # over, or another person's
        return None


def _read(pid: int, name: str) -> bytes:
    fd = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return b"".join(iter(lambda: os.read(fd, 65536), b""))
    finally:
        os.close(fd)


def _open(identity: ProcessIdentity) -> int | None:
    """A descriptor of exactly this process; None if it is over."""
    try:
        fd = os.pidfd_open(identity.pid)
    except OSError:
        return None
    stat = _stat(identity.pid)
    if stat is not None and _identity(identity.pid, stat) == identity:
        return fd
    os.close(fd)
    return None
