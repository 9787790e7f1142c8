"""Which processes live, where only psutil can tell? It is installed everywhere but on Linux."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence

from daybell.machine.processes.interface import TAG, Sighting
from daybell.model.run import ProcessIdentity

assert sys.platform != "linux"  # the form that type checkers know

import psutil  # noqa: E402 what stands below an assert on the platform is not checked on the others

BOOT_ID = ""
"""These systems give a process's start as wall time, which a restart of the machine does not repeat."""


Gone = psutil.Error
"""What is raised for a process that is over, or that belongs to another person."""


def identify(pid: int) -> ProcessIdentity:
    """`Gone` if there is no such process."""
    return identity_of(psutil.Process(pid))


def resume(pid: int) -> None:
    """Let a suspended process run."""
    psutil.Process(pid).resume()


def identity_of(process: psutil.Process) -> ProcessIdentity:
    """`Gone` if it is over."""
    return ProcessIdentity(pid=process.pid, create_time=process.create_time(), boot_id=BOOT_ID)


def hold(identity: ProcessIdentity) -> psutil.Process | None:
    """Exactly this process, if it still runs; psutil's signals check again that it is the same."""
    try:
        process = psutil.Process(identity.pid)
        is_same = process.create_time() == identity.create_time
        return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None


def is_alive(identity: ProcessIdentity) -> bool:
    return hold(identity) is not None


def living() -> Iterator[psutil.Process]:
    """All processes but zombies, and but our own, which may carry the tag of a run that started it."""
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except psutil.Error:
            continue


def tag_of(process: psutil.Process) -> str | None:
    """The run id in its environment; None where it has none, or is another person's."""
    try:
        environ: dict[str, str] = process.environ()
    except (psutil.Error, OSError):
        return None
    return environ.get(TAG)


def sightings(leads: Callable[[int], bool]) -> Iterator[Sighting]:
    """All that lives; `leads` tells of a pid whether it leads a session."""
    for process in living():
        tag = tag_of(process)
        try:
            yield Sighting(identity_of(process), frozenset({tag} if tag else ()), leads(process.pid))
        except (psutil.Error, OSError):
            continue


def wait_any(identities: Sequence[ProcessIdentity], seconds: float) -> None:
    """Block until one of them is over, or for that long."""
    held = [process for identity in identities if (process := hold(identity))]
    if len(held) < len(identities):
        return
    psutil.wait_procs(held, timeout=seconds)
