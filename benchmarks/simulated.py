"""How long does a month of twenty jobs of every kind take in simulated time?"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from figures import Budget, Figure, median

MONTH = Path(__file__).parent.parent / "tests" / "twenty_jobs.py"
AIM = Budget(5)


class Told(msgspec.Struct):
    """Of what it tells, what counts here."""

    seconds: float
    events: int


def measure(*, quick: bool) -> Iterator[Figure]:
    months = [_month() for _ in range(1 if quick else 3)]
    took = median(month.seconds for month in months)
    yield Figure("simulated: a month of 20 jobs", took, "s", budget=AIM)
    yield Figure("  of it, an event", took / months[0].events * 1e6, "µs")


def _month() -> Told:
    told = subprocess.run([sys.executable, str(MONTH)], capture_output=True, check=True, timeout=120)
    return msgspec.json.decode(told.stdout, type=Told)
