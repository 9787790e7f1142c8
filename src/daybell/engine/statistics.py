"""How much has the scheduler done? Counted from the events of each batch."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from daybell.model.events import AnyEvent, RunClaimed, RunFinished, RunQueued, RunSkipped, RunStarted
from daybell.model.run import FAILURES, NOT_STARTED, Run
from daybell.model.status import Statistics


class Tally:
    """Only the engine's thread counts."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._counts: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._last_pass: datetime | None = None

    def reset(self, now: datetime) -> None:
        """Begin anew."""
        self._since = now
        self._counts.clear()
        self._skipped.clear()

    def count(self, events: Iterable[AnyEvent], now: datetime) -> None:
        self._last_pass = now
        for event in events:
            match event:
                case RunClaimed():
                    self._counts["dispatched"] += 1
                case RunStarted():
                    self._counts["started"] += 1
                case RunQueued(deferral=deferral) if deferral is not None:
                    self._counts["retried" if deferral.kind == "backoff" else "deferred"] += 1
                case RunSkipped(run=run) | RunFinished(run=run):
                    self._count_end(run)

    def failed_itself(self) -> None:
        """Daybell met an error of its own."""
        self._counts["errors"] += 1

    def taken(self) -> Statistics:
        known = Statistics(since=self._since, skipped=dict(self._skipped), last_pass=self._last_pass)
        return replace(known, **self._counts)

    def _count_end(self, run: Run) -> None:
        if run.outcome in NOT_STARTED:
            self._skipped[(run.reason or "").partition(":")[0]] += 1
        elif run.outcome == "succeeded":
            self._counts["completed"] += 1
        elif run.outcome in FAILURES:
            self._counts["failed"] += 1
