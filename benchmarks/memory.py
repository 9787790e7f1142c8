"""How much memory does it take: idle with a hundred jobs, and when a thousand are due at once?"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

from app import DOOR, WORKERS, bare, desktop, home, running, wait_until
from daybell.api.client import Client
from figures import Budget, Figure, Skipped, median
from native import compiled, read_stamps
from procfs import high_water, resident

JOBS = 100
REQUESTS = 1000
BURST = 1000
LEAD = 8.0
"""Seconds from the writing of the jobs to the instant at which all are due."""
RIVAL_LEAD = 3.0
"""The same for the rival, which has nothing to read."""
PATIENCE = 120.0
STEP = 0.5
"""Seconds between two looks, few enough not to weigh on what is measured."""
ONCE = "86400"
"""Seconds until the rival would do it again."""
RIVAL = "bare APScheduler"


def measure(*, quick: bool) -> Iterator[Figure]:
    ours, theirs = [], []
    for _ in range(1 if quick else 3):
        with bare(JOBS) as rival:
            theirs.append(resident(rival.pid))
        ours.append(_idle())
    yield Figure(
        f"memory: {JOBS} jobs, {REQUESTS} requests",
        median(ours),
        "MB",
        RIVAL,
        median(theirs),
        Budget(38, 42),
    )
    yield from _burst()


def _idle() -> float:
    with desktop() as (bus, host), home() as place:
        place.write_far(JOBS)
        with running(place, bus) as app:
            host.wait_item()
            app.client.post(DOOR)
            app.ask(REQUESTS)
            return resident(app.pid)


def _burst() -> Iterator[Figure]:
    """A thousand jobs at one instant: the peak, and that each runs once and only once."""
    with compiled() as (stamp, _):
        ours, ran = _peak(stamp)
        theirs = _bare_peak(stamp)
    yield Figure(f"memory: peak, {BURST} jobs due together", ours, "MB", RIVAL, theirs, Budget(50, 50))
    yield Figure("  of these, lost", BURST - len(ran), "runs", budget=Budget(0, 0))
    yield Figure("  of these, doubled", ran.total() - len(ran), "runs", budget=Budget(0, 0))


def _peak(stamp: str) -> tuple[float, Counter[str]]:
    """In MB; and how often each job ran, as the jobs themselves tell it."""
    with desktop() as (bus, host), home() as place:
        stamps = place.path / "stamps"
        at = _soon(LEAD)
        once = {"type": "once", "at": datetime.fromtimestamp(at, UTC).isoformat()}
        for number in range(BURST):
            place.write(f"burst-{number}", once, [stamp, str(stamps), f"burst-{number}"])
        with running(place, bus) as app:
            host.wait_item()
            if _now() > at:
                raise Skipped(f"the app took more than {LEAD:g} s to start, so the burst was over before")
            with suppress(TimeoutError):  # what is lost then shows in the table
                wait_until(lambda: _is_over(app.client), "the burst ends", PATIENCE, STEP)
            return high_water(app.pid), Counter(one.label for one in read_stamps(stamps))


def _is_over(client: Client) -> bool:
    page = cast("dict[str, list[dict[str, object]]]", client.get("/api/v1/runs", {"limit": BURST}))
    runs = page["runs"]
    return len(runs) >= BURST and all(run.get("outcome") for run in runs)


def _bare_peak(stamp: str) -> float:
    with home() as place:
        stamps = place.path / "stamps"
        with bare(BURST, "together", str(_soon(RIVAL_LEAD)), ONCE, str(WORKERS), stamp, str(stamps)) as rival:
            wait_until(lambda: len(read_stamps(stamps)) >= BURST, "the rival's burst ends", PATIENCE, STEP)
            return high_water(rival.pid)


def _soon(lead: float) -> float:
    return float(int(_now() + lead))


def _now() -> float:
    return time.clock_gettime(time.CLOCK_REALTIME)
