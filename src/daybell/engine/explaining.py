"""Why did a job run or not? What was decided, beside what the chronicle tells of that time."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from daybell.core.account import Account
from daybell.core.circumstances import Circumstances
from daybell.core.describe import describe
from daybell.core.schedule import INSTANT, latest_due, next_due
from daybell.core.views import clock_time
from daybell.core.why import explain
from daybell.core.why_not_due import Ahead, coming, is_meant, nothing_due, nothing_kept, passed_over
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.ports import Clock, History
from daybell.engine.registry import JobRegistry, Snapshot
from daybell.model.errors import JobNotFound
from daybell.model.facts import Facts
from daybell.model.job import IntervalTrigger, Job
from daybell.model.query import RunQuery
from daybell.model.run import AUTOMATIC, Outcome, Run
from daybell.model.why import Explanation, Why

SHOWN = 10
"""Rows that are explained where no time is named."""
BESIDE = 20
"""Rows read beyond them: what was in the way of the oldest."""
AT_ONCE = 200
"""Rows read in one look forward."""
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Calendars end somewhere; nobody asks about times beyond."""
FORWARD = timedelta(days=32)
LOOKS = 24
"""So often a window is made smaller or larger: from a month to a second."""
LAST = datetime.max.replace(tzinfo=UTC)
STARTED: frozenset[Outcome] = frozenset(
    {"succeeded", "failed", "timed_out", "cancelled", "replaced", "interrupted"}
)


