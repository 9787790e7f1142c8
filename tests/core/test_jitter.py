"""How long a run waits after it is due is a hash; the rest is arithmetic."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BERLIN, a_job, at, cron, every, once
from daybell.core.jitter import late_offset, offset, reach
from daybell.core.schedule import Calendar, upcoming
from daybell.model.durations import Duration
from daybell.model.job import Job, Trigger

NOON = at("2026-03-02 12:00")
CALENDAR = Calendar(BERLIN, at("2026-01-01 00:00"))
HOURLY = (cron("0 * * * *"),)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SEED = "machine and user"


def jittered(window: str, mode: str = "stable", *triggers: Trigger, **changes: object) -> Job:
    return a_job(triggers=triggers or HOURLY, jitter=Duration.parse(window), jitter_mode=mode, **changes)


def test_J1_it_stays_the_same_over_versions() -> None:
    """Another value here would move every job's moment after an update."""
    assert offset(jittered("1h"), SEED, NOON, CALENDAR) == timedelta(minutes=13, seconds=31, milliseconds=568)


def test_J1_it_is_the_same_for_each_instant_and_differs_by_job_and_seed() -> None:
    job, other = jittered("1h"), jittered("1h", id="other")
    offsets = [offset(job, SEED, NOON + hours * HOUR, CALENDAR) for hours in range(5)]
    assert len(set(offsets)) == 1
    others = {offset(other, SEED, NOON, CALENDAR), offset(job, "another", NOON, CALENDAR)}
    assert len(others | set(offsets)) == 3


def test_J1_at_random_it_differs_by_instant_and_is_the_same_each_time_it_is_asked() -> None:
    job = jittered("50m", "random")
    offsets = [offset(job, SEED, NOON + hours * HOUR, CALENDAR) for hours in range(50)]
    assert len(set(offsets)) == 50
    assert offsets == [offset(job, SEED, NOON + hours * HOUR, CALENDAR) for hours in range(50)]


@pytest.mark.parametrize("mode", ["stable", "random"])
def test_without_a_window_nothing_waits(mode: str) -> None:
    job = jittered("0s", mode)
    assert offset(job, SEED, NOON, CALENDAR) == late_offset(job, SEED, NOON) == timedelta(0)
    assert reach(job, SEED, NOON, CALENDAR) == NOON


@pytest.mark.parametrize("mode", ["stable", "random"])
def test_a_window_of_a_millisecond_has_no_room(mode: str) -> None:
    assert offset(jittered("1ms", mode), SEED, NOON, CALENDAR) == timedelta(0)


@given(
    st.integers(1, 86_400_000).map(lambda length: Duration(milliseconds=length)),
    st.sampled_from(["stable", "random"]),
    st.text(max_size=9),
    st.integers(0, 10_000).map(lambda hours: NOON + hours * HOUR),
)
def test_J1_it_is_in_whole_milliseconds_and_less_than_its_window(
    window: Duration, mode: str, seed: str, due: datetime
) -> None:
    job = a_job(triggers=HOURLY, jitter=window, jitter_mode=mode)
    found = offset(job, seed, due, CALENDAR)
    assert timedelta(0) <= found < window
    assert found % timedelta(milliseconds=1) == timedelta(0)
    assert timedelta(0) <= late_offset(job, seed, due) < min(window, MINUTE)


@pytest.mark.parametrize(("window", "longest"), [("30s", 30), ("1m", 60), ("1h", 60), ("1d", 60)])
def test_J2_what_is_late_waits_a_minute_at_most(window: str, longest: int) -> None:
    offsets = [late_offset(jittered(window), str(number), NOON) for number in range(200)]
    assert max(offsets) < longest * SECOND
    assert max(offsets) > 0.8 * longest * SECOND
    assert late_offset(jittered(window, "random"), SEED, None) == late_offset(jittered(window), SEED, NOON)


TRIGGERS = st.sampled_from([cron("0 * * * *"), cron("*/10 9-17 * * *"), every("7m"), cron("0 0,1,12 * * *")])


@given(TRIGGERS, st.integers(1, 86_400), st.text(max_size=5))
def test_J1_at_random_what_is_due_first_starts_first_and_before_the_next_is_due(
    trigger: Trigger, seconds: int, seed: str
) -> None:
    job = a_job(triggers=(trigger,), jitter=Duration(seconds=seconds), jitter_mode="random")
    dues = upcoming(job, NOON, CALENDAR, 20)
    starts = [due + offset(job, seed, due, CALENDAR) for due in dues]
    assert all(start < following for start, following in zip(starts, dues[1:], strict=False))


def test_J1_the_last_instant_has_the_whole_window_however_many_runs_are_left() -> None:
    job = jittered("1d", "random", once(NOON))
    assert offset(job, SEED, NOON, CALENDAR) > HOUR
    hourly = jittered("1d", "random", max_runs=1)
    exhausted = Calendar(BERLIN, CALENDAR.since, 0)
    assert offset(hourly, SEED, NOON, exhausted) == offset(hourly, SEED, NOON, CALENDAR) < HOUR


@given(
    TRIGGERS,
    st.integers(1, 7200),
    st.sampled_from(["stable", "random"]),
    st.integers(0, 48 * 3600).map(lambda seconds: NOON + seconds * SECOND),
)
def test_J1_what_is_reached_is_exactly_what_has_waited_long_enough(
    trigger: Trigger, window: int, mode: str, now: datetime
) -> None:
    job = a_job(triggers=(trigger,), jitter=Duration(seconds=window), jitter_mode=mode)
    reached = reach(job, SEED, now, CALENDAR)
    for due in upcoming(job, now - 30 * HOUR, CALENDAR, 60):
        assert (due <= reached) == (due + offset(job, SEED, due, CALENDAR) <= now)


@pytest.mark.parametrize("mode", ["stable", "random"])
def test_J1_how_late_the_newest_of_them_is_counts_from_its_own_moment(mode: str) -> None:
    job = jittered("50m", mode)
    start = NOON + offset(job, SEED, NOON, CALENDAR)
    assert reach(job, SEED, start + 5 * SECOND, CALENDAR) == NOON + 5 * SECOND


def test_J1_where_nothing_was_due_yet_everything_until_now_is_decided() -> None:
    job = jittered("1h", "random", once(NOON))
    assert reach(job, SEED, NOON - HOUR, CALENDAR) == NOON - HOUR
