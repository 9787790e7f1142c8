"""How does a command's output reach its log: straight, or masked if it was given secrets?"""

import os
from collections.abc import Callable

from msgspec.structs import replace

from daybell.engine.ports import AttemptResult
from daybell.machine.processes.interface import Channel
from daybell.machine.warden import Warden

LEFT_SECONDS = 0.25
"""For what was printed to come through, where something that was left behind may print for ever (T2)."""
OVER_SECONDS = 5.0
"""Where nobody prints any more; it takes a moment, unless the disk stands still."""


class Output:
    """The way from one attempt's command into its log."""

    def __init__(self, log: int, warden: Warden | None = None) -> None:
        """`log` is open; without a warden the command writes into it itself."""
        self._warden = warden
        self.inlet = warden.inlet if warden else log
        """The descriptor that both streams of the command go to; whoever spawns that closes this."""
        self.channel: Callable[[], Channel] | None = warden.channel if warden else None
        """To the shim by which it begins, where it is given secrets."""

    def drain(self, *, left_processes: bool) -> bool:
        """The command is over: wait until what it printed is in the log; whether nothing more can come."""
        if self._warden is None:
            return not left_processes
        return self._warden.drain(LEFT_SECONDS if left_processes else OVER_SECONDS)

    def masked(self, result: AttemptResult) -> AttemptResult:
        """Its error is a line without the colours and the like that may cut a secret in two in the log."""
        if result.error is None or self._warden is None:
            return result
        return replace(result, error=self._warden.masked(result.error))

    def refuse(self) -> None:
        """There is no command to spawn."""
        os.close(self.inlet)

    def close(self) -> None:
        """The attempt is over, but for what it may have left behind."""
        if self._warden is not None:
            self._warden.release()
