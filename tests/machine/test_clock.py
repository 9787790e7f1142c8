import sys
import threading
import time
from collections.abc import Iterator
from itertools import count

import pytest

from builders import at
from daybell.core.clocks import compare
from daybell.machine.clock import TRIES, Clocks, SystemClock, clocks_of, look, open_clock

NOON = at("2026-06-10 12:00").timestamp()
COARSE = 0.02
"""Seconds from one tick to the next, of the coarsest clock."""


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux", Clocks("CLOCK_BOOTTIME", "CLOCK_MONOTONIC")),
        ("darwin", Clocks("CLOCK_MONOTONIC_RAW", "CLOCK_UPTIME_RAW")),
        ("win32", Clocks("monotonic", "QueryUnbiasedInterruptTime")),
        ("freebsd14", Clocks("monotonic", "monotonic")),
    ],
)
def test_each_system_has_a_clock_that_goes_on_asleep_and_one_that_does_not(
    platform: str, expected: Clocks
) -> None:
    assert clocks_of(platform) == expected


def test_the_clocks_of_this_system_tell_the_same_seconds() -> None:
    names = clocks_of(sys.platform)
    for name in (names.boot, names.monotonic, "monotonic"):
        clock, pause, real = open_clock(name), threading.Event(), time.perf_counter
        readings = [real(), clock(), real()]
        pause.wait(0.05)
        readings += [real(), clock(), real()]
        least, most = readings[3] - readings[2], readings[5] - readings[0]
        assert least - COARSE <= readings[4] - readings[1] <= most + COARSE, name


def test_two_looks_in_a_row_find_nothing() -> None:
    clock = SystemClock()
    before, after = clock.look(), clock.look()
    assert before.wall <= after.wall <= time.time()  # noqa: TID251 the clock that the port stands for
    assert before.boot < after.boot
    assert before.monotonic < after.monotonic <= clock.monotonic()
    assert compare(before, after, 0) == ()


def after_a_hold_up(lasting: float, times: int) -> Iterator[float]:
    """Seconds since boot, of a process that is stopped between its first looks at the clocks."""
    now = 100.0
    for number in count():
        yield now
        now += lasting if number % 2 == 0 and number < 2 * times else 0.000_1


def test_clocks_that_were_not_read_in_one_moment_are_read_again() -> None:
    boot = after_a_hold_up(30.0, times=2)
    reading = look(lambda: NOON, lambda: next(boot), lambda: 5.0)
    assert (reading.wall, round(reading.boot), reading.monotonic) == (NOON, 160, 5.0)


def test_a_machine_that_is_always_slow_is_read_all_the_same() -> None:
    boot = after_a_hold_up(1.0, times=TRIES + 1)
    assert look(lambda: NOON, lambda: next(boot), lambda: 5.0).boot == pytest.approx(
        100 + TRIES - 1, abs=0.01
    )
