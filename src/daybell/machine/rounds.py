"""Who must look at the machine now and then, but need not at each beat?"""

import logging
import math
import time
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

Look = Callable[[], float]
"""Says in how many seconds awake it wants to be asked again; `math.inf` for never."""
AGAIN = 60.0
"""Seconds until one that failed is asked again."""


class Rounds:
    """A beat that is nobody's turn costs a comparison. For one thread."""

    def __init__(self, looks: Sequence[Look], monotonic: Callable[[], float] = time.monotonic) -> None:
        """All are asked at the first beat."""
        self._looks = tuple(looks)
        self._monotonic = monotonic
        self._dues = [0.0] * len(self._looks)
        self._due = 0.0
        """The soonest of them."""

    def beat(self, _within: float) -> None:
        """Ask those whose turn it is; one that fails harms no other."""
        now = self._monotonic()
        if now < self._due:
            return
        for number, look in enumerate(self._looks):
            if now >= self._dues[number]:
                self._dues[number] = now + _ask(look)
        self._due = min(self._dues, default=math.inf)


def _ask(look: Look) -> float:
    try:
        return look()
    except Exception:  # the thread's edge: the others must still be asked
        log.exception("a watch failed")
        return AGAIN
