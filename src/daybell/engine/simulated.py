"""The real engine in virtual time: no threads, no waiting, the same twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core.recovery import Living
from daybell.engine.bus import Bus
from daybell.engine.loop import Engine, Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import (
    ROUNDING,
    CountingIds,
    MemoryFiles,
    MemoryHistory,
    MemoryLedger,
    MemoryTeller,
    NoLogs,
    VirtualAlarms,
    VirtualClock,
    VirtualDeadlines,
)
from daybell.engine.messages import Asked, AttemptEnded, AttemptStarted, Message, Verb
from daybell.engine.ports import Attempt, AttemptResult
from daybell.engine.registry import JobRegistry
from daybell.engine.state import EngineConfig
from daybell.model.job import Job
from daybell.model.run import ProcessIdentity, Run
from daybell.model.settings import NoticeConfig
from daybell.model.status import JobStatus

SOON = timedelta(milliseconds=1)
UNKNOWN = AttemptResult(outcome="unknown")


class Behaviour(Struct, frozen=True):
    """What a simulated command does."""

    takes: timedelta = timedelta(seconds=1)
    result: AttemptResult = AttemptResult(outcome="succeeded", exit_code=0)
    ignores_sigterm: bool = False
    ignores_all: bool = False
    """It outlives even the final signal, as a process that hangs in the kernel does."""
    can_start: bool = True


class VirtualProcess(Struct):
    """What a run started; it may outlive the engine that started it."""

    ends: float
    """In monotonic seconds."""
    behaviour: Behaviour
    identity: ProcessIdentity
    job: Job | None = None
    """None for one that was adopted."""
    is_adopted: bool = False


class VirtualWorkers:
    """Every attempt starts at once and ends after the time its behaviour takes."""

    def __init__(
        self,
        clock: VirtualClock,
        post: Callable[[Message], None],
        behave: Callable[[Attempt], Behaviour],
        orphans: Mapping[str, VirtualProcess] = MappingProxyType({}),
    ) -> None:
        """`orphans` were started by an earlier life, and belong to nobody until they are adopted."""
        self._clock = clock
        self._post = post
        self._behave = behave
        self.orphans = dict(orphans)
        self.alive: dict[str, VirtualProcess] = {}
        self.waiting: dict[str, tuple[float, Attempt]] = {}
        """Attempts that were decided a moment ahead of their instant."""

    def start(self, attempt: Attempt) -> None:
        wait = attempt.not_before - self._clock.now() if attempt.not_before else timedelta(0)
        if wait > timedelta(0):
            at = self._clock.monotonic() + wait.total_seconds()
            self.waiting[attempt.run.run_id] = (at, attempt)
        else:
            self._spawn(attempt)

    def adopt(self, run_id: str, process: ProcessIdentity) -> None:
        orphan = self.orphans.pop(run_id, None)
        if orphan is None or orphan.identity != process:
            self._post(AttemptEnded(run_id, UNKNOWN, self._clock.now()))
        else:
            orphan.is_adopted = True
            self.alive[run_id] = orphan

    def find(self, runs: Mapping[str, ProcessIdentity | None]) -> Mapping[str, Sequence[Living]]:
        """`engine.ports.Survivors`."""
        self.end_orphans()
        return {
            run_id: [Living(self.orphans[run_id].identity, is_main=True)]
            for run_id in runs
            if run_id in self.orphans
        }

    def _spawn(self, attempt: Attempt) -> None:
        run_id = attempt.run.run_id
        behaviour = self._behave(attempt)
        takes = behaviour.takes if behaviour.can_start else timedelta(0)
        identity = ProcessIdentity(len(self.alive) + 1, self._clock.monotonic(), "simulated")
        ends = self._clock.monotonic() + takes.total_seconds()
        self.alive[run_id] = VirtualProcess(ends, behaviour, identity, attempt.job)
        if behaviour.can_start:
            self._post(AttemptStarted(run_id, identity, self._clock.now()))

    def end(self, run_id: str, grace: timedelta) -> None:
        if self.waiting.pop(run_id, None) is not None:
            result = AttemptResult(outcome="failed", error="it had not started")
            self._post(AttemptEnded(run_id, result, self._clock.now()))
        process = self.alive.get(run_id)
        if process is None or process.behaviour.ignores_all:
            return
        is_stubborn = process.behaviour.ignores_sigterm
        ended = AttemptResult(outcome="failed", exit_code=137 if is_stubborn else 143)
        process.ends = self._clock.monotonic() + (grace if is_stubborn else SOON).total_seconds()
        process.behaviour = Behaviour(result=ended)

    def jobs(self) -> list[Job]:
        """Of each process that lives and was started by this life."""
        return [process.job for process in self.alive.values() if process.job]

    def stop(self, timeout: timedelta) -> list[str]:  # noqa: ARG002 - the port's shape; nothing to wait for
        return []

    def spawn_due(self) -> None:
        for run_id, (at, attempt) in sorted(self.waiting.items(), key=lambda one: (one[1][0], one[0])):
            if at <= self._clock.monotonic() + ROUNDING:
                del self.waiting[run_id]
                self._spawn(attempt)

    def finish_due(self) -> None:
        self.end_orphans()
        for run_id, process in sorted(self.alive.items(), key=lambda one: (one[1].ends, one[0])):
            if process.ends <= self._clock.monotonic() + ROUNDING:
                del self.alive[run_id]
                result = UNKNOWN if process.is_adopted else process.behaviour.result
                self._post(AttemptEnded(run_id, result, self._clock.now()))

    def end_orphans(self) -> None:
        now = self._clock.monotonic() + ROUNDING
        self.orphans = {run_id: orphan for run_id, orphan in self.orphans.items() if orphan.ends > now}


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
        self._ids = CountingIds()
        self._orphans: dict[str, VirtualProcess] = {}
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
        self._let_happen()

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
        self._orphans = {**self.workers.orphans, **self.workers.alive} if leaves_processes else {}
        self.workers.alive.clear()
        self.workers.waiting.clear()
        self.alarms.stop()
        self.deadlines.stop()

    def restart(self) -> None:
        """A new engine on the same ledger."""
        self._boot()

    def settle(self) -> None:
        """Until the mailbox is empty."""
        while messages := self._mailbox.pending():
            self.engine.step(messages)

    def status(self, job_id: str) -> JobStatus:
        return self.registry.one(job_id)

    def rows(self, job_id: str | None = None) -> list[Run]:
        """Ended runs, oldest first."""
        return list(reversed(self.history.rows(job_id, 1_000_000)))

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
        )
        self.engine = Engine(self._mailbox, ports, self.config, self.registry, self.bus)
        self.engine.boot(self.files.read())
        self.settle()

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
