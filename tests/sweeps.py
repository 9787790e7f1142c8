"""Kill a life in the middle of its sweeps, again and again, and look whether a row is lost that should stay.

`python tests/sweeps.py 200` does so two hundred times and prints what it found; the suite does a few. In
each life runs end without a pause, all that is old goes without a pause, and somebody reads. Time is as long
as there are runs: an hour each.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from builders import at
from daybell.model.events import RunFinished
from daybell.model.job import Keep
from daybell.model.query import Row, RunQuery
from daybell.model.record import Checkpoint
from daybell.model.run import Run
from daybell.model.settings import Retention
from daybell.model.sizes import Size
from daybell.store import compaction
from daybell.store import history as module
from daybell.store.history import RunHistory
from daybell.store.ledger import FileLedger
from daybell.store.outputs import Outputs
from daybell.store.retention import Past, Sweep
from daybell.store.rows import newest_first

BEGIN = at("2016-01-01 00:00")
"""Long enough ago: what is made now must be newer than all of it."""
HOUR = timedelta(hours=1)
JOBS = ["few", "young", "both", "long", "removed"]


class Rules(NamedTuple):
    """What is kept of whom. With each run that ends, more goes, and never less."""

    keeps: Mapping[str, Keep]
    retention: Retention


RULES = {
    "ages": Rules(
        {"few": Keep(runs=20), "young": Keep(days=9), "both": Keep(runs=40, days=30), "long": Keep(days=400)},
        Retention(days=60, runs=None, bytes=None, free_disk=Size(0)),
    ),
    "numbers": Rules(
        {"few": Keep(runs=20), "young": Keep(runs=50)},
        Retention(days=None, runs=400, bytes=Size(1 << 40), free_disk=Size(0)),
    ),
}
"""By the name of the home."""
PART = 500
"""Bytes that are copied at once: about two rows, so that there is time for a kill."""
KEPT = 60
"""Rows in the file of all jobs: few, so that it is trimmed within a life."""
CHECKPOINT = 150
"""Runs until the next one."""
FIRST = 1000
"""Runs there are before the first kill."""
LONGEST = 0.8
"""Seconds of a life that has begun."""


def run_of(number: int, life: str = "") -> Run:
    """The one that ends with the event of this number."""
    finished = BEGIN + number * HOUR
    run_id = f"{finished:%Y%m%d-%H%M%S}-{number:08}{life}"
    return Run(run_id=run_id, job_id=job_of(number), cause="manual", finished=finished)


def job_of(number: int) -> str:
    return JOBS[(number + number // 3) % len(JOBS)]


def staying(rules: Rules, last: int) -> AbstractSet[int]:
    """Numbers of the rows that stay when this is the last one: the plainest way to tell."""
    left = {job_id: [n for n in range(1, last + 1) if job_of(n) == job_id] for job_id in JOBS}
    newest = {numbers[-1] for numbers in left.values() if numbers}
    midnight = (BEGIN + last * HOUR).replace(hour=0)
    found = set(newest)
    for job_id, numbers in left.items():
        keep = rules.keeps.get(job_id, Keep())
        days = keep.days or rules.retention.days
        oldest = 0.0 if days is None else (midnight - timedelta(days=days) - BEGIN) / HOUR
        found |= {n for n in numbers[-keep.runs if keep.runs else 0 :] if n >= oldest}
    most = rules.retention.runs
    return found if most is None else set(sorted(found - newest)[-(most - len(newest)) :]) | newest


class History(RunHistory):
    """Knows whether a sweep found rows that were in no file yet: then it has decided nothing."""

    was_behind = False

    @property
    def is_behind(self) -> bool:
        self.was_behind = super().is_behind
        return self.was_behind


class Life:
    """A ledger, its history, and what the runs have left, in a home of their own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rules = RULES[path.name]
        for name in ("state", "history", "logs", "artifacts"):
            (path / name).mkdir(parents=True, exist_ok=True)
        self.history = History(path / "history")
        self.ledger = FileLedger(
            path / "state" / "journal.jsonl", path / "state" / "state.json", self.history, BEGIN
        )
        self.last = self.ledger.load().number
        self.outputs = Outputs(path / "logs", ".log"), Outputs(path / "artifacts")
        for numbered in self.ledger.replay():
            self.history.add(numbered)
            self.last = numbered.number
        self._id = f"-{os.getpid()}"
        self._under_way = ""

    def end_run(self) -> None:
        """With a log and artifacts, as old as it is."""
        run = run_of(self.last + 1, self._id)
        assert run.finished is not None
        self._under_way = run.run_id
        log = self.path / "logs" / run.job_id / f"{run.run_id}.log"
        artifact = self.path / "artifacts" / run.job_id / run.run_id / "report"
        for path in (log, artifact):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(run.run_id)
        for path in (log, artifact.parent):
            os.utime(path, (run.finished.timestamp(),) * 2)
        for numbered in self.ledger.append([RunFinished(at=run.finished, run=run)]):
            self.history.add(numbered)
            self.last = numbered.number
        if self.last % CHECKPOINT == 0:
            self.ledger.save(Checkpoint(number=self.last))

    def sweep(self, breathe: Callable[[], None]) -> int | None:
        """What was the last one when it began; None if it has left all for the next one to decide."""
        last = self.last
        past = Past(
            self.history, self.outputs, self.ledger.forgotten, lambda: {self._under_way}, lambda _: 1 << 40
        )
        sweep = Sweep(past, self.rules.retention, breathe)
        sweep.whole(self.rules.keeps, BEGIN + last * HOUR)
        if sweep.swept.refusal is not None:
            raise sweep.swept.refusal
        return None if self.history.was_behind else last

    def rows(self, job_id: str | None = None) -> Sequence[Row]:
        """All of them, page by page."""
        query, found = RunQuery(job_id=job_id, limit=97), list[Row]()
        while page := self.history.select(query):
            found += page
            query = replace(query, after=page[-1].place)
        return found


