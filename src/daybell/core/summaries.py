"""How did runs go? Outcomes counted, how long they took, and when they were."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.model.query import happened
from daybell.model.run import FAILURES, Run

TIMED = 1000
"""Of so many of the newest runs the durations count: what was long ago says little of the next one."""
MOST_DAYS = 31
JUDGED = FAILURES | {"succeeded"}
"""Outcomes that say whether the command works."""
KIND = {"succeeded": "succeeded", **dict.fromkeys(FAILURES, "failed")}
"""Of the outcomes that a day tells by themselves."""


class Summary(Struct, frozen=True):
    """Of runs that have ended."""

    runs: int
    """Rows; one may stand for many instants that were missed."""
    outcomes: dict[str, int]
    success_rate: float | None
    """Of the runs that succeeded, failed or timed out; None without any."""
    duration_p50_ms: int | None
    """Half of the newest runs took no longer; None where none has started."""
    duration_p95_ms: int | None


def summarised(runs: Iterable[Run]) -> Summary:
    """The newest first, as the history gives them."""
    rows = [run for run in runs if run.outcome is not None]
    outcomes = Counter(str(run.outcome) for run in rows)
    judged = sum(outcomes[outcome] for outcome in JUDGED)
    took = sorted([run.duration_ms for run in rows if run.duration_ms is not None][:TIMED])
    return Summary(
        runs=len(rows),
        outcomes=dict(sorted(outcomes.items())),
        success_rate=outcomes["succeeded"] / judged if judged else None,
        duration_p50_ms=percentile(took, 50),
        duration_p95_ms=percentile(took, 95),
    )


class Day(Struct, frozen=True):
    """How the runs of one day went."""

    date: str
    succeeded: int
    failed: int
    """Or took too long."""
    other: int
    """Was cut short, skipped or missed."""


def hours(runs: Iterable[Run], zone: ZoneInfo) -> list[int]:
    """How many of them started in each hour of the day."""
    counts = Counter(run.started.astimezone(zone).hour for run in runs if run.started is not None)
    return [counts[hour] for hour in range(24)]


def daily(runs: Iterable[Run], since: datetime, until: datetime) -> list[Day]:
    """The last days from the one to the other, on the wall of their zone, those without any run as well."""
    counts: Counter[tuple[date, str]] = Counter()
    for run in runs:
        at = happened(run)[0]
        if run.outcome is not None and at is not None:
            counts[at.astimezone(until.tzinfo).date(), KIND.get(run.outcome, "other")] += 1
    last = until.date()
    length = min(MOST_DAYS, (last - since.date()).days + 1)
    days = [last - timedelta(days=ago) for ago in range(length - 1, -1, -1)]
    return [Day(str(day), *(counts[day, kind] for kind in ("succeeded", "failed", "other"))) for day in days]


def percentile(ascending: Sequence[int], percent: int) -> int | None:
    """The smallest of them that no fewer than so many percent do not exceed; None of none."""
    return ascending[max(0, -(-len(ascending) * percent // 100) - 1)] if ascending else None
