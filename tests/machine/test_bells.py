import sys
import threading
import time

import pytest

from daybell.core.catchup import LATE
from daybell.core.clocks import SMALLEST_STEP
from daybell.machine import bells
from daybell.machine.bells import Bell, PlainBell, open_bell

LONG = 20.0
"""Seconds; a test that waits so long has failed."""
FASTEST_SLEW = 1 / 12


@pytest.fixture(params=[PlainBell, open_bell])
def bell(request: pytest.FixtureRequest) -> Bell:
    made: Bell = request.param()
    return made


def waited(bell: Bell, seconds: float) -> float:
    start = time.monotonic()
    bell.wait(seconds)
    return time.monotonic() - start


def test_a_wait_lasts_as_long_as_it_was_told(bell: Bell) -> None:
    assert 0.05 <= waited(bell, 0.05) < LONG
    assert waited(bell, 0.0) < LONG


def test_one_that_was_set_before_waits_for_nothing_once(bell: Bell) -> None:
    bell.set()
    bell.set()
    assert bell.is_set()
    assert waited(bell, LONG) < LONG
    bell.clear()
    assert not bell.is_set()
    assert waited(bell, 0.05) >= 0.05


def test_it_is_rung_from_another_thread(bell: Bell) -> None:
    waiting = threading.Thread(target=bell.wait, args=(10 * LONG,))
    waiting.start()
    bell.set()
    waiting.join(LONG)
    assert not waiting.is_alive()


def test_centuries_are_no_trouble(bell: Bell) -> None:
    bell.set()
    assert waited(bell, threading.TIMEOUT_MAX) < LONG


def test_without_a_word_from_the_kernel_an_alarm_is_on_time_after_a_wake() -> None:
    assert PlainBell().beat < LATE.total_seconds()


def test_a_clock_that_is_slewed_from_beat_to_beat_is_not_taken_for_one_that_was_set(bell: Bell) -> None:
    assert bell.beat * FASTEST_SLEW < SMALLEST_STEP


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells that the clock moved")


@linux
def test_where_the_kernel_cannot_tell_the_clock_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Bell:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(bells, "ClockBell", refuse)
    assert isinstance(open_bell(), PlainBell)


def set_to_what_it_shows() -> None:
    """For the kernel the clock was set, though it shows the same."""
    try:
        time.clock_settime(time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME))
    except PermissionError:
        pytest.skip("only the superuser may set the clock")


@linux
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_wait_ends_when_the_clock_is_set(when: str) -> None:
    bell = open_bell()
    bell.wait(0.0)
    waiting = threading.Thread(target=bell.wait, args=(10 * LONG,))
    if when == "before":
        set_to_what_it_shows()
        waiting.start()
    else:
        waiting.start()
        set_to_what_it_shows()
    waiting.join(LONG)
    assert not waiting.is_alive()
