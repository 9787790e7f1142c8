"""How does a command's output reach its log: straight, or masked if it was given secrets?"""

from collections.abc import Iterable

from msgspec.structs import replace

from daybell.core.disguises import disguises
from daybell.core.masking import Masker
from daybell.engine.ports import AttemptResult
from daybell.machine.pump import Pump

LEFT_SECONDS = 0.25
"""For what was printed to come through, where something that was left behind may print for ever (T2)."""
OVER_SECONDS = 1.0
"""Where nobody prints any more; it takes a moment, unless the disk stands still."""


class Output:
    """The way from one attempt's command into its log."""

    def __init__(self, log: int, run_id: str, secrets: Iterable[str] = ()) -> None:
        """`log` is open, and belongs to it from here on. OSError where there is no way to be had."""
        self._forms = frozenset(form for secret in secrets for form in disguises(secret))
        self._pump = Pump(run_id, log, Masker(self._forms)) if self._forms else None
        self.inlet = self._pump.inlet if self._pump else log
        """The descriptor that both streams of the command go to; whoever spawns that closes this."""

    def drain(self, *, left_processes: bool) -> bool:
        """The command is over: wait until what it printed is in the log; whether nothing more can come."""
        if self._pump is None:
            return not left_processes
        return self._pump.drain(LEFT_SECONDS if left_processes else OVER_SECONDS)

    def masked(self, result: AttemptResult) -> AttemptResult:
        """Its error is a line without the colours and the like that may cut a secret in two in the log."""
        if result.error is None or not self._forms:
            return result
        masker = Masker(self._forms)
        error = masker.feed(result.error.encode("utf-8", "replace")) + masker.finish()
        return replace(result, error=error.decode("utf-8", "replace"))
