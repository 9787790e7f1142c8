"""How long does it take to look through a million rows for what is old, and what does that cost?"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from app import home
from daybell.engine.ports import DefinitionsRead
from daybell.machine.clock import SystemClock
from daybell.model.query import Row
from daybell.model.settings import Retention
from daybell.store.history import RunHistory
from daybell.store.outputs import Outputs
from daybell.store.retention import Past
from daybell.store.sweeper import Sweeper
from figures import Budget, Figure
from past import END, write_past
from procfs import high_water, resident

RUNS, FEW = 1_000_000, 100_000
DAYS = 190
"""To be kept, of a year: half of it goes."""
EACH = 50
"""Every so manieth run has left a log."""
SOON = Budget(60, 120)
"""In seconds, of which it rests for half: nobody waits for it."""
LITTLE = Budget(20, 40)
"""In MB."""


def measure(*, quick: bool) -> Iterator[Figure]:
    runs = FEW if quick else RUNS
    with home() as place:
        write_past(place, runs, heard=lambda rows: _leave(place.path / "logs", rows))
        argv = [sys.executable, __file__, str(place.path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
        first, second, grown, gone = json.loads(done.stdout)
    remark = f"Retention: of {runs:,} rows {gone:,} went in the first sweep."
    yield Figure(f"retention: of {runs:,} rows half go", first, "s", budget=SOON, remark=remark)
    yield Figure("retention: nothing goes", second, "s", budget=SOON)
    yield Figure("retention: memory, at most beyond before", grown, "MB", budget=LITTLE)


def _leave(directory: Path, rows: Sequence[Row]) -> None:
    for row in rows[::EACH]:
        path = directory / row.run.job_id / f"{row.run.run_id}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("done\n")
        moment = (row.run.finished or END).timestamp()
        os.utime(path, (moment, moment))


class AtTheEnd(SystemClock):
    """Of that past; what it waits is real."""

    def now(self) -> datetime:
        return END


def _sweep(path: Path) -> None:
    """In a process of its own, so that its memory is told apart."""
    history = RunHistory(path / "data" / "history")
    outputs = [Outputs(path / "logs", ".log")]
    past = Past(history, outputs, lambda: 2 * RUNS, tuple, lambda _: 1 << 40)
    nobody = DefinitionsRead(jobs={}, invalid=frozenset(), problems=())
    sweeper = Sweeper(past, Retention(days=DAYS), lambda: nobody, AtTheEnd())
    before, gone, took = resident(os.getpid()), 0, []
    for _ in range(2):
        began = time.perf_counter()
        gone += sweeper.sweep().rows
        took.append(time.perf_counter() - began)
    print(json.dumps([*took, high_water(os.getpid()) - before, gone]))


if __name__ == "__main__":
    _sweep(Path(sys.argv[1]))
