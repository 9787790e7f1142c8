"""Which processes live on this Linux system, and which of them belong to a run?"""

import os
import select
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from daybell.machine.processes.census import Member
from daybell.machine.processes.interface import TAG, Sighting
from daybell.model.run import ProcessIdentity

assert sys.platform == "linux"  # the form that type checkers know

DEAD = frozenset("ZXx")
BRIEF_SECONDS = 0.25
"""A run this short ends before the kernel can have used every other pid and begun anew, even at a
pid_max of 32,768: what it started has a pid between its own and the newest one."""
FEW = 64
"""Pids given out since a run began that are asked for one by one, rather than looked for among all."""
SEARCHES = 5
"""A millisecond apart. Kernel threads and zombies of others may make each of them doubtful."""
PAGES = 1 << 14
"""Bytes of an environment that are made room for at once; most are smaller."""
WATCHED_AT_ONCE = 64
"""Each process waited for costs a file descriptor; the search is repeated for the rest."""


class Stat(Struct, frozen=True):
    """What /proc/<pid>/stat says."""

    state: str
    parent: int
    group: int
    session: int
    started: int
    """In clock ticks since the system started."""


def parse_stat(text: bytes) -> Stat:
    """The program's name stands in brackets, and may itself hold brackets and blanks."""
    fields = text[text.rindex(b")") + 2 :].split(maxsplit=20)
    parent, group, session = (int(field) for field in fields[1:4])
    return Stat(chr(fields[0][0]), parent, group, session, started=int(fields[19]))


def is_after(pid: int, first: int, newest: int) -> bool:
    """Whether a pid was given out after `first`, where pids count up to a limit and begin anew."""
    if newest >= first:
        return first < pid <= newest
    return pid > first or pid <= newest


def tag_of(environ: bytes | bytearray) -> str | None:
    """The run id in an environment as the kernel shows it. No other part of it is copied."""
    mark = f"{TAG}=".encode()
    at = 0 if environ.startswith(mark) else environ.find(b"\0" + mark) + 1
    if at == 0 and not environ.startswith(mark):
        return None
    begin = at + len(mark)
    end = environ.find(b"\0", begin)
    return bytes(environ[begin : end if end >= 0 else None]).decode(errors="replace")


def file_mark(target: str) -> str:
    """The run id, if this is what the kernel shows of the file of a run's output."""
    return target.rpartition("/")[2].partition(".")[0]


class Shown(NamedTuple):
    """Of a process's environment."""

    is_there: bool
    tag: str | None


NOTHING = Shown(is_there=False, tag=None)


