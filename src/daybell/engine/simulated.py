"""The real engine in virtual time: no threads, no waiting, the same twice."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from daybell.core.clocks import ClockStepped, Froze, Slept
from daybell.engine.bus import Bus
from daybell.engine.loop import Engine, Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import (
    CountingIds,
    FixedProbes,
    MemoryFiles,
    MemoryHistory,
    MemoryLedger,
    MemoryTeller,
    NoLogs,
    VirtualAlarms,
    VirtualClock,
    VirtualDeadlines,
)
from daybell.engine.messages import (
    Asked,
    ClockMoved,
    FactsChanged,
    Message,
    Verb,
    ZoneMoved,
)
from daybell.engine.ports import Attempt
from daybell.engine.registry import JobRegistry
from daybell.engine.state import EngineConfig
from daybell.engine.virtual_workers import Behaviour, VirtualProcess, VirtualWorkers
from daybell.model.absence import LastEnd
from daybell.model.facts import Facts
from daybell.model.job import Job
from daybell.model.query import RunQuery
from daybell.model.run import Run
from daybell.model.settings import NoticeConfig
from daybell.model.status import JobStatus


class Simulation:
    """One home and the machine around it; `restart` and `crash` give it a new engine on the same ledger."""

    def __init__(
        self,
        jobs: Iterable[Job] = (),
        *,
        start: datetime,
        zone: ZoneInfo | None = None,
        slots: int = 8,
        notices: NoticeConfig = NoticeConfig(),  # noqa: B008 - an immutable value
        behave: Callable[[Attempt], Behaviour] = lambda _: Behaviour(),
    ) -> None:
        utc = ZoneInfo("UTC")
        self.config = EngineConfig(zone or utc, slots, timedelta(seconds=30), "simulated", notices)
        self.clock = VirtualClock(start)
        self.ledger = MemoryLedger()
        self.history = MemoryHistory()
        self.teller = MemoryTeller()
        self.files = MemoryFiles(jobs)
        self.behave = behave
        self.facts = Facts()
        self._ids = CountingIds()
        self._orphans: dict[str, VirtualProcess] = {}
        self._last_end: LastEnd | None = None
        self.awake_for: str | None = None
        """Why the machine does not fall asleep by itself."""
        self.refusal = ""
        self._boot()

    def run_until(self, instant: datetime) -> None:
        """Let everything happen up to and including that instant."""
        self.settle()
        while (upcoming := self._next_instant()) is not None and upcoming <= instant:
            self.clock.advance_to(upcoming)
            self._let_happen()
        self.clock.advance_to(instant)
        self._let_happen()

    def run_for(self, length: timedelta) -> None:
        self.run_until(self.clock.now() + length)

    def suspend(self, length: timedelta) -> None:
        """Asleep: the wall clock goes on, awake time does not; the alarms ring after the wake."""
        self.clock.step_to(self.clock.now() + length)
        self._happened(ClockMoved(Slept(length)))

    def freeze(self, length: timedelta) -> None:
        """The app stands still, and what it runs goes on; all that was due rings afterwards."""
        self.clock.advance_to(self.clock.now() + length)
        self._happened(ClockMoved(Froze(length)))

    def step_clock(self, by: timedelta) -> None:
        """Somebody sets the clock on the wall; back, where it is negative."""
        self.clock.step_to(self.clock.now() + by)
        self._happened(ClockMoved(ClockStepped(by)))

    def change_zone(self, zone: ZoneInfo) -> None:
        """The machine is somewhere else; also the zone of the next life."""
        self.config = replace(self.config, zone=zone)
        self._happened(ZoneMoved(zone))

    def surround(self, facts: Facts) -> None:
        """What the probes say from now on."""
        self.facts = facts
        self._happened(FactsChanged(facts))

    def ask(self, verb: Verb) -> tuple[str, ...]:
        """What the engine answers at once; raises what it raises."""
        return self.ask_later(verb).result(0)

    def ask_later(self, verb: Verb) -> Future[tuple[str, ...]]:
        """The place for an answer that may take its time."""
        reply: Future[tuple[str, ...]] = Future()
        self._mailbox.post(Asked(verb, reply))
        self.settle()
        return reply

    def reload(self) -> None:
        """The job files were edited."""
        self.ask(self.files.read())

    def crash(self, *, leaves_processes: bool = False) -> None:
        """The app is gone in an instant, and so is what it ran, unless that lives on."""
        self._last_end = LastEnd("crashed", self.clock.now())
        self._orphans = {**self.workers.orphans, **self.workers.alive} if leaves_processes else {}
        self.workers.alive.clear()
        self.workers.waiting.clear()
        self.alarms.stop()
        self.deadlines.stop()

    def restart(self) -> None:
        """A new engine on the same ledger."""
        self._boot()

    def hold(self, reason: str | None) -> None:
        """As `Wakefulness` has it."""
        self.awake_for = reason

    def settle(self) -> None:
        """Until the mailbox is empty."""
        while messages := self._mailbox.pending():
            self.engine.step(messages)

    def status(self, job_id: str) -> JobStatus:
        return self.registry.one(job_id)

    def rows(self, job_id: str | None = None) -> list[Run]:
        """Ended runs, oldest first."""
        newest_first = self.history.select(RunQuery(job_id=job_id, limit=1_000_000))
        return [row.run for row in reversed(newest_first)]

    def _boot(self) -> None:
        self._mailbox = Mailbox()
        self.registry = JobRegistry()
        self.alarms = VirtualAlarms()
        self.deadlines = VirtualDeadlines(self.clock)
        self.workers = VirtualWorkers(self.clock, self._mailbox.post, self._behaviour, self._orphans)
        self.bus = Bus()
        ports = Ports(
            clock=self.clock,
            ids=self._ids,
            alarms=self.alarms,
            deadlines=self.deadlines,
            workers=self.workers,
            ledger=self.ledger,
            history=self.history,
            logs=NoLogs(),
            teller=self.teller,
            survivors=self.workers,
            probes=FixedProbes(self.facts),
            wakefulness=self,
            last_end=self._last_end,
        )
        self._last_end = None
        self.engine = Engine(self._mailbox, ports, self.config, self.registry, self.bus)
        self.engine.boot(self.files.read())
        self.settle()

    def _happened(self, message: Message) -> None:
        self._mailbox.post(message)
        self.settle()
        self._let_happen()

    def _behaviour(self, attempt: Attempt) -> Behaviour:
        """Looked up at each attempt, so that a test may change `behave` on the way."""
        return self.behave(attempt)

    def _let_happen(self) -> None:
        self.workers.finish_due()
        self.workers.spawn_due()
        self.settle()
        self.deadlines.act()
        self.settle()
        self.alarms.ring(self.clock.now())
        self.settle()

    def _next_instant(self) -> datetime | None:
        instants = list(self.alarms.at.values())
        now, elapsed = self.clock.now(), self.clock.monotonic()
        monotonic = [process.ends for process in self.workers.alive.values()]
        monotonic += [at for at, _ in self.workers.waiting.values()]
        monotonic += [at for at, _ in self.deadlines.at.values()]
        instants += [now + timedelta(seconds=at - elapsed) for at in monotonic]
        return min(instants, default=None)
