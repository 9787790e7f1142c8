"""A history answers as if it looked at all its rows, one by one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from daybell.engine.memory import MemoryHistory
from daybell.engine.ports import History
from daybell.model.events import JobDefined, Numbered, SchedulerStopped
from daybell.model.query import Row, RunQuery
from daybell.store.history import RunHistory
from pasts import FIRST, answer, numbered, pasts, queries

DAY = timedelta(days=1)
MEMORY = Path("/dev/shm")
KEPT = 8
"""Rows in the file of all jobs: few, so that there are more in the others."""
BLOCK = 700
"""Bytes that are read at once: about two rows."""
UNHURRIED = settings(deadline=None, max_examples=60)
Open = Callable[[], History]
Home = Callable[[], AbstractContextManager[Open]]


@contextmanager
def in_memory() -> Iterator[Open]:
    history = MemoryHistory()
    yield lambda: history


@contextmanager
def in_files() -> Iterator[Open]:
    """Opened anew, it has nothing but its files."""
    with (
        TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as directory,
        patch("daybell.store.lines.BLOCK", BLOCK),
        patch("daybell.store.rows.BLOCK", BLOCK),
        patch("daybell.store.history.KEPT", KEPT),
    ):
        yield lambda: RunHistory(Path(directory))


@pytest.fixture(params=[in_memory, in_files], scope="module")
def home(request: pytest.FixtureRequest) -> Home:
    made: Home = request.param
    return made


def fill(history: History, rows: Sequence[Row]) -> None:
    for row in rows:
        history.add(numbered(row))


@UNHURRIED
@given(rows=pasts(), query=queries())
def test_it_finds_what_a_look_at_each_row_would_find(home: Home, rows: list[Row], query: RunQuery) -> None:
    with home() as opened:
        fill(opened(), rows)
        assert list(opened().select(query)) == answer(rows, query)[: query.limit]


@UNHURRIED
@given(rows=pasts(), query=queries(), later=st.data())
def test_a_row_that_may_be_written_later_is_found_at_once(
    home: Home, rows: list[Row], query: RunQuery, later: st.DataObject
) -> None:
    with home() as opened:
        history = opened()
        for row in rows:
            history.add(numbered(row), later=later.draw(st.booleans()))
        assert list(history.select(query)) == answer(rows, query)[: query.limit]
        history.add(Numbered(1 + len(rows), SchedulerStopped(at=FIRST)))
        assert list(opened().select(query)) == answer(rows, query)[: query.limit]


@UNHURRIED
@given(rows=pasts(), later=pasts(9), page=queries())
def test_pages_hold_each_row_once_though_others_are_added_meanwhile(
    home: Home, rows: list[Row], later: list[Row], page: RunQuery
) -> None:
    whole, last = answer(rows, page), max((row.number for row in rows), default=0)
    coming = iter([replace(row, number=row.number + last) for row in later])
    with home() as opened:
        fill(history := opened(), rows)
        seen: list[Row] = []
        while found := history.select(page):
            seen += found
            page = replace(page, after=seen[-1].place)
            fill(history, [row for row, _ in zip(coming, range(3), strict=False)])
    places = [row.place for row in seen]
    assert places == sorted(set(places), reverse=True)
    assert [row for row in seen if row.number <= last] == whole


@UNHURRIED
@given(rows=pasts(), query=queries(), start=st.data())
def test_a_page_may_begin_anywhere(
    home: Home, rows: list[Row], query: RunQuery, start: st.DataObject
) -> None:
    places = [row.place for row in rows]
    behind = [replace(place, number=place.number + 1) for place in places]
    after = start.draw(st.sampled_from([None, *places, *behind]))
    query = replace(query, after=after)
    with home() as opened:
        fill(opened(), rows)
        assert list(opened().select(query)) == answer(rows, query)[: query.limit]


@UNHURRIED
@given(rows=pasts())
def test_a_run_is_found_by_its_id(home: Home, rows: list[Row]) -> None:
    with home() as opened:
        fill(opened(), rows)
        for row in rows[:: max(1, len(rows) // 5)]:
            assert opened().find(row.run.run_id) == row.run
        assert opened().find("gone") is None


@UNHURRIED
@given(rows=pasts(), again=st.data())
def test_what_is_added_again_is_there_once(home: Home, rows: list[Row], again: st.DataObject) -> None:
    with home() as opened:
        fill(opened(), rows)
        first = again.draw(st.integers(0, len(rows)))
        fill(history := opened(), rows[first:])
        assert list(history.select(RunQuery(limit=1000))) == answer(rows, RunQuery())


def test_a_definition_is_found_by_its_job_and_digest(home: Home) -> None:
    event = JobDefined(at=FIRST, job_id="backup", digest="a1", definition={"enabled": False})
    with home() as opened:
        history = opened()
        history.add(Numbered(1, event))
        history.add(Numbered(1, event))
        assert opened().definition("backup", "a1") == {"enabled": False}
        assert opened().definition("mail", "a1") is None
        assert opened().definition("backup", "a2") is None
        assert list(opened().select(RunQuery())) == []


def test_edits_come_back_the_latest_first_and_each_return_is_one(home: Home) -> None:
    events = [
        Numbered(number, JobDefined(at=FIRST + number * DAY, job_id=job_id, digest=digest, definition={}))
        for number, digest, job_id in [
            (1, "a", "backup"),
            (2, "b", "backup"),
            (3, "x", "mail"),
            (4, "b", "backup"),
            (5, "a", "backup"),
        ]
    ]
    with home() as opened:
        for again in (0, 2, 4):  # the journal may give them again
            history = opened()
            for event in events[again:]:
                history.add(event)
        edits = opened().definitions("backup", 9)
        assert [(edit.digest, edit.since) for edit in edits] == [
            ("a", FIRST + 5 * DAY),
            ("b", FIRST + 2 * DAY),
            ("a", FIRST + 1 * DAY),
        ]
        assert list(opened().definitions("backup", 2)) == list(edits[:2])
        assert list(opened().definitions("gone", 9)) == []
