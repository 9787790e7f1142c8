"""What must a POSIX system be able to tell about its processes?"""

import signal
from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from daybell.machine.processes.interface import Sighting
from daybell.model.run import ProcessIdentity


class Member(Struct, frozen=True):
    """A living process that belongs to a run."""

    identity: ProcessIdentity
    group: int
    is_tagged: bool
    """Else it is only known by its group."""


class Census(Protocol):
    """How one kind of POSIX system is asked about its processes."""

    def identify(self, pid: int) -> ProcessIdentity: ...

    def is_alive(self, identity: ProcessIdentity) -> bool: ...

    def sightings(self) -> Iterable[Sighting]: ...

    def members(self, main: ProcessIdentity, run_id: str, age: float) -> Sequence[Member]:
        """What lives of main's group, or carries the run's tag, besides main and this very process.

        `age` is how many seconds ago main was spawned.
        """
        ...

    def wait_exit(self, pid: int) -> None:
        """Block until our child is over, and leave it a zombie where the system lets us."""
        ...

    def wait_over(self, identity: ProcessIdentity) -> None:
        """Block until exactly this process is over, our child or not; OSError if it cannot be watched."""
        ...

    def wait_any(self, identities: Sequence[ProcessIdentity], seconds: float) -> None:
        """Block until one of them is over, or for that long."""
        ...

    def send(self, identity: ProcessIdentity, number: signal.Signals) -> None:
        """Signal exactly this process, if it still lives and may be signalled."""
        ...
