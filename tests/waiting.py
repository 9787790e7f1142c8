"""Waiting for a condition, with a bound."""

import threading
import time
from collections.abc import Callable

PATIENCE = 20.0
"""Seconds. Only what fails takes them: they are many, for a machine that has other things to do."""


def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return as soon as it holds; fail if it does not within that time."""
    limit = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < limit, f"it did not come to hold within {seconds} s"
        pause.wait(0.002)