def live(path: Path) -> None:
    """Until somebody ends it; a line of stdout says what is certain from then on."""
    sys.setswitchinterval(0.0001)  # else each waits long for the others
    life, steps = Life(path), count()
    say("lives", life.last)

    def breathe() -> None:
        if next(steps) % 10 == 0:
            threading.Event().wait(0.0002)

    def sweep() -> None:
        say("sweeps", life.last)
        if (swept := life.sweep(breathe)) is not None:
            say("swept", swept)

    def end_run() -> None:
        life.end_run()
        say("ended", life.last)
        threading.Event().wait(0.0005)

    for act in (sweep, partial(read, life)):
        threading.Thread(target=again_and_again, args=[act], daemon=True).start()
    again_and_again(end_run)


def read(life: Life) -> None:
    """All that is there; what is wrong with it is said."""
    before = life.last
    numbers = [row.number for row in life.rows()]
    if numbers != sorted(set(numbers), reverse=True):
        say("disorder", before)
    # What came meanwhile may have sent others away.
    if not staying(life.rules, life.last) & set(range(1, before + 1)) <= set(numbers):
        say("unread", before)
    threading.Event().wait(0.03)


def again_and_again(act: Callable[[], None]) -> None:
    try:
        while True:
            act()
    except BaseException as error:  # noqa: BLE001 - whatever it is was not to be
        say(f"raised_{error!r}".replace(" ", "_"), 0)
        os._exit(1)


def say(word: str, number: int) -> None:
    os.write(1, f"{word} {number}\n".encode())


@dataclass
class Findings:
    """What was counted; the lists should stay empty."""

    kills: int = 0
    in_a_sweep: int = 0
    """Kills before the end of a sweep that had begun."""
    half_done: int = 0
    """Kills that left a file which was being written anew."""
    gone: int = 0
    """Rows that are no longer there, as it should be."""
    lost: list[str] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    """What should have gone before the last sweep but one."""
    disorder: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.overdue or self.disorder)

    def __str__(self) -> str:
        counts = {
            name: len(value) if isinstance(value, list) else value for name, value in vars(self).items()
        }
        return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())


