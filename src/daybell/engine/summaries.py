"""How did the runs of the last days go, of each job and of all together?"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from daybell.core.summaries import Summary, summarised
from daybell.engine.past import Past
from daybell.engine.ports import Clock
from daybell.model.query import RunQuery, happened
from daybell.model.run import Run

MOST = 10_000
"""Rows that are looked at: a tenth of a second or two, however long the history is."""
PAGE = 1000


class Summaries(Struct, frozen=True):
    """Of runs that have ended."""

    since: datetime
    """The beginning of the days, or of what was looked at of them."""
    is_complete: bool
    """False where there were more runs than are looked at: then only the newest count."""
    whole: Summary
    jobs: dict[str, Summary]
    """By id, of those that ran, also where they are gone."""


def summaries(past: Past, clock: Clock, days: int, job_id: str | None = None) -> Summaries:
    """Any thread. JobNotFound, LedgerError."""
    since = clock.now() - timedelta(days=days)
    runs, is_complete = _ended(past, RunQuery(job_id=job_id, since=since, limit=PAGE))
    of_job: dict[str, list[Run]] = {}
    for run in runs:
        of_job.setdefault(run.job_id, []).append(run)
    if not is_complete:
        since = min((found for run in runs if (found := happened(run)[0]) is not None), default=since)
    jobs = {one: summarised(of_job[one]) for one in sorted(of_job)}
    return Summaries(since, is_complete, summarised(runs), jobs)


def _ended(past: Past, query: RunQuery) -> tuple[list[Run], bool]:
    """The newest first, and whether these are all."""
    runs: list[Run] = []
    while len(runs) < MOST:
        page = past.page(query)
        runs += [run for run in page.runs if run.outcome is not None]
        if page.next is None:
            return runs, True
        query = replace(query, after=page.next)
    return runs, False
