"""The wait between attempts is a formula."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.core.backoff import next_delay
from daybell.model.durations import Duration
from daybell.model.job import Retry

STEADY = Retry(max_attempts=8, delay=Duration(seconds=1), max_delay=Duration(seconds=30), jitter=False)


def test_R1_the_wait_grows_by_its_factor_up_to_its_longest() -> None:
    waits = [next_delay(STEADY, failures, 0.5) for failures in range(1, 8)]
    assert waits == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 16, 30, 30)]


@pytest.mark.parametrize(
    ("retry", "failures", "seconds"),
    [
        (Retry(), 1, None),
        (Retry(max_attempts=2, jitter=False), 1, 60),
        (Retry(max_attempts=2, jitter=False), 2, None),
        (Retry(max_attempts=3, delay=Duration(minutes=5), multiplier=1, jitter=False), 2, 300),
        (Retry(max_attempts=3, delay=Duration(seconds=2), multiplier=1.5, jitter=False), 2, 3),
        (Retry(max_attempts=3, delay=Duration(hours=2), jitter=False), 1, 3600),
        (Retry(max_attempts=3, delay=Duration(), jitter=False), 2, 0),
        (Retry(max_attempts=5000, jitter=False), 4000, 3600),
    ],
)
def test_R1_after_the_last_attempt_there_is_no_wait(retry: Retry, failures: int, seconds: int | None) -> None:
    """The factor to the power of 3999 is beyond what a float can hold; the longest wait is not."""
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert next_delay(retry, failures, 0) == expected


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 0), (0.25, 2), (0.5, 4)])
def test_R1_with_jitter_chance_says_how_much_of_it_is_waited(chance: float, seconds: int) -> None:
    retry = Retry(max_attempts=9, delay=Duration(seconds=1), max_delay=Duration(seconds=30))
    assert next_delay(retry, 4, chance) == timedelta(seconds=seconds)


@given(
    st.builds(
        Retry,
        max_attempts=st.integers(1, 5000),
        delay=st.integers(0, 10**6).map(lambda seconds: Duration(seconds=seconds)),
        multiplier=st.floats(1, 100),
        max_delay=st.integers(0, 10**6).map(lambda seconds: Duration(seconds=seconds)),
        jitter=st.booleans(),
    ),
    st.integers(1, 5001),
    st.floats(0, 1, exclude_max=True),
)
def test_R1_no_wait_is_negative_or_longer_than_the_longest(
    retry: Retry, failures: int, chance: float
) -> None:
    wait = next_delay(retry, failures, chance)
    assert (wait is None) == (failures >= retry.max_attempts)
    assert wait is None or timedelta(0) <= wait <= retry.max_delay
