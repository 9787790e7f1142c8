"""Is a batch durable? Nothing that cannot be recorded is started."""

import logging
from collections.abc import Sequence

from msgspec.structs import replace

from daybell.engine.batch import Batch
from daybell.engine.ports import Ledger
from daybell.model.errors import Conflict, LedgerError
from daybell.model.events import AnyEvent, Numbered, RunFinished
from daybell.model.incident import NoticeText
from daybell.model.run import Run
from daybell.model.status import Problem

log = logging.getLogger(__name__)


class Recorder:
    """Appends batches to the ledger; what it refused is kept and goes before the next batch."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._unwritten: list[AnyEvent] = []
        self._untold: list[NoticeText] = []
        self.problem: Problem | None = None
        """Why the ledger cannot be written, as long as it cannot."""

    @property
    def unwritten_ends(self) -> Sequence[Run]:
        """Runs that have ended, of which nobody may hear before it is durable (L2); without their outcome."""
        ends = [event.run for event in self._unwritten if isinstance(event, RunFinished)]
        return [replace(run, outcome=None, finished=None, reason=None) for run in ends if run.started]

    def record(self, batch: Batch) -> Sequence[Numbered]:
        """The events that are durable now. When it fails, the batch loses its starts; its notices wait."""
        events = [*self._unwritten, *batch.events]
        if not events:
            return ()
        try:
            numbered = self._ledger.append(events)
        except LedgerError as error:
            self._keep(batch, error)
            return ()
        batch.notices[:0] = self._untold
        self._unwritten, self._untold = [], []
        self.problem = None
        return numbered

    def _keep(self, batch: Batch, error: LedgerError) -> None:
        if self.problem is None:
            log.error("cannot record: %s", error, extra={"event": "cannot_record"})
        self.problem = Problem("journal.jsonl", "", f"cannot be written, so no run starts: {error}")
        batch.starts.clear()
        batch.break_promises(Conflict(self.problem.message))
        self._unwritten = [*self._unwritten, *batch.events]
        self._untold = [*self._untold, *batch.notices]
        batch.notices.clear()
