"""What every `engine.ports.Clock` keeps to."""

from datetime import timedelta

import pytest

from daybell.engine.ports import Clock
from daybell.machine.clock import SystemClock


@pytest.fixture(params=[SystemClock], ids=["system"])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_now_is_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta()


def test_monotonic_never_goes_back(clock: Clock) -> None:
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)
