"""The engine: one thread that owns all mutable state, and the mailbox that leads to it.

Each batch of messages is decided, made durable, carried out and only then told, in this order.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from daybell.core import notices
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
from daybell.engine.overview import Overview
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
from daybell.engine.publishing import Audience, Publisher, Unpublished
from daybell.engine.recording import Recorder
from daybell.engine.registry import JobRegistry
from daybell.engine.state import EngineConfig, State
from daybell.engine.statistics import Tally
from daybell.engine.wakefulness import Leases
from daybell.model.absence import LastEnd
from daybell.model.errors import NotRunning
from daybell.model.facts import Facts

log = logging.getLogger(__name__)


CHECKPOINT_EVERY = 5000
"""Events: so many are replayed within a tenth of a second."""
RUSH = 4
"""So many times as many while runs wait for a slot: a checkpoint takes of the disk what they need."""
RETRY = timedelta(seconds=15)
"""How soon a ledger that refused is asked again."""
LEDGER = "@ledger"
"""The key of that deadline."""
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
        self._mailbox = mailbox
        self._state = State(config, Tally(ports.clock.now()))
        self._dispatcher = Dispatcher(self._state, Outside(ports.clock, ports.ids, ports.logs))
        self._recorder = Recorder(ports.ledger)
        self._hands = Hands(mailbox.post, ports.clock, ports.workers, ports.deadlines)
        self._leases = Leases(self._state, ports.clock, self._dispatcher.around, ports.wakefulness)
        overview = Overview(self._state, self._recorder, ports.ledger, self._dispatcher.around, self._leases)
        audience = Audience(registry, bus, ports.teller)
        self._publisher = Publisher(self._state, ports.clock, self._recorder, overview, audience)
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
        self._publish()
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
        """Decide one batch, carry it out, and publish what it came to."""
        self._take_in(messages)
        self._publish()

    def _run(self) -> None:
        while not self.is_stopped:
            try:
                if messages := self._mailbox.wait(self._publisher.patience):
                    self._take_in(messages)
                if not self._publisher.may_wait:
                    self._publish()
            except Exception:  # the thread's edge: without it nothing would ever run again
                log.exception("a batch could not be carried out", extra={"event": "engine_error"})
                self._state.tally.failed_itself()
        for message in self._mailbox.pending():
            if isinstance(message, Asked):
                message.reply.set_exception(NotRunning())

    def _take_in(self, messages: Sequence[Message]) -> None:
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

    def _commit(self) -> None:
        batch, trouble = self._state.take_batch(), self._state.cannot_record
        numbered = self._recorder.record(batch)
        if self._recorder.problem is not None:
            self._dispatcher.take_back(batch)
        self._note_trouble(batch)
        self._hands.carry_out(batch)
        self._publisher.add(batch, numbered)
        if trouble is not None and self._state.cannot_record is None:
            self._dispatcher.planner.pass_trouble()

    def _publish(self) -> None:
        news = self._publisher.take()
        looks = self._look_at(news.touched)
        for job_id, look in looks.items():
            self._set_alarm(job_id, look.alarm)
        self._set_alarm(NOTICES, self._dispatcher.watch.next_due())
        self._leases.look(self._hands)
        self._since_checkpoint += len(news.numbered)
        is_due = self._is_checkpoint_due(news)
        # Of each run under way there comes a report. But no row may wait that a checkpoint takes for written.
        is_later = news.has_starts and self._state.records.running > 0 and not is_due
        for one in news.numbered:
            self._ports.history.add(one, later=is_later)
        if is_due:
            self._ports.ledger.save(self._state.records.checkpoint(news.numbered[-1].number))
            self._since_checkpoint = 0
        self._publisher.publish(news, looks)

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

    def _is_checkpoint_due(self, news: Unpublished) -> bool:
        """Only where what is in memory is exactly what the ledger holds."""
        due = CHECKPOINT_EVERY * (RUSH if self._state.records.is_rush else 1)
        is_wanted = self._state.is_stopped or self._since_checkpoint >= due
        is_exact = self._recorder.problem is None and self._state.batch.is_empty
        return bool(news.numbered) and is_wanted and is_exact

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
