"""Did the machine sleep, did we stand still, was the clock set? Asked on a thread that wakes anyway."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import assert_never

from daybell.core.clocks import ClockStepped, Finding, Froze, Reading, Slept, compare
from daybell.model.durations import spell

log = logging.getLogger(__name__)


class ClockWatch:
    """Compares the clocks with what they showed when it was asked before. For one thread."""

    def __init__(self, look: Callable[[], Reading], moved: Callable[[Finding], None]) -> None:
        """`moved` hears of each finding, on the asking thread."""
        self._look = look
        self._moved = moved
        self._before: Reading | None = None

    def beat(self, within: float) -> None:
        """Look, and tell; `within` is how many seconds after the time before it was to be asked again."""
        before, self._before = self._before, self._look()
        if before is None:
            return
        for finding in compare(before, self._before, within):
            log.info("%s", in_words(finding), extra={"event": "clock_moved"})
            self._moved(finding)


def in_words(finding: Finding) -> str:
    """For the log."""
    match finding:
        case Slept(length):
            return f"the machine slept for {_spell(length)}"
        case Froze(length):
            return f"Daybell was held up for {_spell(length)}"
        case ClockStepped(by):
            return f"the clock was set {'back' if by < timedelta(0) else 'forward'} by {_spell(abs(by))}"
        case _ as never:
            assert_never(never)


def _spell(length: timedelta) -> str:
    """To the second."""
    return spell(timedelta(seconds=round(length.total_seconds())))
