"""How did the last runs of each job go? Of each so much as makes a bar."""

from datetime import datetime

from msgspec import Struct

from daybell.engine.past import Past
from daybell.engine.registry import JobRegistry
from daybell.model.query import RunQuery
from daybell.model.run import Cause, Outcome, Run

MOST = 20_000
"""Rows of all jobs: a tenth of a second, or two."""


class Bar(Struct, frozen=True):
    """One ended run, or a gap. Times are in UTC, as the history has them."""

    run_id: str
    outcome: Outcome | None
    started: datetime | None
    due: datetime | None
    """Of a gap the first instant."""
    duration_ms: int | None
    cause: Cause


class Recent(Struct, frozen=True):
    """The last ended runs."""

    jobs: dict[str, list[Bar]]
    """By id; of each job the oldest first."""
    is_complete: bool
    """False where there are so many jobs that fewer of each are told than were asked for."""


class RecentRuns:
    """For readers on any thread. Each job has files of its own: their ends are read, and nothing is kept."""

    def __init__(self, registry: JobRegistry, past: Past) -> None:
        self._registry = registry
        self._past = past

    def newest(self, count: int, job_id: str | None = None) -> Recent:
        """Of so many runs each. JobNotFound where nobody ever had that id; LedgerError."""
        ids = [status.id for status in self._registry.all()] if job_id is None else [job_id]
        each = min(count, MOST // max(1, len(ids)))
        jobs = {one: [_bar(run) for run in self._past.ended(_of(one, each))][::-1] for one in ids}
        if job_id is not None and not jobs[job_id]:
            self._registry.one(job_id)
        is_complete = each == count or all(len(bars) < each for bars in jobs.values())
        return Recent(jobs, is_complete)


def _of(job_id: str, limit: int) -> RunQuery:
    return RunQuery(job_id=job_id, limit=limit)


def _bar(run: Run) -> Bar:
    return Bar(run.run_id, run.outcome, run.started, run.due, run.duration_ms, run.cause)
