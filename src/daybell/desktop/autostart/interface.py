"""What can a way of starting at login do? One for each system, two where systemd is."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from daybell.core.autostart import Command, Entry, How


class Way(Protocol):
    """Any thread, one at a time. DaybellError where the system refuses."""

    how: How

    def entry(self) -> Entry | None:
        """What it has been told; None: nothing."""
        ...

    def write(self, command: Command) -> None:
        """Start this at the next login, and nothing now."""
        ...

    def remove(self) -> None:
        """Forget it, also what somebody else has said of it. What runs goes on."""
        ...


class Said(NamedTuple):
    """How a question to a program of the system ended."""

    code: int
    """Its exit code; NOT_THERE where there is no such program."""
    text: str


NOT_THERE = 127
Ask = Callable[[Sequence[str]], Said]
"""Runs a program of the system for a moment; never raises."""
