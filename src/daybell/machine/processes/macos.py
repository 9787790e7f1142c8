"""Which processes live on this Mac, and which of them belong to a run?"""

import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress

from daybell.machine.processes import by_psutil
from daybell.machine.processes.census import Member
from daybell.machine.processes.interface import Sighting
from daybell.model.run import ProcessIdentity

assert sys.platform != "linux"  # the form that type checkers know
assert sys.platform != "win32"  # the form that type checkers know


class MacCensus:
    """Asks psutil, and kqueue for the exit: before Python 3.13 there is no `waitid` here."""

    def identify(self, pid: int) -> ProcessIdentity:
        return by_psutil.identify(pid)

    def is_alive(self, identity: ProcessIdentity) -> bool:
        return by_psutil.is_alive(identity)

    def sightings(self) -> Iterator[Sighting]:
        return by_psutil.sightings(lambda pid: os.getsid(pid) == pid)

    def members(self, main: ProcessIdentity, run_id: str, age: float) -> Sequence[Member]:  # noqa: ARG002 pids are random here
        found = []
        for process in by_psutil.living():
            with suppress(by_psutil.Gone, OSError):
                identity = by_psutil.identity_of(process)
                # Nothing that is older than main can belong to it, which spares most environments.
                if identity.create_time < main.create_time or identity == main:
                    continue
                group = os.getpgid(process.pid)
                is_tagged = by_psutil.tag_of(process) == run_id
                if group == main.pid or is_tagged:
                    found.append(Member(identity, group, is_tagged))
        return found

    def wait_exit(self, pid: int) -> None:
        # A child that is a zombie already cannot be watched any more: that is an exit as well.
        with closing(select.kqueue()) as queue, suppress(ProcessLookupError):
            queue.control([_exit_of(pid)], 1, None)

    def wait_over(self, identity: ProcessIdentity) -> None:
        with closing(select.kqueue()) as queue, suppress(ProcessLookupError):
            queue.control([_exit_of(identity.pid)], 0)
            # From here on another process that takes over the pid is not the one that is watched.
            if by_psutil.is_alive(identity):
                queue.control(None, 1, None)

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        by_psutil.wait_any(identities, seconds)

    def send(self, identity: ProcessIdentity, number: signal.Signals) -> None:
        process = by_psutil.hold(identity)
        if process is not None:
            with suppress(by_psutil.Gone):
                process.send_signal(number)


def _exit_of(pid: int) -> select.kevent:
    """The event that the process which has this pid now is over."""
    flags = select.KQ_EV_ADD | select.KQ_EV_ONESHOT
    return select.kevent(pid, select.KQ_FILTER_PROC, flags, select.KQ_NOTE_EXIT)
