"""Figures about runs: only what says something of the command counts as success or failure."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BERLIN, a_run, at
from daybell.core.summaries import MOST_DAYS, TIMED, Day, Summary, daily, hours, percentile, summarised
from daybell.model.run import Run

START = at("2026-01-03 02:30")


def took(milliseconds: int, outcome: str = "succeeded") -> Run:
    return a_run(started=START, finished=START + timedelta(milliseconds=milliseconds), outcome=outcome)


def test_of_no_runs_nothing_is_said() -> None:
    open_run = a_run(finished=None, outcome=None)
    assert summarised([open_run]) == Summary(0, {}, None, None, None)


def test_outcomes_are_counted_and_only_the_commands_own_are_judged() -> None:
    never = [a_run(started=None, outcome=outcome) for outcome in ("skipped", "missed")]
    runs = [took(10), took(20), took(30), took(40, "failed"), took(9, "cancelled"), *never]
    assert summarised(runs) == Summary(
        runs=7,
        outcomes={"cancelled": 1, "failed": 1, "missed": 1, "skipped": 1, "succeeded": 3},
        success_rate=0.75,
        duration_p50_ms=20,
        duration_p95_ms=40,
    )


def test_only_the_newest_runs_are_timed() -> None:
    summary = summarised([*[took(1)] * TIMED, *[took(99)] * TIMED])
    assert (summary.runs, summary.duration_p95_ms) == (2 * TIMED, 1)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([7], 50, 7),
        ([7], 95, 7),
        ([1, 2], 50, 1),
        ([1, 2, 3], 50, 2),
        ([*range(1, 101)], 95, 95),
    ],
)
def test_percentiles(values: list[int], percent: int, expected: int | None) -> None:
    assert percentile(values, percent) == expected


@given(st.lists(st.integers(0, 99), min_size=1).map(sorted), st.integers(1, 100))
def test_a_percentile_is_the_smallest_that_is_not_exceeded_by_more(values: list[int], percent: int) -> None:
    found = percentile(values, percent)
    assert found is not None
    assert 100 * sum(value <= found for value in values) >= percent * len(values)
    assert 100 * sum(value < found for value in values) < percent * len(values)


def test_starts_are_counted_by_the_hour_of_the_wall() -> None:
    starts = [
        at("2026-03-29 00:30"),
        at("2026-03-29 01:30"),
        at("2026-07-01 21:59:59"),
        at("2026-07-01 22:00"),
    ]
    counts = hours([*(a_run(started=start) for start in starts), a_run(started=None)], BERLIN)
    assert len(counts) == 24
    assert {hour: count for hour, count in enumerate(counts) if count} == {0: 1, 1: 1, 3: 1, 23: 1}


def test_each_day_tells_how_its_runs_went_also_one_without_any() -> None:
    since, until = (at(day).astimezone(BERLIN) for day in ("2026-01-02 23:30", "2026-01-05 12:00"))
    runs = [
        a_run(started=at("2026-01-02 23:45")),
        a_run(started=at("2026-01-03 08:00"), outcome="failed"),
        a_run(started=at("2026-01-03 08:00"), outcome="timed_out"),
        a_run(started=None, due=at("2026-01-03 08:00"), due_to=at("2026-01-05 08:00"), outcome="missed"),
        a_run(started=at("2026-01-05 08:00"), outcome="cancelled"),
        a_run(started=at("2026-01-05 11:59"), finished=None, outcome=None),
    ]
    assert daily(runs, since, until) == [
        Day("2026-01-03", 1, 2, 1),
        Day("2026-01-04", 0, 0, 0),
        Day("2026-01-05", 0, 0, 1),
    ]


def test_of_many_days_the_last_are_told() -> None:
    until = at("2026-03-31 12:00")
    days = daily([a_run()], until - timedelta(days=400), until)
    assert (len(days), days[0].date, days[-1].date) == (MOST_DAYS, "2026-03-01", "2026-03-31")
    assert sum(day.succeeded for day in days) == 0
