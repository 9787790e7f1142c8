"""Is a batch durable? Nothing that cannot be recorded is started."""

import logging
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from daybell.core.catchup import CANNOT_RECORD
from daybell.core.deferral import given_up
from daybell.engine.batch import Batch
from daybell.engine.ports import Clock, Ledger
from daybell.engine.state import State
from daybell.model.errors import Conflict, LedgerError
from daybell.model.events import AnyEvent, Numbered, RunFinished
from daybell.model.incident import NoticeText
from daybell.model.run import Run
from daybell.model.status import Problem

log = logging.getLogger(__name__)


class Recorder:
    """Appends batches to the ledger; what it refused is kept and goes before the next batch."""

    def __init__(self, ledger: Ledger, clock: Clock, state: State) -> None:
        self._ledger = ledger
        self._clock = clock
        self._state = state
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
        """The events that are durable now. When it fails, the batch has lost its starts; its notices wait."""
        events = [*self._unwritten, *batch.events]
        if not events:
            return ()
        try:
            numbered = self._ledger.append(events)
        except LedgerError as error:
            self._withdraw(batch, error)
            return ()
        batch.notices[:0] = self._untold
        self._unwritten, self._untold = [], []
        self.problem = None
        return numbered

    def _withdraw(self, batch: Batch, error: LedgerError) -> None:
        if self.problem is None:
            log.error("cannot record: %s", error, extra={"event": "cannot_record"})
        self.problem = Problem("journal.jsonl", "", f"cannot be written, so no run starts: {error}")
        now = self._clock.now()
        for attempt in batch.starts:
            event = RunFinished(at=now, run=self._not_begun(attempt.run, now))
            batch.events.append(event)
            self._state.records.apply(event)
        batch.starts.clear()
        batch.break_promises(Conflict(self.problem.message))
        self._unwritten = [*self._unwritten, *batch.events]
        self._untold = [*self._untold, *batch.notices]
        batch.notices.clear()

    def _not_begun(self, run: Run, now: datetime) -> Run:
        """One that has failed before ends as that attempt did."""
        open_run = self._state.records.open_runs.get(run.run_id)
        run = replace(run, attempts=run.attempts - 1, finished=now)
        if open_run is None:
            return replace(run, outcome="skipped", reason=CANNOT_RECORD, log=None)
        end = given_up(replace(open_run, run=run), "skipped", CANNOT_RECORD)
        return replace(run, outcome=end.outcome, reason=end.reason, log=run.log if run.attempts else None)
