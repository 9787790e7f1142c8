import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from builders import at
from daybell.core.clocks import ClockStepped, Finding, Froze, Reading, Slept
from daybell.machine.clock_watch import ClockWatch

BEAT = 15.0


def readings(*moments: tuple[float, float, float]) -> Iterator[Reading]:
    """Of clocks that all showed zero once: wall, boot and monotonic."""
    for wall, boot, monotonic in moments:
        yield Reading(at("2026-06-10 12:00").timestamp() + wall, boot, monotonic)


def heard(*moments: tuple[float, float, float]) -> list[Finding]:
    """What a watch tells that is asked at these moments."""
    told: list[Finding] = []
    shown = readings(*moments)
    watch = ClockWatch(lambda: next(shown), told.append)
    for _ in moments:
        watch.beat(BEAT)
    return told


def test_the_first_look_has_nothing_to_compare_with() -> None:
    assert heard((9e8, 7e7, 5e6)) == []


def test_each_look_is_compared_with_the_one_before_so_that_nothing_is_told_twice() -> None:
    asleep, awake = (10_815.0, 10_815.0, 15.0), (10_830.0, 10_830.0, 30.0)
    assert heard((0, 0, 0), asleep, awake) == [Slept(timedelta(hours=3))]


def test_it_is_told_in_order_what_happened_at_once() -> None:
    both = (10_815.0 - 7200, 10_815.0, 15.0)
    assert heard((0, 0, 0), both) == [Slept(timedelta(hours=3)), ClockStepped(timedelta(hours=-2))]


def test_one_that_is_not_heard_goes_on_all_the_same() -> None:
    def refuse(finding: Finding) -> None:
        raise ValueError("no luck")

    shown = readings((0, 0, 0), (3600, 15, 15), (3615, 30, 30))
    watch = ClockWatch(lambda: next(shown), refuse)
    watch.beat(BEAT)
    with pytest.raises(ValueError, match="no luck"):
        watch.beat(BEAT)
    watch.beat(BEAT)


@pytest.mark.parametrize(
    ("moment", "line"),
    [
        ((10_815.4, 10_815.4, 15.0), "the machine slept for 3h"),
        ((75.2, 75.2, 75.2), "Daybell was held up for 1m"),
        ((-3585.0, 15.0, 15.0), "the clock was set back by 1h"),
        ((3615.0, 15.0, 15.0), "the clock was set forward by 1h"),
    ],
)
def test_the_log_says_it_in_words(
    caplog: pytest.LogCaptureFixture, moment: tuple[float, float, float], line: str
) -> None:
    with caplog.at_level(logging.INFO):
        heard((0, 0, 0), moment)
    assert caplog.messages == [line]


def test_a_freeze_is_measured_by_how_soon_it_was_to_be_asked() -> None:
    told: list[Finding] = []
    shown = readings((0, 0, 0), (16, 16, 16))
    watch = ClockWatch(lambda: next(shown), told.append)
    watch.beat(BEAT)
    watch.beat(1.0)
    assert told == [Froze(timedelta(seconds=15))]
