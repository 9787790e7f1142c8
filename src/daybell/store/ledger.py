"""The ledger on files: the journal, its checkpoint, and when the journal may forget."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from daybell.engine.errand import Errand
from daybell.model.errors import LedgerError
from daybell.model.events import AnyEvent, Numbered
from daybell.model.record import Checkpoint
from daybell.model.status import Problem
from daybell.store.atomic import sweep
from daybell.store.checkpoint import CheckpointFile, Reading
from daybell.store.history import RunHistory
from daybell.store.journal import Journal
from daybell.store.remedies import complaint

log = logging.getLogger(__name__)

STOP_TIMEOUT = 10.0
"""Seconds that a checkpoint may take when Daybell stops; the journal holds all of it anyway."""


class FileLedger:
    """`engine.ports.Ledger`. Checkpoints are made on a thread of their own: nobody waits for them.

    The journal keeps what came after the last checkpoint but one, so that either copy is enough.
    """

    def __init__(self, journal: Path, checkpoint: Path, history: RunHistory, now: datetime) -> None:
        """AlreadyRunning; LedgerError where the disk does not let it."""
        self._history = history
        self._path = journal
        self._journal = Journal(journal, after=history.newest_number)
        self._aside = f"corrupt-{now:%Y%m%dT%H%M%S}"
        self._checkpoints = CheckpointFile(checkpoint)
        self._name = checkpoint.name
        try:
            self._reading = self._begin(checkpoint)
        except BaseException:
            self._journal.close()
            raise
        if self._reading.refusal:
            history.close()
        self._base = self._reading.checkpoint or Checkpoint()
        self._journal.skip(self._base.number)
        self._saved = self._base.number
        self._next: Checkpoint | None = None
        self._changing = threading.Lock()
        self._errand = Errand("ledger", self._make_checkpoint)
        self._errand.start()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What a person should hear of it; what was found at the start is complete after `replay`."""
        found = [Problem(self._name, "", self._reading.note)] if self._reading.note else []
        found += self._history.problems
        if self._journal.damaged:
            lines = "1 line" if self._journal.damaged == 1 else f"{self._journal.damaged} lines"
            message = f"{lines} could not be read and were passed over: what they said of runs may be missing"
            found.append(Problem(self._path.name, "", message))
        return tuple(found)

    def load(self) -> Checkpoint:
        return self._base

    def replay(self) -> Iterator[Numbered]:
        return self._journal.replay(self._base.number)

    def forgotten(self) -> int:
        """Events up to this number never come again. Any thread. OSError."""
        return self._journal.first(self._saved + 1) - 1

    def append(self, events: Sequence[AnyEvent]) -> Sequence[Numbered]:
        if self._reading.refusal:
            raise LedgerError(f"{self._name}: {self._reading.refusal}")
        return self._journal.append(events)

    def save(self, checkpoint: Checkpoint) -> None:
        with self._changing:
            self._next = checkpoint
        self._errand.ask()

    def close(self) -> None:
        """The last checkpoint is made before."""
        if self._errand.stop(STOP_TIMEOUT):
            self._make_checkpoint()
        self._journal.close()

    def _begin(self, checkpoint: Path) -> Reading:
        """Only who holds the journal may tidy up."""
        sweep(self._path.parent)
        self._history.sweep()
        try:
            return self._decide(self._checkpoints.read(self._aside))
        except OSError as error:
            raise LedgerError(complaint(checkpoint, error)) from error

    def _decide(self, reading: Reading) -> Reading:
        """Without any checkpoint the journal is enough, if it still begins with the first event."""
        if not reading.is_lost:
            return reading
        if next((numbered.number for numbered in self._journal.replay()), 0) != 1:
            remedy = f"restore {self._name} from a backup, or put it and {self._name}.bak aside to begin anew"
            return Reading(None, refusal=f"{reading.note}; {remedy}")
        with suppress(OSError):
            self._checkpoints.put_aside(self._aside)
        return Reading(None, note=f"{reading.note}; all of it was made anew from the journal")

    def _make_checkpoint(self) -> None:
        with self._changing:
            checkpoint, self._next = self._next, None
        if checkpoint is None or self._reading.refusal:
            return
        try:
            # What the journal forgets must be durable in the history.
            self._history.sync()
            self._checkpoints.write(checkpoint)
            self._journal.forget(self._saved)
        except OSError as error:
            log.warning("no checkpoint was made: %s: %s", error.filename or self._name, error.strerror)
        else:
            self._saved = checkpoint.number
