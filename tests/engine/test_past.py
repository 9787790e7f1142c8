"""Pages of the past: the open runs first, and only what printed what is looked for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import BERLIN, a_run, at, no_statistics
from daybell.engine.memory import MemoryHistory, VirtualClock
from daybell.engine.past import PATIENCE, Past
from daybell.engine.registry import JobRegistry, Snapshot, Whole
from daybell.model.errors import JobNotFound, RunNotFound
from daybell.model.events import Numbered, RunFinished
from daybell.model.query import RunPage, RunQuery
from daybell.model.run import Run
from daybell.model.status import JobStatus

NOW = at("2026-03-02 12:00")


class Outputs:
    """What runs have printed. To look into one takes a second."""

    def __init__(self, clock: VirtualClock) -> None:
        self.printed: dict[str, str] = {}
        self.looks = 0
        self._clock = clock

    def path(self, job_id: str, run_id: str) -> Path:
        return Path(job_id, run_id)

    def has_text(self, job_id: str, run_id: str, text: str) -> bool:
        self.looks += 1
        self._clock.advance_to(self._clock.now() + timedelta(seconds=1))
        return text in self.printed.get(run_id, "")


class World:
    """One job, `backup`, and whatever runs a test adds."""

    def __init__(self) -> None:
        clock = VirtualClock(NOW)
        self.history, self.logs, self._registry = MemoryHistory(), Outputs(clock), JobRegistry()
        self.past = Past(self._registry, self.history, self.logs, clock)
        self.runs(())

    def runs(self, open_runs: tuple[Run, ...]) -> None:
        """These have not ended, the oldest first."""
        status = JobStatus(id="backup", name="Backup", state="idle", schedule="", next_run=None)
        whole = Whole("running", BERLIN, no_statistics())
        self._registry.publish([Snapshot(status, None)], (), open_runs, (), whole)

    def ended(self, *runs: Run) -> None:
        for number, run in enumerate(runs, 1):
            self.history.add(Numbered(number, RunFinished(at=NOW, run=run)))

    def pages(self, query: RunQuery) -> Iterator[RunPage]:
        yield (page := self.past.page(query))
        while page.next is not None:
            yield (page := self.past.page(replace(query, after=page.next)))


@pytest.fixture
def world() -> World:
    return World()


def some(count: int) -> list[Run]:
    return [a_run(run_id=f"r{number}", log=f"r{number}.log") for number in range(1, count + 1)]


def ids(page: RunPage) -> list[str]:
    return [run.run_id for run in page.runs]


def unfinished(name: str, job_id: str = "backup") -> Run:
    return a_run(run_id=name, job_id=job_id, finished=None, outcome=None, log=f"{name}.log")


def test_open_runs_stand_before_the_first_page_and_on_no_other(world: World) -> None:
    world.ended(*some(3))
    world.runs((unfinished("r4"), unfinished("m1", "mail"), unfinished("r5")))
    query = RunQuery(job_id="backup", limit=2)
    assert [ids(page) for page in world.pages(query)] == [["r5", "r4", "r3", "r2"], ["r1"]]
    assert ids(world.past.page(RunQuery(outcomes=frozenset({"succeeded"}), limit=1))) == ["r3"]


def test_the_last_page_says_that_there_is_no_other(world: World) -> None:
    world.ended(*some(4))
    assert [ids(page) for page in world.pages(RunQuery(limit=2))] == [["r4", "r3"], ["r2", "r1"]]


def test_a_run_that_ends_between_the_two_looks_is_there_once(world: World) -> None:
    run = some(1)[0]
    world.runs((replace(run, outcome=None, finished=None),))
    world.ended(run)
    assert list(world.past.page(RunQuery()).runs) == [run]


def test_a_job_is_unknown_where_it_has_neither_a_file_nor_a_past(world: World) -> None:
    world.ended(a_run(job_id="gone"))
    for job_id in ("backup", "gone"):
        assert world.past.page(RunQuery(job_id=job_id, outcomes=frozenset({"failed"}))) == RunPage([])
    with pytest.raises(JobNotFound, match="mail"):
        world.past.page(RunQuery(job_id="mail"))


def test_one_run_is_found_while_it_is_open_and_after(world: World) -> None:
    world.ended(*some(2))
    world.runs((unfinished("r3"),))
    assert [world.past.run(name).outcome for name in ("r3", "r2")] == [None, "succeeded"]
    with pytest.raises(RunNotFound, match="r9"):
        world.past.run("r9")


@settings(deadline=None)
@given(hits=st.sets(st.integers(1, 12)), limit=st.integers(1, 5), at_once=st.integers(1, 5))
def test_pages_hold_each_run_that_printed_the_text_once(hits: set[int], limit: int, at_once: int) -> None:
    world = World()
    world.ended(*some(12))
    world.logs.printed = {f"r{number}": "no space left" for number in hits}
    with patch("daybell.engine.past.AT_ONCE", at_once):
        pages = [ids(page) for page in world.pages(RunQuery(text="space", limit=limit))]
    assert max(map(len, pages)) <= limit
    assert [name for page in pages for name in page] == [
        f"r{number}" for number in sorted(hits, reverse=True)
    ]


def test_a_page_ends_before_anybody_waits_too_long(world: World) -> None:
    world.ended(*some(20))
    world.logs.printed = {"r1": "space"}
    page = world.past.page(RunQuery(text="space"))
    assert (ids(page), page.next is None) == ([], False)
    assert world.logs.looks <= PATIENCE + 1
    assert [name for page in world.pages(RunQuery(text="space")) for name in ids(page)] == ["r1"]


def test_only_runs_that_match_are_looked_into(world: World) -> None:
    never_started = replace(some(1)[0], run_id="r0", log=None)
    world.ended(*some(3), replace(some(1)[0], run_id="f1", outcome="failed"), never_started)
    world.runs((unfinished("r9"),))
    world.logs.printed = dict.fromkeys(("r9", "f1"), "space")
    assert ids(world.past.page(RunQuery(text="space", outcomes=frozenset({"failed"})))) == ["f1"]
    assert world.logs.looks == 1
    assert ids(world.past.page(RunQuery(text="space"))) == ["r9", "f1"]
