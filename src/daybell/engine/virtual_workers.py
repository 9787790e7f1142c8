"""Workers without processes: each attempt ends after the time that its behaviour takes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from msgspec import Struct

from daybell.core.recovery import Living
from daybell.engine.memory import ROUNDING, VirtualClock
from daybell.engine.messages import AttemptEnded, AttemptStarted, Message
from daybell.engine.ports import Attempt, AttemptResult
from daybell.model.job import Job
from daybell.model.run import ProcessIdentity

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
