"""While nobody looked: what happened, how does it stand now, and what shall become of it?"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from daybell.core.away import headline
from daybell.core.cards import is_dealt_with, to_run, to_skip, with_choices
from daybell.core.views import clock_time
from daybell.engine.bus import Bus
from daybell.engine.messages import CancelRuns, Hasten, RunNow, SeeAbsence, Verb
from daybell.engine.outlook import Outlook
from daybell.engine.past import Past
from daybell.engine.ports import Clock
from daybell.engine.registry import JobRegistry
from daybell.model.absence import Absence, AbsentRun, Card, CardRun, Present
from daybell.model.errors import Conflict, DaybellError, JobNotFound, LedgerError, RunNotFound
from daybell.model.events import AnyEvent, RunClaimed, RunFinished, RunQueued
from daybell.model.query import RunQuery
from daybell.model.run import Cause, Run

Ask = Callable[[Verb], tuple[str, ...]]
"""The engine's answer to a verb."""

AGAIN: frozenset[Cause] = frozenset({"manual", "catch_up"})
"""Causes of runs that are asked for after another one."""
MOST = 500
"""Runs since then that are looked through, once."""


class Memory:
    """What does not change any more, of one absence: so that a look costs next to nothing."""

    def __init__(self, absence: Absence | None) -> None:
        self.absence = absence
        self.run_ids = {one.run_id for one in absence.runs} if absence else set()
        self.again: dict[str, str] = {}
        """By run: the newest one that was asked for after it."""
        self.ends: dict[str, Present] = {}
        self.shown: dict[str, Run] = {}
        """Their instants in the default zone, counted."""

    def learn(self, runs: Sequence[Run]) -> None:
        """The oldest first."""
        for run in runs:
            if run.retry_of in self.run_ids:
                self.again[run.retry_of] = run.run_id


class Away:
    """For any thread. It hears of runs that are asked for once more, wherever that was."""

    def __init__(
        self, registry: JobRegistry, past: Past, outlook: Outlook, *, clock: Clock, bus: Bus, ask: Ask
    ) -> None:
        self._registry = registry
        self._past = past
        self._outlook = outlook
        self._clock = clock
        self._ask = ask
        self._memory = Memory(None)
        bus.subscribe(self._hear)

    def card(self) -> Card | None:
        """The last absence and how each of its runs stands now; None where nothing is left to deal with."""
        whole = self._registry.whole
        if whole is None or whole.absence is None:
            return None
        absence, zone, now = whole.absence, whole.zone, self._clock.now()
        memory, open_runs = self._remembered(absence), self._registry.open_runs()
        memory.learn(open_runs)
        by_id = {run.run_id: run for run in open_runs}

        def when(instant: datetime) -> str:
            return clock_time(instant, zone, now)

        return Card(
            kind=absence.kind,
            since=absence.since.astimezone(zone),
            until=absence.until.astimezone(zone),
            headline=headline(absence, when),
            runs=with_choices(self._line(one, memory, by_id) for one in absence.runs),
            left_out=absence.left_out,
        )

    def run(self, job_id: str | None = None) -> tuple[str, ...]:
        """What waits need not wait any longer, and what was missed or cut off runs once more; their ids.

        Of one job or of all. JobNotFound; Conflict where nothing is left to run.
        """
        verbs: list[Verb] = []
        for one in to_run(self._card_with(job_id), job_id):
            is_waiting = one.state == "waiting"
            verbs.append(
                Hasten(one.again or one.run_id) if is_waiting else RunNow(one.job_id, retry_of=one.run_id)
            )
        if not verbs:
            raise Conflict(f"nothing of {job_id or 'it'} is left to run")
        return self._done(verbs, job_id)

    def skip(self, job_id: str | None = None) -> tuple[str, ...]:
        """What waits does not run at all; the ids. As `run`."""
        lines = to_skip(self._card_with(job_id), job_id)
        if not lines:
            raise Conflict(f"nothing of {job_id or 'it'} waits any more")
        return self._done([CancelRuns(one.again or one.run_id) for one in lines], job_id)

    def dismiss(self) -> tuple[str, ...]:
        """Nobody needs to hear of it again; the ids of its runs, none where there was nothing."""
        card = self.card()
        self._ask(SeeAbsence())
        return tuple(one.run_id for one in card.runs) if card else ()

    def _card_with(self, job_id: str | None) -> Card:
        card = self.card()
        if job_id is not None and not (card and any(one.job_id == job_id for one in card.runs)):
            self._registry.one(job_id)
            raise Conflict(f"nothing of {job_id} is left from while you were away")
        if card is None:
            raise Conflict("nothing is left from while you were away")
        return card

    def _done(self, verbs: Sequence[Verb], job_id: str | None) -> tuple[str, ...]:
        """What one of them is refused does not hold up the others."""
        done: list[str] = []
        refusals: list[DaybellError] = []
        for verb in verbs:
            try:
                done += self._ask(verb)
            except DaybellError as refusal:
                refusals.append(refusal)
        if refusals and not done:
            raise refusals[0]
        card = self.card()
        is_all = job_id is None and not refusals
        if card is not None and (is_all or is_dealt_with(card)):
            self._ask(SeeAbsence())
        return tuple(done)

    def _remembered(self, absence: Absence) -> Memory:
        if self._memory.absence is not absence:
            memory = Memory(absence)
            with suppress(LedgerError):
                since = RunQuery(causes=AGAIN, since=absence.until, limit=MOST)
                memory.learn([*reversed(self._past.page(since).runs)])
            self._memory = memory
        return self._memory

    def _hear(self, events: Sequence[AnyEvent]) -> None:
        of_runs = (RunQueued, RunClaimed, RunFinished)
        self._memory.learn([event.run for event in events if isinstance(event, of_runs)])

    def _line(self, one: AbsentRun, memory: Memory, open_runs: Mapping[str, Run]) -> CardRun:
        again = memory.again.get(one.run_id)
        if one.run_id not in memory.shown:
            due = Run(run_id=one.run_id, job_id=one.job_id, cause="schedule", due=one.due, due_to=one.due_to)
            memory.shown[one.run_id] = self._outlook.shown(due)
        shown = memory.shown[one.run_id]
        return CardRun(
            job_id=one.job_id,
            run_id=one.run_id,
            fate=one.fate,
            due=shown.due,
            due_to=shown.due_to,
            reason=one.reason,
            name=self._name(one.job_id),
            count=shown.count,
            state=self._state(one, again, memory, open_runs),
            again=again,
        )

    def _state(
        self, one: AbsentRun, again: str | None, memory: Memory, open_runs: Mapping[str, Run]
    ) -> Present | None:
        run_id = again or one.run_id
        if run_id in open_runs:
            return self._openly(open_runs[run_id])
        if again is None and one.fate != "late":
            return one.fate
        if run_id not in memory.ends:
            try:
                outcome = self._past.run(run_id).outcome
            except (RunNotFound, LedgerError):
                return None
            if outcome is None:  # it has come to be open between the two looks
                return "running"
            memory.ends[run_id] = outcome
        return memory.ends[run_id]

    def _openly(self, run: Run) -> Present:
        """Between two attempts it waits, and then nothing of its job runs."""
        with suppress(JobNotFound):
            if not self._registry.one(run.job_id).is_running:
                return "waiting"
        return "running" if run.attempts else "waiting"

    def _name(self, job_id: str) -> str:
        with suppress(JobNotFound):
            return self._registry.one(job_id).name
        return job_id
