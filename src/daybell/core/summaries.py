"""How did runs go? Outcomes counted, and how long they took."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from daybell.model.run import FAILURES, Run

TIMED = 1000
"""Of so many of the newest runs the durations count: what was long ago says little of the next one."""
JUDGED = FAILURES | {"succeeded"}
"""Outcomes that say whether the command works."""


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


def percentile(ascending: Sequence[int], percent: int) -> int | None:
    """The smallest of them that no fewer than so many percent do not exceed; None of none."""
    return ascending[max(0, -(-len(ascending) * percent // 100) - 1)] if ascending else None
