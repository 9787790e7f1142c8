"""What does it cost to decide on a long gap, beside one search for the next instant? It must not grow."""

import timeit
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from daybell.core.catchup import plan
from daybell.core.schedule import Calendar, next_due
from daybell.model.durations import Duration
from daybell.model.job import CommandHandler, CronTrigger, IntervalTrigger, Job, Trigger
from figures import Budget, Figure, median

NOW = datetime(2026, 3, 2, 9, 30, 0, 500_000, UTC)
ZONE = ZoneInfo("Europe/Berlin")
GAPS = {"8 h": timedelta(hours=8), "30 days": timedelta(days=30)}
TRIGGERS: dict[str, Trigger] = {
    "every second": IntervalTrigger(Duration(seconds=1)),
    "cron * * * * * *": CronTrigger("* * * * * *"),
}
LOOPS = 20
"""Calls in one measurement: one alone is too short to be timed well."""
AIM = Budget(50, of_ratio=True)
SAME = Budget(1.5, of_ratio=True)
"""The older part of a gap is one row more: two searches."""


def measure(*, quick: bool) -> Iterator[Figure]:
    rounds = 50 if quick else 300
    for name, trigger in TRIGGERS.items():
        job = Job("backup", CommandHandler(("true",)), triggers=(trigger,))
        calendar = Calendar(ZONE, since=NOW - timedelta(days=60))
        calls: list[Callable[[], object]] = [partial(next_due, job, NOW, calendar)]
        calls += [partial(plan, job, NOW - gap, NOW, calendar) for gap in GAPS.values()]
        floor, *plans = _in_turns(calls, rounds)
        for gap, took in zip(GAPS, plans, strict=True):
            yield Figure(f"catch-up: {name}, after {gap}", took, "µs", "one next_due", floor, AIM)
        yield Figure("", plans[1], "µs", "after 8 h", plans[0], SAME)


def _in_turns(calls: list[Callable[[], object]], rounds: int) -> list[float]:
    """The median of each, in microseconds a call."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, took in zip(calls, times, strict=True):
            took.append(timeit.timeit(call, number=LOOPS) / LOOPS * 1e6)
    return [median(took) for took in times]
