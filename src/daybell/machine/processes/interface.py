"""What do we ask of an operating system about processes?"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

from daybell.model.job import Limits
from daybell.model.run import ProcessIdentity

TAG = "DAYBELL_RUN_ID"
"""The variable that marks everything a run started, whatever session or parent it moved to."""


Limit = Literal["memory", "cpu_time"]
"""A limit that ends what goes beyond it, by its key in a job's `limits`."""


class Channel(Protocol):
    """What leads to the shim by which one command begins, and may add to its environment on the way."""

    @property
    def inlet(self) -> int:
        """The descriptor that is the shim's input; whoever spawns that closes this."""
        ...

    def is_ready(self) -> bool:
        """Wait for the shim to come to life; whether it has. OSError where nobody can tell any more."""
        ...

    def become(self, orders: bytes) -> bytes:
        """Give it its orders; what keeps it from becoming the command, empty if nothing does."""
        ...

    def close(self) -> None: ...


class Spawn(Struct, frozen=True, kw_only=True):
    """A program to start, in a session of its own and without input."""

    program: str
    """The file to execute; not used with `shell`."""
    argv: tuple[str, ...]
    shell: bool
    """Then `argv` is a line for the platform's shell."""
    cwd: Path
    env: Mapping[str, str]
    """The whole environment; it must carry the run's id under `TAG`."""
    output: int
    """The open file that both output streams go to, named after the run; the caller closes it."""
    run_id: str
    limits: Limits = Limits()
    """Those that the system can apply hold before the program begins; the others are left out."""
    channel: Callable[[], Channel] | None = None
    """A new one each time: of whoever adds what this process must not know. None: nobody does."""


class Ended(Struct, frozen=True, kw_only=True):
    """How a process ended."""

    exit_code: int | None
    """As a shell gives it: 128 + the number of the signal that ended it. None of an adopted process, whose
    end only its parent is told."""
    cause: str | None = None
    """What ended it if it did not exit by itself, such as "SIGSEGV"."""
    left_processes: bool = False
    """Something it started still lives."""
    reached: Limit | None = None
    """The limit that was reached, where the system tells."""
    cpu_seconds: float | None = None
    """The CPU time of the process and of what it started and waited for; None if the system does not tell."""
    peak_memory: int | None = None
    """Bytes: the most that one of those processes had in memory; on Windows and in a scope, all together.
    None if the system does not tell, as of what stayed below Daybell itself."""


class Sighting(Struct, frozen=True):
    """A living process, as anybody may see it."""

    identity: ProcessIdentity
    marks: frozenset[str]
    """What may be the id of its run: the tag, and where it shows the name of the file it writes to. A child
    between fork and exec still shows the environment of its parent, but has its output already."""
    leads: bool
    """It leads a session, as everything does that is spawned for a run; true where there are no sessions."""


class Process(Protocol):
    """A process that was started here, in this life of Daybell or in an earlier one."""

    @property
    def identity(self) -> ProcessIdentity: ...

    def wait(self) -> Ended:
        """Block, without polling, until it is over; must be called exactly once.

        What it leaves behind gets a moment to end and is then left alone (T2), unless the
        process is being ended: then this returns when everything it started is gone (T1).
        """
        ...

    def end(self, grace: timedelta) -> None:
        """Begin to end it and all it started; returns at once.

        Asks first; what is left after the grace is ended by force. Asked again, the shorter grace holds.
        """
        ...


class Processes(Protocol):
    """The processes of one kind of operating system."""

    def spawn(self, spawn: Spawn) -> Process:
        """Start a program; OSError or ValueError says why it cannot be started."""
        ...

    def adopt(self, identity: ProcessIdentity, run_id: str) -> Process:
        """Hold what an earlier life of Daybell started for this run, or what is left of that; never fails.

        `wait` of a process that is over returns at once. OSError from it if it lives and cannot be watched.
        """
        ...

    def is_alive(self, identity: ProcessIdentity) -> bool:
        """Whether exactly this process still runs."""
        ...

    def sightings(self) -> Iterable[Sighting]:
        """All that lives but this very process, which may carry the tag of a run that started it."""
        ...
