"""One life of a ledger, as a script: it says what was acknowledged, as soon as it was, and then goes on.

`python tests/store/life.py HOME [what it leaves out]`
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from daybell.model.errors import LedgerError
from daybell.model.events import AnyEvent, Numbered, RunClaimed, RunFinished
from daybell.model.record import Checkpoint, JobRecord
from daybell.model.run import Run
from daybell.store import atomic, checkpoint, history, journal
from daybell.store.history import RunHistory
from daybell.store.ledger import FileLedger

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEPT = 2
"""Rows in the file of all jobs: few, so that it is trimmed within a life."""
BATCHES = 3, 1, 4, 2, 3
"""Events in each batch of a life."""


def event(number: int) -> AnyEvent:
    """What has this number in every life: a run begins at an odd number and ends at the even one behind."""
    at, job_id = NOW + timedelta(seconds=number), job_of(number)
    run = Run(run_id=f"r{(number + 1) // 2}", job_id=job_id, cause="schedule", due=at)
    if number % 2:
        return RunClaimed(at=at, run=run)
    return RunFinished(at=at, run=Run(run_id=run.run_id, job_id=job_id, cause="schedule", finished=at))


def job_of(number: int) -> str:
    return ("backup", "mail")[(number + 1) // 2 % 2]


def fold(number: int) -> Checkpoint:
    """Of the events up to this number."""
    records = [JobRecord(job_id=job_id, digest="", since=NOW, cursor=NOW) for job_id in ("backup", "mail")]
    return Checkpoint(number=number, jobs=tuple(records), lives=number)


class Life:
    """A ledger and its history, in a home of their own; both directories exist already."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.history = RunHistory(home / "history")
        self.ledger = FileLedger(home / "state/journal.jsonl", home / "state/state.json", self.history, NOW)
        self.base = self.ledger.load()
        self.replayed = []
        for numbered in self.ledger.replay():
            self.history.add(numbered)
            self.replayed.append(numbered)
        self.last = self.replayed[-1].number if self.replayed else self.base.number

    def append(self, count: int) -> Sequence[Numbered]:
        """LedgerError."""
        numbered = self.ledger.append([event(self.last + 1 + place) for place in range(count)])
        assert [one.event for one in numbered] == [event(one.number) for one in numbered]
        self.last = numbered[-1].number
        return numbered

    def save(self) -> bool:
        """Whether a checkpoint is durable. Made on this thread, so that each life takes the same steps."""
        self.ledger._next = fold(self.last)
        self.ledger._make_checkpoint()
        return self.ledger._saved == self.last


@contextmanager
def living(home: Path) -> Iterator[Life]:
    life = Life(home)
    try:
        yield life
    finally:
        life.ledger.close()


def live(home: Path, say: Callable[[str, int], None]) -> None:
    with living(home) as life:
        for place, count in enumerate(BATCHES):
            try:
                numbered = life.append(count)
            except LedgerError:
                say("refused", life.last)
                continue
            say("appended", life.last)
            for one in numbered:
                life.history.add(one)
            if place % 2 and life.save():
                say("saved", life.last)


def nothing(*_: object) -> None:
    """In place of a step that is left out."""


def rename(path: Path, backup: Path) -> None:
    """In place of a second name for what is there."""
    if path.exists():
        path.replace(backup)


LEFT_OUT: dict[str, tuple[object, Sequence[tuple[object, str]]]] = {
    "file sync": (nothing, [(module, "sync") for module in (atomic, journal, history)]),
    "directory sync": (nothing, [(module, "sync_directory") for module in (atomic, journal, history)]),
    "link": (rename, [(module, "keep") for module in (atomic, checkpoint, journal)]),
    "history sync": (nothing, [(RunHistory, "sync")]),
}
"""As a ledger would be that is less careful: what stands in place of which steps."""


def write_line(word: str, number: int) -> None:
    """By a call of its own: what happens to the disk's writes does not happen to it."""
    os.writev(1, [f"{word} {number}\n".encode()])


if __name__ == "__main__":
    history.KEPT = KEPT
    instead, places = LEFT_OUT.get(" ".join(sys.argv[2:]), (nothing, ()))
    for owner, name in places:
        setattr(owner, name, instead)
    try:
        live(Path(sys.argv[1]), write_line)
    except LedgerError as error:
        sys.stderr.write(f"{error}\n")
