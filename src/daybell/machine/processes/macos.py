"""Which processes live on this Mac, and which of them belong to a run?"""

import os
import select
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress

from daybell.machine.processes import by_psutil
from daybell.machine.processes.census import Member
from daybell.model.run import ProcessIdentity

assert sys.platform != "linux"  # the form that type checkers know
assert sys.platform != "win32"  # the form that type checkers know


class MacCensus:
    """Asks psutil, and kqueue for the exit: before Python 3.13 there is no `waitid` here."""

    def identify(self, pid: int) -> ProcessIdentity:
        return by_psutil.identify(pid)

    def is_alive(self, identity: ProcessIdentity) -> bool:
        return by_psutil.is_alive(identity)

    def tagged(self, run_ids: frozenset[str]) -> Mapping[str, Sequence[ProcessIdentity]]:
        return by_psutil.tagged(run_ids)

    def members(self, main: ProcessIdentity, run_id: str, age: float) -> Sequence[Member]:  # noqa: ARG002 pids are random here
        found = []
        for process in by_psutil.living():
            with suppress(by_psutil.Gone, OSError):
                identity = by_psutil.identity_of(process)
                # Nothing that is older than main can belong to it, which spares most environments.
                if identity.create_time < main.create_time:
                    continue
                group = os.getpgid(process.pid)
                if group == main.pid or by_psutil.tag_of(process) == run_id:
                    found.append(Member(identity, group))
        return found

    def wait_exit(self, pid: int) -> None:
        queue = select.kqueue()
        exit_of_pid = select.kevent(
            pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD | select.KQ_EV_ONESHOT, select.KQ_NOTE_EXIT
        )
        # A child that is a zombie already cannot be watched any more: that is an exit as well.
        with closing(queue), suppress(ProcessLookupError):
            queue.control([exit_of_pid], 1, None)

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        by_psutil.wait_any(identities, seconds)

    def send(self, identity: ProcessIdentity, number: signal.Signals) -> None:
        process = by_psutil.hold(identity)
        if process is not None:
            with suppress(by_psutil.Gone):
                process.send_signal(number)