class Explaining:
    """For readers on any thread. LedgerError where the history cannot be read."""

    def __init__(
        self,
        registry: JobRegistry,
        past: Past,
        outlook: Outlook,
        history: History,
        clock: Clock,
        *,
        is_still: bool = False,
    ) -> None:
        """`is_still`: Daybell does not run, and its files are read."""
        self._registry = registry
        self._past = past
        self._outlook = outlook
        self._history = history
        self._clock = clock
        self._is_still = is_still

    def why(self, job_id: str, at: datetime | None = None) -> Why:
        """Of the newest instants, or of the one at that time. JobNotFound where nobody ever had that id."""
        if at is not None:
            at = min(max(at, EARLIEST), LATEST)
        newest = self._rows(RunQuery(job_id=job_id, causes=AUTOMATIC, limit=SHOWN + BESIDE))
        account, ahead = self._account(job_id, newest, at), self._ahead(job_id, newest)
        if at is None:
            ended = [run for run in newest if run.outcome is not None]
            shown = [*(run for run in newest if run.outcome is None), *ended[:SHOWN]]
            shown.sort(key=_last, reverse=True)
            held = passed_over(account, ahead)
            found = (coming(account, ahead), *([held] if held else []), *explain(account, shown))
        else:
            found = self._about(replace(account, runs=self._around(job_id, at)), ahead, at)
        zone = self._outlook.zone()
        return Why(
            job_id=job_id,
            schedule=describe(account.job) if account.job else "",
            now=account.now.astimezone(zone),
            at=at.astimezone(zone) if at else None,
            explanations=tuple(_local(one, zone) for one in found),
            facts=account.facts,
        )

    def _account(self, job_id: str, runs: Sequence[Run], at: datetime | None) -> Account:
        zone, now, whole = self._outlook.zone(), self._clock.now(), self._registry.whole
        snapshot = self._snapshot(job_id)
        status, job = snapshot.status if snapshot else None, self._outlook.find(job_id)
        to_the_second = bool(at and at.second) or (job is not None and _is_frequent(job))
        return Account(
            job=job,
            runs=runs,
            past=Circumstances(self._history.chronicle(), job_id),
            facts=whole.facts if whole else Facts(),
            now=now,
            when=partial(_clock, zone=zone, now=now, to_the_second=to_the_second),
            waiting_for=status.waiting_for if status else None,
            waiting_until=status.waiting_until if status else None,
        )

    def _ahead(self, job_id: str, runs: Sequence[Run]) -> Ahead:
        snapshot, job = self._snapshot(job_id), self._outlook.find(job_id)
        return Ahead(
            status=snapshot.status if snapshot else None,
            calendar=snapshot.calendar if snapshot else None,
            due=snapshot.due if snapshot else None,
            start=snapshot.status.next_run if snapshot else None,
            open_run=next((run for run in runs if run.outcome is None), None),
            lacking=tuple(name for name in job.needs if not self._has_succeeded(name)) if job else (),
            is_off=self._registry.state == "stopped",
            is_still=self._is_still,
        )

    def _has_succeeded(self, job_id: str) -> bool:
        snapshot = self._snapshot(job_id)
        if snapshot is None or snapshot.status.state in ("running", "queued"):
            return False
        return snapshot.status.last_outcome == "succeeded"

    def _about(self, account: Account, ahead: Ahead, at: datetime) -> tuple[Explanation, ...]:
        """The row that was meant; or that there is none, and those on either side."""
        meant = [run for run in account.runs if run.due and is_meant(run.due, run.due_to, at)]
        if meant:
            return explain(account, [min(meant, key=lambda run: (_length(run), _first(run)))])
        will_be = coming(account, ahead)
        if will_be.due is not None and is_meant(will_be.due, None, at):
            return (will_be,)
        held = passed_over(account, ahead)
        if held and held.due and is_meant(held.due, held.due_to, at):
            return (held,)
        before = max((run for run in account.runs if _last(run) < at), key=_last, default=None)
        after = min((run for run in account.runs if _first(run) > at), key=_first, default=None)
        last = _last(before) if before else None
        following = _first(after) if after else will_be.due
        if at > account.now:
            return self._about_later(account, ahead, at, will_be) or (nothing_due(account, at, last, None),)
        nothing = nothing_kept(account, ahead, at) or nothing_due(account, at, last, following)
        return (nothing, *explain(account, [run for run in (after, before) if run is not None]))

    def _about_later(
        self, account: Account, ahead: Ahead, at: datetime, will_be: Explanation
    ) -> tuple[Explanation, ...]:
        """A time that lies ahead; nothing where nothing is known."""
        job, calendar, first = account.job, ahead.calendar, will_be.due
        if job is None or calendar is None or first is None:
            return (will_be,)
        later = next_due(job, at - INSTANT, calendar)
        if later is not None and is_meant(later, None, at):
            return (coming(account, replace(ahead, due=later, start=None)),)
        earlier = latest_due(job, at, calendar)
        return (nothing_due(account, at, earlier if earlier and earlier >= first else None, later),)

    def _around(self, job_id: str, at: datetime) -> list[Run]:
        """The rows on both sides of that time, by when they were due."""
        query = RunQuery(job_id=job_id, causes=AUTOMATIC)
        found = self._rows(replace(query, until=at + INSTANT, limit=BESIDE))
        found += self._forward(query, at)
        found += self._forward(replace(query, outcomes=STARTED), at)
        return [run for run in {run.run_id: run for run in found}.values() if run.due is not None]

    def _forward(self, query: RunQuery, at: datetime) -> list[Run]:
        """The first rows that happened from then on: pages begin with the newest, so the window must fit."""
        found: list[Run] = []
        low, high, length, now = timedelta(0), None, FORWARD, self._clock.now()
        for _ in range(LOOKS):
            found = self._rows(replace(query, since=at, until=at + length, limit=AT_ONCE))
            if sum(run.outcome is not None for run in found) == AT_ONCE:
                high = length
            elif found or at + length > now:
                break
            else:
                low = length
            length = (low + high) / 2 if high else length * 8
        return found

    def _rows(self, query: RunQuery) -> list[Run]:
        return [self._outlook.shown(run) for run in self._past.page(query).runs]

    def _snapshot(self, job_id: str) -> Snapshot | None:
        with suppress(JobNotFound):
            return self._registry.snapshot(job_id)
        return None


def _is_frequent(job: Job) -> bool:
    """Its instants may be in the same minute."""
    return any(isinstance(one, IntervalTrigger) and one.every < timedelta(minutes=1) for one in job.triggers)


def _clock(instant: datetime, zone: ZoneInfo, now: datetime, *, to_the_second: bool) -> str:
    """With the time of day also where it is long ago."""
    words, local = clock_time(instant, zone, now), instant.astimezone(zone)
    words = words if ":" in words else f"{words} {local:%H:%M}"
    return f"{words}:{local:%S}" if to_the_second else words


def _first(run: Run) -> datetime:
    """Where it stands among others."""
    return run.due or run.started or run.finished or LAST


def _last(run: Run) -> datetime:
    return run.due_to or _first(run)


def _length(run: Run) -> timedelta:
    return _last(run) - _first(run)


def _local(one: Explanation, zone: ZoneInfo) -> Explanation:
    due, due_to = (instant.astimezone(zone) if instant else None for instant in (one.due, one.due_to))
    return replace(one, due=due, due_to=due_to)
