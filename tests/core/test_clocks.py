from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import at
from daybell.core.clocks import (
    SHORTEST_FREEZE,
    SHORTEST_SLEEP,
    SMALLEST_STEP,
    ClockStepped,
    Finding,
    Froze,
    Reading,
    Slept,
    compare,
)

BEAT = timedelta(seconds=15)
WITHIN = BEAT.total_seconds()
NONE = timedelta(0)
ROUNDING = 0.001
BEFORE = Reading(at("2026-06-10 12:00").timestamp(), 5_000.25, 3_000.75)


def later(
    awake: timedelta, slept: timedelta = NONE, stepped: timedelta = NONE, before: Reading = BEFORE
) -> Reading:
    """What the clocks show after so much of each."""
    return Reading(
        before.wall + (awake + slept + stepped).total_seconds(),
        before.boot + (awake + slept).total_seconds(),
        before.monotonic + awake.total_seconds(),
    )


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(later(BEAT), (), id="nothing"),
        pytest.param(later(NONE), (), id="asked again at once"),
        pytest.param(later(BEAT + seconds(4.9)), (), id="a busy machine"),
        pytest.param(later(BEAT, stepped=seconds(1.3)), (), id="slewed forward"),
        pytest.param(later(BEAT, stepped=-seconds(1.3)), (), id="slewed back"),
        pytest.param(later(BEAT, slept=seconds(1.9)), (), id="clocks that are not of one moment"),
        pytest.param(later(seconds(3), slept=hours(3)), (Slept(hours(3)),), id="asleep"),
        pytest.param(later(BEAT + seconds(20)), (Froze(seconds(20)),), id="stopped"),
        pytest.param(later(BEAT, stepped=hours(1)), (ClockStepped(hours(1)),), id="set forward"),
        pytest.param(later(BEAT, stepped=-hours(1)), (ClockStepped(-hours(1)),), id="set back"),
        pytest.param(
            later(BEAT, stepped=timedelta(days=366)), (ClockStepped(timedelta(days=366)),), id="by a year"
        ),
        pytest.param(
            later(BEAT, hours(8), -hours(9)),
            (Slept(hours(8)), ClockStepped(-hours(9))),
            id="set while asleep",
        ),
        pytest.param(
            later(BEAT + hours(1), hours(8), hours(2)),
            (Slept(hours(8)), Froze(hours(1)), ClockStepped(hours(2))),
            id="all at once",
        ),
    ],
)
def test_sleep_freeze_and_step_are_told_apart(after: Reading, expected: tuple[Finding, ...]) -> None:
    assert compare(BEFORE, after, WITHIN) == expected


def test_a_freeze_counts_from_when_the_look_should_have_come() -> None:
    assert compare(BEFORE, later(seconds(16)), 1) == (Froze(seconds(15)),)
    assert compare(BEFORE, later(seconds(16)), WITHIN) == ()


def test_where_no_clock_stands_still_a_sleep_looks_like_a_step() -> None:
    before = Reading(BEFORE.wall, 3_000.0, 3_000.0)
    after = Reading(BEFORE.wall + (hours(3) + BEAT).total_seconds(), 3_015.0, 3_015.0)
    assert compare(before, after, WITHIN) == (ClockStepped(hours(3)),)


def lengths(most: timedelta) -> st.SearchStrategy[timedelta]:
    return st.timedeltas(min_value=NONE, max_value=most)


@given(
    wait=lengths(BEAT),
    late=lengths(hours(48)),
    slept=lengths(timedelta(days=400)),
    stepped=st.timedeltas(min_value=timedelta(days=-700), max_value=timedelta(days=700)),
    uptime=st.floats(min_value=0, max_value=3e8),
)
def test_each_is_measured_whatever_the_others_are(
    wait: timedelta, late: timedelta, slept: timedelta, stepped: timedelta, uptime: float
) -> None:
    before = Reading(BEFORE.wall, uptime * 2, uptime)
    after = later(wait + late, slept, stepped, before)
    found = {type(finding): finding for finding in compare(before, after, wait.total_seconds())}
    for length, least, kind in (
        (slept, SHORTEST_SLEEP, Slept),
        (late, SHORTEST_FREEZE, Froze),
        (stepped, SMALLEST_STEP, ClockStepped),
    ):
        match found.get(kind):
            case None:
                assert abs(length.total_seconds()) < least + ROUNDING
            case Slept(measured) | Froze(measured) | ClockStepped(measured):
                assert abs(length.total_seconds()) > least - ROUNDING
                assert abs(measured - length).total_seconds() < ROUNDING
