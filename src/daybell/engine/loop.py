"""The engine: one thread that owns all mutable state, and the mailbox that leads to it.

Each batch of messages is decided, made durable, carried out and only then told, in this order.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from daybell.core import notices
from daybell.core.conditions import only
from daybell.engine.batch import Batch, Deadline
from daybell.engine.bus import Bus
from daybell.engine.dispatcher import Dispatcher
from daybell.engine.hands import Hands
from daybell.engine.mailbox import Mailbox
from daybell.engine.messages import (
    AlarmRang,
    Asked,
    FactsChanged,
    LookAgain,
    Message,
    NoticesDue,
)
from daybell.engine.nobody import Nobody, Restless, Silence, Unknown
from daybell.engine.planning import Look
from daybell.engine.ports import (
    Alarms,
    Clock,
    Deadlines,
    DefinitionsRead,
    History,
    Ids,
    Ledger,
    LogFiles,
    Outside,
    Probes,
    Survivors,
    Teller,
    Wakefulness,
    Workers,
)
from daybell.engine.recording import Recorder
from daybell.engine.registry import JobRegistry, Whole
from daybell.engine.state import EngineConfig, State
from daybell.engine.statistics import Tally
from daybell.engine.wakefulness import Leases
from daybell.model.absence import LastEnd
from daybell.model.errors import DaybellError, NotRunning
from daybell.model.events import AnyEvent, Numbered
from daybell.model.facts import Facts
from daybell.model.status import Problem, SchedulerState

log = logging.getLogger(__name__)


CHECKPOINT_EVERY = 5000
"""Events: so many are replayed within a tenth of a second."""
RUSH = 4
"""So many times as many while runs wait for a slot: a checkpoint takes of the disk what they need."""
RETRY = timedelta(seconds=15)
"""How soon a ledger that refused is asked again."""
LEDGER = "@ledger"
"""The key of that deadline."""
NEVER_DUE = "cannot be planned, so it is not due until its file is read again"
NOTICES = "@notices"
"""The key of the one alarm that is no job's: no id begins like this."""


class Ports(Struct, frozen=True):
    """The outside, as the engine sees it."""

    clock: Clock
    ids: Ids
    alarms: Alarms
    deadlines: Deadlines
    workers: Workers
    ledger: Ledger
    history: History
    logs: LogFiles
    teller: Teller = Silence()
    survivors: Survivors = Nobody()
    probes: Probes = Unknown()
    wakefulness: Wakefulness = Restless()
    last_end: LastEnd | None = None
    """How the life before ended, where that was not in order and somebody knows."""


