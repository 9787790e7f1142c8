"""How did the runs of the last days go, of each job and of all together?"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core.summaries import Day, Summary, daily, hours, summarised
from daybell.engine.past import Past
from daybell.engine.ports import Clock
from daybell.model.query import RunQuery, happened
from daybell.model.run import Run

MOST = 10_000
"""Rows that are looked at: a tenth of a second or two, however long the history is."""


class Summaries(Struct, frozen=True):
    """Of runs that have ended."""

    since: datetime
    """The beginning of the days, or of what was looked at of them."""
    is_complete: bool
    """False where there were more runs than are looked at: then only the newest count."""
    whole: Summary
    jobs: dict[str, Summary]
    """By id, of those that ran, also where they are gone."""
    hours: list[int]
    """How many started in each hour of the day."""
    daily: list[Day]
    """The last days of them, the oldest first."""


def summaries(past: Past, clock: Clock, zone: ZoneInfo, days: int, job_id: str | None = None) -> Summaries:
    """Times, hours and days are on the wall of that zone. Any thread. JobNotFound, LedgerError."""
    now = clock.now()
    since = now - timedelta(days=days)
    page = past.page(RunQuery(job_id=job_id, since=since, limit=MOST))
    runs = [run for run in page.runs if run.outcome is not None]
    of_job: dict[str, list[Run]] = {}
    for run in runs:
        of_job.setdefault(run.job_id, []).append(run)
    if page.next is not None:
        since = min((found for run in runs if (found := happened(run)[0]) is not None), default=since)
    jobs = {one: summarised(of_job[one]) for one in sorted(of_job)}
    return Summaries(
        since=since.astimezone(zone),
        is_complete=page.next is None,
        whole=summarised(runs),
        jobs=jobs,
        hours=hours(runs, zone),
        daily=daily(runs, since.astimezone(zone), now.astimezone(zone)),
    )
