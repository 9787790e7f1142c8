"""Pasts for tests: any rows a history may hold, any question to it, and the plainest way to answer one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import get_args

from hypothesis import strategies as st

from builders import at
from daybell.model.events import Numbered, RunFinished
from daybell.model.query import Row, RunQuery
from daybell.model.run import Cause, Outcome, Run

JOBS = ("backup", "mail", "tick")
FIRST = at("2026-01-29 00:00")
LENGTH = timedelta(days=32)
"""Of the time that questions are about: it has two ends of months in it."""
TRAPS = (None, "disk full", '"outcome":"failed"', '{"started":null,"cause":"manual"}', "a\\\nb", "“é”\u2028")
"""Texts in a row that look like parts of one."""


def moments(latest: timedelta = LENGTH) -> st.SearchStrategy[timedelta]:
    """So long after the first; often at the beginning of a month, and often the same."""
    ends = [timedelta(0), timedelta(days=3), timedelta(days=3, microseconds=-1), timedelta(days=31)]
    within = st.timedeltas(timedelta(0), latest)
    return within | st.sampled_from([end for end in ends if end <= latest] or [latest])


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """One that has ended. Its clock may have been set back since the run before."""
    ended = draw(moments())
    started, due, due_to = (draw(st.none() | moments(ended)) for _ in range(3))
    gap = due is not None and due_to is not None and due_to > due
    return Run(
        run_id=draw(st.uuids()).hex,
        job_id=draw(st.sampled_from(JOBS)),
        cause=draw(st.sampled_from(get_args(Cause))),
        due=None if due is None else FIRST + due,
        due_to=FIRST + due_to if gap and due_to is not None else None,
        started=None if started is None else FIRST + started,
        finished=FIRST + ended,
        outcome=draw(st.sampled_from(get_args(Outcome))),
        error=draw(st.sampled_from(TRAPS)),
    )


def pasts(most: int = 24) -> st.SearchStrategy[list[Row]]:
    """Rows in the order in which they were added."""
    steps = st.integers(1, 3)
    return st.lists(st.tuples(steps, runs()), max_size=most).map(
        lambda drawn: [
            Row(sum(step for step, _ in drawn[: place + 1]), run) for place, (_, run) in enumerate(drawn)
        ]
    )


def queries() -> st.SearchStrategy[RunQuery]:
    limits = st.integers(1, 9)
    instants = st.none() | moments().map(lambda length: FIRST + length)
    return st.builds(RunQuery, limit=limits) | st.builds(
        RunQuery,
        job_id=st.none() | st.sampled_from([*JOBS, "gone"]),
        outcomes=st.just(frozenset[Outcome]())
        | st.frozensets(st.sampled_from(get_args(Outcome)), max_size=3),
        causes=st.just(frozenset[Cause]()) | st.frozensets(st.sampled_from(get_args(Cause)), max_size=3),
        since=instants,
        until=instants,
        limit=limits,
    )


def answer(rows: Sequence[Row], query: RunQuery) -> list[Row]:
    """All of them, without a limit."""
    behind = [row for row in rows if query.after is None or row.place < query.after]
    return sorted((row for row in behind if query.matches(row.run)), key=lambda row: row.place, reverse=True)


def numbered(row: Row) -> Numbered:
    """The event that ended it."""
    assert row.run.finished is not None
    return Numbered(row.number, RunFinished(at=row.run.finished, run=row.run))