class LinuxCensus:
    """Reads /proc, and holds processes by pidfd so that no pid is mistaken for an older one."""

    def identify(self, pid: int) -> ProcessIdentity:
        return _identity(pid, parse_stat(_read(pid, "stat")))

    def is_alive(self, identity: ProcessIdentity) -> bool:
        stat = _stat(identity.pid)
        return stat is not None and _identity(identity.pid, stat) == identity

    def sightings(self) -> Iterator[Sighting]:
        for pid in _pids():
            if stat := _stat(pid):
                yield Sighting(_identity(pid, stat), _marks(pid), leads=stat.session == pid)

    def members(self, main: ProcessIdentity, run_id: str, age: float) -> Sequence[Member]:
        """A list of processes is old as soon as it is made: where one of them was gone, or was just
        becoming another program, what it left may have been overlooked, and the search is repeated.
        """
        if age < BRIEF_SECONDS and _is_alone(main, run_id):
            return []
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

    def wait_over(self, identity: ProcessIdentity) -> None:
        fd = _open(identity)
        if fd is not None:
            _wait_readable([fd], None)
        elif self.is_alive(identity):
            raise OSError(f"process {identity.pid} cannot be watched")

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        watched = [fd for identity in identities[:WATCHED_AT_ONCE] if (fd := _open(identity)) is not None]
        if watched:
            _wait_readable(watched, int(seconds * 1000) + 1)

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
    """All but our own: Daybell carries the tag of the run whose command has started it anew."""
    own = os.getpid()
    pids = (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208 hundreds, each time a run ends
    return [pid for pid in pids if pid != own]


@cache
def _loadavg() -> int:
    """Stays open: it is read afresh from its beginning each time a run ends."""
    return os.open("/proc/loadavg", os.O_RDONLY | os.O_CLOEXEC)


def _newest_pid() -> int:
    return int(os.pread(_loadavg(), 128, 0).split()[-1])


def _is_alone(main: ProcessIdentity, run_id: str) -> bool:
    """Whether nothing lives of a brief run, main being over; most of them have started nothing.

    Each pid since main's is asked for, in the order in which they were given out, until none is newer. One
    that is over leaves no doubt: it starts nothing any more, and what it has started has a newer pid.
    """
    last = main.pid
    while (newest := _newest_pid()) != last:
        if not last < newest <= main.pid + FEW:  # too many, or they have begun anew
            return False
        if not all(_is_stranger(pid, main, run_id) for pid in range(last + 1, newest + 1)):
            return False
        last = newest
    return True


def _is_stranger(pid: int, main: ProcessIdentity, run_id: str) -> bool:
    """Whether this pid is for certain none of the run's. Threads have pids too: they are as their process."""
    try:
        os.getpgid(pid)  # most of them are over, which this tells at the least cost
        stat = parse_stat(_read(pid, "stat"))
        if stat.state in DEAD or stat.parent == os.getpid():
            return True
        shown = _shown(pid)
    except OSError:  # it is over, or another person's
        return True
    return shown.is_there and stat.group != main.pid and shown.tag != run_id


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
            shown = NOTHING if stat.state in DEAD else _shown(pid)
        except PermissionError:  # another person's
            continue
        except OSError:
            is_sure = False
            continue
        is_tagged = shown.tag == run_id
        if stat.state not in DEAD and (stat.group == main.pid or is_tagged):
            found.append(Member(_identity(pid, stat), stat.group, is_tagged))
        is_sure = is_sure and shown.is_there
    return found, is_sure


def _stat(pid: int) -> Stat | None:
    """None for a process that is over, also as a zombie."""
    try:
        stat = parse_stat(_read(pid, "stat"))
    except OSError:
        return None
    return None if stat.state in DEAD else stat


def _marks(pid: int) -> frozenset[str]:
    """Those that can be seen: the process may be over, or another person's."""
    marks: set[str | None] = set()
    with suppress(OSError):
        marks.add(_shown(pid).tag)
    with suppress(OSError):
        marks.add(file_mark(os.readlink(f"/proc/{pid}/fd/1")))  # noqa: PTH115 hundreds, and not all are paths
    return frozenset(mark for mark in marks if mark)


def _read(pid: int, name: str) -> bytes:
    fd = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 4096)  # a line, and always whole
    finally:
        os.close(fd)


def _shown(pid: int) -> Shown:
    """What counts of its environment. There may be secrets in that, so nothing else of it stays here."""
    fd = os.open(f"/proc/{pid}/environ", os.O_RDONLY | os.O_CLOEXEC)
    held, size = bytearray(PAGES), 0
    try:
        while count := os.readv(fd, [memoryview(held)[size:]]):
            size += count
            if size == len(held):
                larger = bytearray(2 * size)
                larger[:size] = held
                _wipe(held)
                held = larger
        return Shown(size > 0, tag_of(held))
    finally:
        _wipe(held)
        os.close(fd)


def _wipe(held: bytearray) -> None:
    held[:] = bytes(len(held))


def _wait_readable(fds: Sequence[int], milliseconds: int | None) -> None:
    """Wait for one of them, which a pidfd is once its process is over; closes them all."""
    try:
        poll = select.poll()
        for fd in fds:
            poll.register(fd, select.POLLIN)
        poll.poll(milliseconds)
    finally:
        for fd in fds:
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
