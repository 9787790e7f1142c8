"""What time is it, and how much has passed, awake and asleep?"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct

from daybell.core.clocks import Reading

Seconds = Callable[[], float]

MOMENT = 0.1
"""Seconds within which all clocks must be read to be compared."""
TRIES = 5


class Clocks(Struct, frozen=True):
    """The clocks of a kind of system that count seconds since some moment, by name."""

    boot: str
    """Goes on while the machine sleeps."""
    monotonic: str
    """Stands still then."""


def clocks_of(platform: str) -> Clocks:
    """Which clocks do this here? On systems we do not know, nothing is said about sleep."""
    match platform:
        case "linux":
            return Clocks("CLOCK_BOOTTIME", "CLOCK_MONOTONIC")
        case "darwin":
            # CLOCK_MONOTONIC goes on too, but is worked out from the clock on the wall.
            return Clocks("CLOCK_MONOTONIC_RAW", "CLOCK_UPTIME_RAW")
        case "win32":
            # Python's own goes on here, whatever it is made of: ticks until 3.12, the counter since 3.13.
            return Clocks("monotonic", "QueryUnbiasedInterruptTime")
        case _:
            return Clocks("monotonic", "monotonic")


if sys.platform == "win32":
    import ctypes

    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)

    def open_clock(name: str) -> Seconds:
        """The clock of this name, as `clocks_of` gives it for this system."""
        return time.monotonic if name == "monotonic" else _unbiased

    def _unbiased() -> float:
        """Counted in steps of 100 ns, and at most one tick of 16 ms old."""
        count = ctypes.c_ulonglong()
        if not kernel32.QueryUnbiasedInterruptTime(ctypes.byref(count)):
            raise ctypes.WinError(ctypes.get_last_error())
        return count.value / 10_000_000
else:

    def open_clock(name: str) -> Seconds:
        """The clock of this name, as `clocks_of` gives it for this system."""
        if name == "monotonic":
            return time.monotonic
        return partial(time.clock_gettime, getattr(time, name))


def look(wall: Seconds, boot: Seconds, monotonic: Seconds) -> Reading:
    """What the three show at one moment: whoever is held up between them would seem to see the clock set."""
    for _ in range(TRIES):
        started = boot()
        reading = Reading(wall(), started, monotonic())
        if boot() - started < MOMENT:
            break
    return reading


class SystemClock:
    """The machine's clocks, as `engine.ports.Clock` promises them."""

    def __init__(self) -> None:
        clocks = clocks_of(sys.platform)
        self._boot = open_clock(clocks.boot)
        self._monotonic = open_clock(clocks.monotonic)

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 this is the port through which time comes in

    def monotonic(self) -> float:
        return self._monotonic()

    def look(self) -> Reading:
        """All of them, for `core.clocks.compare`."""
        return look(time.time, self._boot, self._monotonic)  # noqa: TID251 as above
