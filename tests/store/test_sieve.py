"""What the sieve drops is never meant, and what it keeps is little."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings

from builders import a_run, at
from daybell.model.query import Row, RunQuery
from daybell.model.run import Run
from daybell.store.rows import encode_rows
from daybell.store.sieve import mark_of_run, marks_of, sifted
from pasts import pasts, queries

NOON = at("2026-03-15 12:00")
DAY = timedelta(days=1)


def block_of(*runs: Run) -> bytes:
    """As a file has them, without the last line end."""
    return encode_rows([Row(number, run) for number, run in enumerate(runs, 1)])[:-1]


def kept(query: RunQuery, *runs: Run) -> list[int]:
    """The numbers of the lines that are kept."""
    lines = [*sifted(block_of(*runs), marks_of(query))]
    return [msgspec.json.decode(line)["number"] for line in lines if line]


@settings(deadline=None)
@given(rows=pasts(), query=queries())
def test_each_row_that_matches_is_kept_once_in_the_order_of_the_last_first(
    rows: list[Row], query: RunQuery
) -> None:
    found = kept(query, *(row.run for row in rows))
    assert found == sorted(set(found), reverse=True)
    assert {number for number, row in enumerate(rows, 1) if query.matches(row.run)} <= set(found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (RunQuery(), [3, 2, 1]),
        (RunQuery(outcomes=frozenset({"failed"})), [2]),
        (RunQuery(outcomes=frozenset({"failed", "timed_out"})), [3, 2]),
        (RunQuery(causes=frozenset({"manual"})), [3, 1]),
        (RunQuery(causes=frozenset({"manual"}), outcomes=frozenset({"timed_out"})), [3]),
        (RunQuery(causes=frozenset({"event"}), outcomes=frozenset({"failed"})), []),
        (RunQuery(causes=frozenset({"manual"}), outcomes=frozenset({"failed"})), []),
    ],
)
def test_what_has_another_outcome_or_cause_is_dropped(query: RunQuery, expected: Collection[int]) -> None:
    traps = '"outcome":"failed"', '{"outcome":"failed","cause":"event"}'
    runs = [a_run(cause="manual", error=trap) for trap in traps[:1]]
    runs += [a_run(outcome="failed"), a_run(outcome="timed_out", cause="manual", reason=traps[1])]
    assert kept(query, *runs) == expected


@pytest.mark.parametrize(
    "moment", [NOON, at("2026-01-01 00:00"), at("2025-12-31 23:59"), at("2029-09-09 09:00")]
)
def test_what_started_more_than_a_day_apart_is_dropped(moment: datetime) -> None:
    days = [*range(-400, 400, 7), *range(-3, 4)]
    runs = [a_run(started=moment + day * DAY) for day in days]
    since = {days[number - 1] for number in kept(RunQuery(since=moment), *runs)}
    until = {days[number - 1] for number in kept(RunQuery(until=moment), *runs)}
    assert {day for day in days if day >= 0} <= since <= {day for day in days if day >= -2}
    assert {day for day in days if day < 0} <= until <= {day for day in days if day <= 2}


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_there_are_no_days_beyond_the_calendar(moment: datetime) -> None:
    run = a_run(started=moment)
    assert kept(RunQuery(since=moment), run) == [1]
    assert kept(RunQuery(until=moment), run) == [1]


def test_a_line_that_has_a_mark_twice_is_one_line() -> None:
    line = b'{"attempts":[{"outcome":"failed"},{"outcome":"failed"}],"outcome":"failed"}'
    block = b"\n".join([line, b"{}", line])
    assert [*sifted(block, marks_of(RunQuery(outcomes=frozenset({"failed"}))))] == [line, line]


def test_a_run_is_known_by_its_id_alone() -> None:
    block = block_of(a_run(run_id='a"b'), a_run(run_id="ab"), a_run(run_id="c", follows="ab", retry_of="ab"))
    assert len([*sifted(block, [mark_of_run("ab")])]) == 1
    assert len([*sifted(block, [mark_of_run('a"b')])]) == 1
    assert [*sifted(block, [mark_of_run("b")])] == []
