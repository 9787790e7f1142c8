"""How are many looks taken at once, so that none that hangs holds up the others?"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from daybell.cli.terminal import Terminal
from daybell.core.checkup import failed
from daybell.core.findings import Finding


class Check(NamedTuple):
    """A subject, and the look at it."""

    name: str
    look: Callable[[Terminal], Iterable[Finding]]
    seconds: float = 5.0
    """It may take so long; what then is missing is told as such."""


def look_at_all(checks: Sequence[Check], terminal: Terminal) -> list[Finding]:
    """In the order of the checks, none of which is waited for longer than it may take."""
    looks = [Look(check, terminal) for check in checks]
    started = time.monotonic()
    return [finding for look in looks for finding in look.findings(started)]


class Look:
    """One check, on a thread of its own: what hangs holds up nobody."""

    def __init__(self, check: Check, terminal: Terminal) -> None:
        self._check = check
        self._terminal = terminal
        self._found: tuple[Finding, ...] | None = None
        self._thread = threading.Thread(target=self._look, name=f"doctor {check.name}", daemon=True)
        self._thread.start()

    def findings(self, started: float) -> tuple[Finding, ...]:
        left = self._check.seconds - (time.monotonic() - started)
        self._thread.join(max(0.0, left))
        if self._found is None:
            return (failed(self._check.name, f"no answer within {self._check.seconds:g} seconds"),)
        return self._found

    def _look(self) -> None:
        try:
            self._found = tuple(self._check.look(self._terminal))
        except Exception as error:  # noqa: BLE001 - the thread's edge: one odd machine must not end all checks
            self._found = (failed(self._check.name, str(error) or type(error).__name__),)
