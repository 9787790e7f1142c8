"""What goes is old or too much, and never the newest."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import at
from daybell.core.retention import Cut, month, oldest, oldest_end
from daybell.model.job import Keep
from daybell.model.query import UNKNOWN, Place
from daybell.model.settings import Retention

NOW = at("2026-11-21 16:30")
MARCH = at("2026-03-10 12:00")


@pytest.mark.parametrize(
    ("keep", "retention", "expected"),
    [
        (Keep(), Retention(), at("2025-10-17 00:00")),
        (Keep(), Retention(days=1), at("2026-11-20 00:00")),
        (Keep(days=7), Retention(days=1), at("2026-11-14 00:00")),
        (Keep(days=7), Retention(days=None), at("2026-11-14 00:00")),
        (Keep(runs=7), Retention(days=None), None),
        (Keep(days=36500), Retention(), at("1926-12-16 00:00")),
    ],
)
def test_a_job_s_own_age_counts_before_that_of_the_settings(
    keep: Keep, retention: Retention, expected: datetime | None
) -> None:
    assert oldest_end(keep, retention, NOW) == expected


def test_age_changes_once_a_day_wherever_that_is() -> None:
    east = datetime.fromisoformat("2026-11-21T23:59+00:00"), datetime.fromisoformat("2026-11-22T09:00+10:00")
    assert {oldest_end(Keep(), Retention(), moment) for moment in east} == {at("2025-10-17 00:00")}


@pytest.mark.parametrize(
    ("cut", "number", "finished", "goes"),
    [
        (Cut(9), 1, MARCH, False),
        (Cut(9, before=MARCH), 8, MARCH - timedelta(microseconds=1), True),
        (Cut(9, before=MARCH), 8, MARCH, False),
        (Cut(9, before=MARCH), 8, None, False),
        (Cut(9, before=NOW), 9, MARCH, False),
        (Cut(9, before=NOW), 10, MARCH, False),
        (Cut(9, below=5), 4, NOW, True),
        (Cut(9, below=5), 5, NOW, False),
        (Cut(9, below=20), 9, MARCH, False),
        (Cut(9, behind=Place("2026-03", 5)), 4, MARCH, True),
        (Cut(9, behind=Place("2026-03", 5)), 5, MARCH, False),
        (Cut(9, behind=Place("2026-03", 5)), 4, NOW, False),
        (Cut(9, behind=Place("2026-03", 5)), 8, at("2026-02-28 23:59"), True),
        (Cut(9, behind=Place("2026-03", 5)), 4, None, False),
    ],
)
def test_what_is_too_old_or_too_much_goes(
    cut: Cut, number: int, finished: datetime | None, *, goes: bool
) -> None:
    assert cut.takes(number, finished) is goes


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        (Cut(9), False),
        (Cut(5, below=9), False),
        (Cut(9, below=6), True),
        (Cut(9, below=5), False),
        (Cut(9, before=at("2026-03-01 00:00")), True),
        (Cut(9, before=at("2026-02-28 23:59")), False),
        (Cut(9, behind=Place("2026-03", 6)), True),
        (Cut(9, behind=Place("2026-03", 5)), False),
    ],
)
def test_a_file_of_which_nothing_goes_is_passed_over(cut: Cut, *, expected: bool) -> None:
    assert cut.reaches("2026-03", 5) is expected


ends = st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 1)).map(  # noqa: DTZ001 - its zone follows
    lambda moment: moment.replace(tzinfo=MARCH.tzinfo)
)
places = st.builds(Place, st.sampled_from(["2026-01", "2026-03", UNKNOWN]), st.integers(0, 30))
cuts = st.builds(Cut, st.integers(1, 30), ends, st.integers(0, 30), st.none() | places)


@given(cuts, st.integers(1, 30), st.integers(0, 30), ends)
def test_a_file_that_is_passed_over_has_nothing_that_goes(
    cut: Cut, first: int, further: int, finished: datetime | None
) -> None:
    if cut.takes(first + further, finished):
        assert cut.reaches(month(finished), first)


@pytest.mark.parametrize(
    ("excess", "expected"),
    [(-1, []), (0, []), (1, ["20260101"]), (5, ["20260101"]), (6, ["20260101", "20260102", "20260103"])],
)
def test_the_oldest_that_are_enough_go(excess: int, expected: list[str]) -> None:
    assert oldest({"20260103": 9, "20260101": 5, "20260102": 0}, excess) == expected


@given(st.dictionaries(st.text(max_size=2), st.integers(0, 9)), st.integers(-5, 60))
def test_no_more_goes_than_is_needed(sizes: Mapping[str, int], excess: int) -> None:
    going = oldest(sizes, excess)
    assert going == sorted(sizes)[: len(going)]
    assert sum(sizes[name] for name in going) >= min(excess, sum(sizes.values()))
    assert sum(sizes[name] for name in going[:-1]) < max(excess, 1)
