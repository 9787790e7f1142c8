"""What do we ask of an operating system about processes?"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from daybell.model.run import ProcessIdentity

TAG = "DAYBELL_RUN_ID"
"""The variable that marks everything a run started, whatever session or parent it moved to."""


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
    """The open file that both output streams go to; the caller closes it."""
    run_id: str


class Ended(Struct, frozen=True, kw_only=True):
    """How a process ended."""

    exit_code: int
    """As a shell gives it: 128 + the number of the signal that ended it."""
    cause: str | None = None
    """What ended it if it did not exit by itself, such as "SIGSEGV"."""
    left_processes: bool = False
    """Something it started still lives."""


class Process(Protocol):
    """A process that was started here."""

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

    def is_alive(self, identity: ProcessIdentity) -> bool:
        """Whether exactly this process still runs."""
        ...

    def tagged(self, run_ids: frozenset[str]) -> Mapping[str, Sequence[ProcessIdentity]]:
        """The living processes that carry the tag of one of these runs; runs without any are left out."""
        ...
