"""How soon is a question to the history answered, when a million runs are in it, and what does it take?"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec.structs import replace

from app import Home, home, running
from daybell.model.query import Place, Row, RunQuery, happened
from daybell.store.history import RunHistory
from figures import Budget, Figure, median
from past import END, JOBS, job_id, write_past
from procfs import resident

RUNS, FEW, MONTHS = 1_000_000, 100_000, 6
PAGE = 50
BEHIND = 3000
"""Rows back from the newest: beyond what the file of all jobs holds."""
MONTH_AGO, LONG_AGO = END - timedelta(days=30), END - timedelta(days=170)
EVERYTHING = RunQuery()
RIVAL = "sqlite, indexed"
TABLE = """
CREATE TABLE runs (number INTEGER PRIMARY KEY, job TEXT, outcome TEXT, started TEXT, row BLOB);
CREATE INDEX by_job ON runs (job, number);
CREATE INDEX by_outcome ON runs (outcome, number);
CREATE INDEX by_start ON runs (started, number);
"""
SAME = Budget(1.2, 1.2, of_ratio=True)
SOON = Budget(600, 900)
"""In ms."""
LITTLE = Budget(1.05, 1.05, of_ratio=True)
ASKED, ASKED_EACH = 1000, 10
"""How often the app is asked what is usual, and then each of the questions."""


class Database:
    """The same rows, as a program would keep them that lets a database look for them."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.executescript(f"PRAGMA journal_mode = WAL; {TABLE}")
        self._decoder = msgspec.json.Decoder(Row)

    def add(self, rows: Sequence[Row]) -> None:
        with self._connection:
            self._connection.executemany("INSERT INTO runs VALUES (?, ?, ?, ?, ?)", map(_columns, rows))

    def ask(self, condition: str, *values: str | int) -> Sequence[Row]:
        """The newest rows of which this holds, in the form in which the history gives them."""
        query = f"SELECT row FROM runs WHERE {condition} ORDER BY number DESC LIMIT {PAGE}"
        return [self._decoder.decode(row) for (row,) in self._connection.execute(query, values)]

    def close(self) -> None:
        self._connection.close()


def _columns(row: Row) -> tuple[int, str, str | None, str | None, bytes]:
    first, _ = happened(row.run)
    started = None if first is None else first.isoformat()
    return row.number, row.run.job_id, row.run.outcome, started, msgspec.json.encode(row)


@dataclass(frozen=True)
class Question:
    """What is asked of both, each time of another job where it is about one."""

    what: str
    condition: str
    values: tuple[str | int, ...] = ()
    query: RunQuery = EVERYTHING
    budget: Budget | None = None
    is_of_one_job: bool = False

    def ask(self, history: RunHistory, turn: int) -> Sequence[Row]:
        job = job_id(turn * 7 % JOBS) if self.is_of_one_job else None
        return history.select(replace(self.query, job_id=job, limit=PAGE))

    def ask_rival(self, database: Database, turn: int) -> Sequence[Row]:
        values = (job_id(turn * 7 % JOBS),) if self.is_of_one_job else self.values
        return database.ask(self.condition, *values)


def measure(*, quick: bool) -> Iterator[Figure]:
    runs = FEW if quick else RUNS
    with home() as place, closing(Database(place.path / "runs.db")) as database:
        write_past(place, runs, MONTHS, database.add)
        history = RunHistory(place.path / "data" / "history")
        for question in _questions(runs):
            rounds = 10 if question.budget == SOON else 500
            ours, rival = _in_turns(question, history, database, rounds)
            what = f"history: of {runs:,} runs, {question.what}"
            yield Figure(what, ours, "ms", RIVAL, rival, question.budget)
        yield _memory(place)


def _questions(runs: int) -> Iterator[Question]:
    behind = Place(f"{END - timedelta(days=5):%Y-%m}", runs - BEHIND)
    rare, month_ago, long_ago = "timed_out", MONTH_AGO.isoformat(), LONG_AGO.isoformat()
    failed = RunQuery(outcomes=frozenset({"failed"}), since=MONTH_AGO)
    yield Question(f"the last {PAGE} of one job", "job = ?", budget=SAME, is_of_one_job=True)
    yield Question(f"the last {PAGE}", "TRUE", budget=SAME)
    yield Question(f"{PAGE} from {BEHIND} back", "number < ?", (behind.number,), RunQuery(after=behind), SOON)
    yield Question("failed within 30 days", "outcome = 'failed' AND started >= ?", (month_ago,), failed, SOON)
    yield Question("timed out", "outcome = ?", (rare,), RunQuery(outcomes=frozenset({"timed_out"})), SOON)
    yield Question("before five months ago", "started < ?", (long_ago,), RunQuery(until=LONG_AGO), SOON)


def _in_turns(
    question: Question, history: RunHistory, database: Database, rounds: int
) -> tuple[float, float]:
    """The medians, in milliseconds; both must have found the same."""
    took: list[tuple[float, float]] = []
    for turn in range(rounds):
        began = time.perf_counter()
        ours = question.ask(history, turn)
        between = time.perf_counter()
        theirs = question.ask_rival(database, turn)
        took.append((between - began, time.perf_counter() - between))
        assert list(ours) == list(theirs), question.what
    return median(one for one, _ in took) * 1000, median(other for _, other in took) * 1000


def _memory(place: Home) -> Figure:
    """Of the whole app, before and after it was asked each of them again and again."""
    queries: list[dict[str, str | int]] = [
        {"job": job_id(7)},
        {"limit": PAGE},
        {"cursor": f"{END - timedelta(days=5):%Y-%m}.{BEHIND}"},
        {"outcome": "failed", "since": MONTH_AGO.isoformat()},
        {"outcome": "timed_out"},
        {"until": LONG_AGO.isoformat()},
    ]
    with running(place, None) as app:
        app.ask(ASKED)
        before = resident(app.pid)
        for query in queries * ASKED_EACH:
            app.client.get("/api/v1/runs", query)
        return Figure("history: memory, after questions", resident(app.pid), "MB", "before", before, LITTLE)