class Engine:
    """Once it runs, only its own thread decides; all others write to its mailbox."""

    def __init__(
        self, mailbox: Mailbox, ports: Ports, config: EngineConfig, registry: JobRegistry, bus: Bus
    ) -> None:
        self._ports = ports
        self._registry = registry
        self._bus = bus
        self._mailbox = mailbox
        self._state = State(config, Tally(ports.clock.now()))
        self._dispatcher = Dispatcher(self._state, Outside(ports.clock, ports.ids, ports.logs))
        self._recorder = Recorder(ports.ledger)
        self._hands = Hands(mailbox.post, ports.clock, ports.workers, ports.deadlines)
        self._leases = Leases(self._state, ports.clock, self._dispatcher.around, ports.wakefulness)
        self._since_checkpoint = 0
        self._alarms: dict[str, datetime] = {}
        """What is set and has not rung yet."""
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    @property
    def is_stopped(self) -> bool:
        return self._state.is_stopped

    def boot(self, read: DefinitionsRead) -> None:
        """Fold the ledger, find what the last life left open, and decide what was missed since."""
        ports, records = self._ports, self._state.records
        records.restore(ports.ledger.load())
        for numbered in ports.ledger.replay():
            records.apply(numbered.event)
            ports.history.add(numbered)
            self._since_checkpoint += 1
        self._dispatcher.around.begin(ports.probes.start(self._facts_changed))
        doubtful = self._dispatcher.recovery.doubtful()
        self._dispatcher.boot(read, ports.survivors.find(doubtful) if doubtful else {}, ports.last_end)
        self._finish_step()
        for problem in ports.ledger.problems:
            ports.teller.tell(notices.damage(problem))
        ports.alarms.start(self._rang)

    def start(self) -> None:
        """Begin to take messages on the engine's own thread."""
        self._thread.start()

    def join(self, timeout: timedelta) -> bool:
        """Whether the thread has ended within that time."""
        self._thread.join(timeout.total_seconds())
        return not self._thread.is_alive()

    def step(self, messages: Sequence[Message]) -> None:
        """Decide one batch, and carry it out."""
        if self._state.cannot_record:
            self._commit()  # what is asked for now deserves another try first
        for message in messages:
            if isinstance(message, AlarmRang):
                self._alarms.pop(message.job_id, None)
            if isinstance(message, NoticesDue):
                self._alarms.pop(NOTICES, None)
            try:
                self._dispatcher.handle(message)
            except Exception as error:  # one message that fails must not take the engine down
                log.exception("a message failed", extra={"event": "engine_error"})
                self._state.tally.failed_itself()
                if isinstance(message, Asked):
                    message.reply.set_exception(error)
        self._finish_step()

    def _finish_step(self) -> None:
        """A slot becomes free and is given away in one batch: either both are durable, or neither.

        What could not be recorded, or can be again, has consequences of its own.
        """
        if not self._state.cannot_record:
            self._dispatcher.fill_slots()
        self._commit()
        while not self._state.batch.is_empty:
            self._commit()

    def _run(self) -> None:
        while not self.is_stopped:
            try:
                self.step(self._mailbox.wait())
            except Exception:  # the thread's edge: without it nothing would ever run again
                log.exception("a batch could not be carried out", extra={"event": "engine_error"})
                self._state.tally.failed_itself()
        for message in self._mailbox.pending():
            if isinstance(message, Asked):
                message.reply.set_exception(NotRunning())

    def _commit(self) -> None:
        batch, trouble = self._state.take_batch(), self._state.cannot_record
        numbered = self._recorder.record(batch)
        if self._recorder.problem is not None:
            self._dispatcher.take_back(batch)
        self._note_trouble(batch)
        self._hands.carry_out(batch)
        looks = self._look_at(batch.touched)
        for job_id, look in looks.items():
            self._set_alarm(job_id, look.alarm)
        self._set_alarm(NOTICES, self._dispatcher.watch.next_due())
        self._leases.look(self._hands)
        for one in numbered:
            self._ports.history.add(one, later=bool(batch.starts))  # of each start there comes a report
        self._make_checkpoint(numbered, batch)
        self._publish(batch, looks, [one.event for one in numbered])
        for notice in batch.notices:
            self._ports.teller.tell(notice)
        if trouble is not None and self._state.cannot_record is None:
            self._dispatcher.planner.pass_trouble()  # last: what comes of it is not in this checkpoint

    def _note_trouble(self, batch: Batch) -> None:
        """While the ledger refuses, no instant is decided; each batch tries again, and one comes soon."""
        before, problem = self._state.cannot_record, self._recorder.problem
        self._state.cannot_record = problem.message if problem is not None else None
        if problem is not None:
            self._hands.set(Deadline(LEDGER, RETRY, LookAgain()))
        if problem is not None and before is None:
            batch.touched.update(self._state.jobs)
            self._ports.teller.tell(notices.trouble(problem.message))
        if problem is None and before is not None:
            # Its deadline stays: whose slot could not be recorded a moment ago is looked after then.
            self._ports.teller.tell(notices.trouble_over())

    def _facts_changed(self, facts: Facts) -> None:
        self._mailbox.post(FactsChanged(facts))

    def _make_checkpoint(self, numbered: Sequence[Numbered], batch: Batch) -> None:
        """Only now: what is in memory is exactly what the ledger holds, and no row waits to be written."""
        self._since_checkpoint += len(numbered)
        due = CHECKPOINT_EVERY * (RUSH if self._state.records.is_rush else 1)
        is_due = not batch.starts and self._since_checkpoint >= due
        if numbered and (self._state.is_stopped or is_due):
            self._ports.ledger.save(self._state.records.checkpoint(numbered[-1].number))
            self._since_checkpoint = 0

    def _rang(self, key: str) -> None:
        self._mailbox.post(NoticesDue() if key == NOTICES else AlarmRang(key))

    def _look_at(self, job_ids: Iterable[str]) -> dict[str, Look]:
        """A job that cannot be planned stays as it was, and harms no other."""
        looks = {}
        for job_id in job_ids:
            try:
                looks[job_id] = self._dispatcher.planner.look(job_id)
            except Exception:  # whatever a schedule makes a library do
                log.exception("a job cannot be planned", extra={"event": "engine_error", "job": job_id})
        return looks

    def _set_alarm(self, job_id: str, at: datetime | None) -> None:
        """Only what changed is set: each setting wakes the alarms' thread."""
        if at == self._alarms.get(job_id):
            return
        if at is None:
            del self._alarms[job_id]
            self._ports.alarms.clear(job_id)
        else:
            self._alarms[job_id] = at
            self._ports.alarms.set(job_id, at)

    def _publish(self, batch: Batch, looks: dict[str, Look], events: Sequence[AnyEvent]) -> None:
        """Snapshots first, so that whoever is told finds them new."""
        secret = self._recorder.unwritten_ends
        jobs = {run.job_id for run in secret}
        open_runs = [open_run.run for open_run in self._state.records.open_runs.values()]
        shown = {job_id: look.snapshot for job_id, look in looks.items() if look.snapshot is not None}
        self._state.tally.count(events, self._ports.clock.now())
        self._registry.publish(
            changed=[snapshot for job_id, snapshot in shown.items() if job_id not in jobs],
            gone=[job_id for job_id, look in looks.items() if look.snapshot is None],
            open_runs=(*open_runs, *secret),
            problems=self._problems(),
            whole=self._whole(),
        )
        for reply, answer in batch.answers:
            if isinstance(answer, DaybellError):
                reply.set_exception(answer)
            else:
                reply.set_result(answer)
        self._bus.publish(events)

    def _whole(self) -> Whole:
        state = self._state
        return Whole(
            state=self._scheduler_state(),
            zone=state.config.zone,
            stats=state.tally.taken(),
            facts=only(self._dispatcher.around.facts, state.asked),
            keeping_awake=self._leases.jobs,
            absence=state.records.absence,
            incidents=tuple(state.records.incidents.values()),
        )

    def _problems(self) -> tuple[Problem, ...]:
        problem = self._recorder.problem
        faults = self._state.faults.items()
        found = (
            *self._ports.ledger.problems,
            *self._state.problems,
            *(Problem(f"{job_id}.json", "triggers", f"{NEVER_DUE}: {why}") for job_id, why in faults),
        )
        return (problem, *found) if problem else found

    def _scheduler_state(self) -> SchedulerState:
        if self._state.is_stopping or not self._state.config.is_enabled:
            return "stopped"
        return "paused" if self._state.records.all_paused else "running"
