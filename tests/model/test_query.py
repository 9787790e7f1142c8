"""A question to the history decides about each run, and a place in it never changes."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_run, at
from daybell.model.query import Place, Row, RunQuery, month_of
from daybell.model.run import Run

NOON = at("2026-03-01 12:00")
MINUTE = timedelta(minutes=1)
RUN = a_run(started=NOON, due=NOON - 3 * MINUTE, finished=NOON + 5 * MINUTE, outcome="failed")
GAP = a_run(
    started=None,
    due=NOON - 5 * MINUTE,
    due_to=NOON,
    finished=NOON + 9 * MINUTE,
    outcome="missed",
    cause="catch_up",
)
BY_HAND = a_run(started=None, due=None, finished=NOON, outcome="skipped", cause="manual")
WAITING = a_run(started=None, due=None, finished=None, outcome=None, cause="manual")


@pytest.mark.parametrize(
    ("query", "run", "expected"),
    [
        (RunQuery(), WAITING, True),
        (RunQuery(job_id="backup"), RUN, True),
        (RunQuery(job_id="mail"), RUN, False),
        (RunQuery(outcomes=frozenset({"failed", "timed_out"})), RUN, True),
        (RunQuery(outcomes=frozenset({"succeeded"})), RUN, False),
        (RunQuery(outcomes=frozenset({"succeeded"})), WAITING, False),
        (RunQuery(causes=frozenset({"manual"})), WAITING, True),
        (RunQuery(causes=frozenset({"manual"})), RUN, False),
        (RunQuery(text="whatever it printed"), RUN, True),
    ],
)
def test_it_is_matched_by_what_the_run_tells(query: RunQuery, run: Run, *, expected: bool) -> None:
    assert query.matches(run) is expected


@pytest.mark.parametrize(
    ("run", "first", "last"),
    [
        (RUN, NOON, NOON),
        (GAP, NOON - 5 * MINUTE, NOON),
        (a_run(started=None, due=NOON), NOON, NOON),
        (BY_HAND, NOON, NOON),
    ],
    ids=["when it started", "all the time of a gap", "when it was due", "when it was decided"],
)
def test_it_is_of_the_time_when_it_happened(run: Run, first: datetime, last: datetime) -> None:
    for moment in (NOON + step * MINUTE for step in range(-9, 10)):
        assert RunQuery(since=moment).matches(run) is (moment <= last)
        assert RunQuery(until=moment).matches(run) is (moment > first)


def test_what_waits_without_having_been_due_is_of_now() -> None:
    assert RunQuery(since=NOON).matches(WAITING)
    assert not RunQuery(until=NOON).matches(WAITING)


@given(st.from_regex(r"[0-9]{4}-[0-9]{2}|unknown", fullmatch=True), st.integers(0, 10**17))
def test_a_place_comes_back_from_its_text(month: str, number: int) -> None:
    place = Place(month, number)
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11",
        "2026-11.",
        "2026-11.x",
        "2026-11.-1",
        "2026-1.5",
        "../etc.5",
        "2026-11.5\n",
        "2026-11.²",
    ],
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a place in the history"):
        Place.parse(text)


def test_places_are_ordered_by_month_and_then_by_number() -> None:
    february = a_run(finished=at("2026-02-28 23:59"))
    assert Row(9, february).place < Row(2, RUN).place < Row(10, RUN).place
    assert month_of(WAITING) == "unknown"
