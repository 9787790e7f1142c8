"""The newest rows are answered from memory only while nobody can doubt that they are the newest."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from daybell.model.events import Numbered, RunFinished
from daybell.model.query import Row, RunQuery
from daybell.model.run import Run
from daybell.store.history import RunHistory
from daybell.store.tail import MOST, Tail

MARCH, APRIL = datetime(2026, 3, 31, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def row(number: int, finished: datetime = MARCH) -> Row:
    run = Run(run_id=f"r{number}", job_id="backup", cause="manual", outcome="succeeded", finished=finished)
    return Row(number, run)


def numbers(rows: list[Row] | None) -> list[int] | None:
    return None if rows is None else [one.number for one in rows]


@pytest.mark.parametrize(
    ("there", "added", "expected"),
    [
        ([], [], None),
        ([], [row(1), row(2), row(3)], [3, 2]),
        ([row(2), row(1)], [row(5)], [5, 2]),
        ([row(2), None, row(1)], [], None),
        ([row(2), None, row(1)], [row(3)], [3, 2]),
        ([row(2), row(2), row(1)], [], None),
        ([row(3), row(2, APRIL), row(1)], [row(4)], [4, 3]),
        ([row(2), row(1)], [row(3, APRIL), row(4, APRIL)], None),
        ([row(2), row(1)], [row(1)], None),
    ],
    ids=["empty", "added", "found", "damaged", "damaged before", "twice", "set back", "later", "again"],
)
def test_the_two_newest_of_march(
    there: list[Row | None], added: list[Row], expected: list[int] | None
) -> None:
    tail = Tail(there)
    for one in added:
        tail.add(one)
    assert numbers(tail.newest(2, "2026-03")) == expected


def test_it_keeps_no_more_than_it_should() -> None:
    tail = Tail([])
    for number in range(1, 2 * MOST):
        tail.add(row(number))
    assert numbers(tail.newest(MOST, "2026-03")) == list(range(2 * MOST - 1, MOST - 1, -1))
    assert tail.newest(MOST + 1, "2026-03") is None


def test_what_was_left_out_is_not_answered_from_memory(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    for one in (row(1), row(2), row(3)):
        history.add(Numbered(one.number, RunFinished(at=MARCH, run=one.run)))
    for path in (*history.files("backup"), history.recent):
        history.leave_out(path, lambda one: one.number == 2, lambda: None)
    assert numbers(list(history.select(RunQuery(limit=2)))) == [3, 1]
    assert numbers(list(history.select(RunQuery(limit=1)))) == [3]