class Sweeps:
    """One home, and life after life in it."""

    def __init__(self, path: Path, found: Findings) -> None:
        self._path = path
        self.found = found

    def run(self, kills: int) -> None:
        life = Life(self._path)
        while life.last < FIRST:
            life.end_run()
        life.ledger.close()
        for number in range(1, kills + 1):
            # On a busy machine no sweep may come to its end in any of these lives, but for the last one.
            word = "swept" if number == kills else "lives"
            self.check(self._live(number * 7919 % 1000 / 1000 * LONGEST, word))

    def _live(self, seconds: float, word: str) -> Sequence[str]:
        """What it said until it was killed, so long after it said this word first."""
        argv = [sys.executable, __file__, "--live", str(self._path)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = [process.stdout.readline()]
            while said[-1] and not said[-1].startswith(word):
                said.append(process.stdout.readline())
            threading.Event().wait(seconds)
            process.send_signal(signal.SIGKILL)
            said += process.stdout.readlines()
        assert process.returncode == -signal.SIGKILL, said[-3:]
        self.found.kills += 1
        states = [line for line in said if line.startswith("swe")]
        self.found.in_a_sweep += bool(states) and states[-1].startswith("sweeps")
        self.found.half_done += any(True for _ in self._path.glob("history/**/.*.tmp"))
        return said

    def check(self, said: Sequence[str]) -> None:
        self.found.disorder += [line for line in said if line.split()[0] in ("disorder", "unread")]
        ended = last_said(said, "ended")
        swept = last_said(said[: said.index(last)], "swept") if (last := last_sweep(said)) else 0
        self._check_files()
        life = Life(self._path)
        try:
            if life.last < ended:
                self.found.lost.append(f"{life.last} is the last of {ended}")
            self._check_rows(life, swept)
        finally:
            life.ledger.close()

    def _check_files(self) -> None:
        """As the kill left them."""
        for path in self._path.glob("history/*/20*.jsonl"):
            numbers = [row.number for row in newest_first(path)]
            if any(newer <= older for newer, older in pairwise(numbers)):
                self.found.disorder.append(f"{path}: {numbers}")

    def _check_rows(self, life: Life, swept: int) -> None:
        rows = {row.number: row.run for row in life.rows()}
        stay = staying(life.rules, life.last)
        self.found.gone = life.last - len(rows)
        self.found.lost += [f"row {number} at {life.last}" for number in sorted(stay - rows.keys())]
        may_stay = staying(life.rules, swept) | set(self._spared()) | set(range(swept + 1, life.last + 1))
        if swept:
            self.found.overdue += [f"row {number} at {swept}" for number in sorted(rows.keys() - may_stay)]
        for job_id in JOBS:
            numbers = [row.number for row in life.rows(job_id)]
            if numbers != sorted((n for n in rows if rows[n].job_id == job_id), reverse=True):
                self.found.disorder.append(f"{job_id}: {numbers}")
        for number in stay:
            if number in rows and not self._has_output(rows[number]):
                self.found.lost.append(f"output {number} at {life.last}")
        if swept:
            self._check_outputs({run.run_id for run in rows.values()}, BEGIN + (swept - 30) * HOUR)

    def _check_outputs(self, known: AbstractSet[str], before: datetime) -> None:
        for path in self._path.glob("logs/*/*"):
            if path.stem not in known and path.stat().st_mtime < before.timestamp():
                self.found.overdue.append(f"log {path.stem}")
        for path in self._path.glob("artifacts/*/*"):
            if path.name not in known and path.stat().st_mtime < before.timestamp():
                self.found.overdue.append(f"artifact {path.name}")

    def _has_output(self, run: Run) -> bool:
        log = self._path / "logs" / run.job_id / f"{run.run_id}.log"
        report = self._path / "artifacts" / run.job_id / run.run_id / "report"
        return all(path.exists() and path.read_text() == run.run_id for path in (log, report))

    def _spared(self) -> Iterator[int]:
        """The last rows of their files, which stay until the journal has forgotten them."""
        for path in self._path.glob("history/*/20*.jsonl"):
            yield from (row.number for row in list(newest_first(path))[:1])


def last_said(said: Sequence[str], word: str) -> int:
    return max((int(line.split()[1]) for line in said if line.split()[0] == word), default=0)


def last_sweep(said: Sequence[str]) -> str:
    return next((line for line in reversed(said) if line.startswith("swept")), "")


def torture(path: Path, kills: int) -> Findings:
    """Half of them by age, half by number."""
    found = Findings()
    for name in RULES:
        Sweeps(path / name, found).run(kills // len(RULES))
    return found


def main() -> int:
    memory = Path("/dev/shm")
    path = Path(tempfile.mkdtemp(prefix="daybell-sweeps-", dir=memory if memory.is_dir() else None))
    found = torture(path, int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    sys.stdout.write(f"{found}\n")
    for name in ("lost", "overdue", "disorder"):
        for each in getattr(found, name)[:20]:
            sys.stdout.write(f"{name}: {each}\n")
    if found.is_clean:
        shutil.rmtree(path)
    else:
        sys.stdout.write(f"the homes are left in {path}\n")
    return int(not found.is_clean)


if __name__ == "__main__":
    module.KEPT = KEPT
    if sys.argv[1:2] == ["--live"]:
        compaction.PART = PART
        live(Path(sys.argv[2]))
    else:
        sys.exit(main())
