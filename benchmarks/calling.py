"""Daybell's engine with a function for a handler: real alarms, ledger, workers and service, and no process.

calling.py COUNT OFFSET TICKING FILE

So many jobs, of which TICKING are due once a second, spread evenly from OFFSET ns on. Each call is a line of
FILE, and each hand-over to a worker, which comes before its instant, one of FILE.handed.
"""

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app import far_away
from calls import SECOND, write
from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import MemoryFiles, NoLogs
from daybell.engine.ports import Attempt, AttemptResult, Clock
from daybell.engine.service import Place, SchedulerService
from daybell.engine.state import EngineConfig
from daybell.handlers.live import Live
from daybell.machine.alarms import ApschedulerAlarms
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.ids import SystemIds
from daybell.machine.workers import WorkerPool
from daybell.model.durations import Duration
from daybell.model.job import CommandHandler, CronTrigger, IntervalTrigger, Job
from daybell.model.run import ProcessIdentity
from daybell.store.history import RunHistory
from daybell.store.ledger import FileLedger

SLOTS = 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Function:
    """`engine.ports.Handler`: waits for the instant as a command's attempt does, and then calls."""

    def __init__(self, clock: Clock, file: str) -> None:
        self._clock = clock
        self._file = file

    def run(self, attempt: Attempt, _started: Callable[[ProcessIdentity], None]) -> AttemptResult:
        handed = _now()
        if attempt.not_before is not None:
            Live().hold(attempt.not_before, self._clock)
        called = _now()
        instant = int(attempt.job.handler.argv[0])
        write(self._file, called, instant)
        write(f"{self._file}.handed", handed, instant)
        return AttemptResult(outcome="succeeded", exit_code=0)

    def adopt(self, run_id: str, process: ProcessIdentity) -> AttemptResult:
        raise NotImplementedError

    def end(self, run_id: str, grace: timedelta) -> None:
        """A call is over before anybody could end it."""


def main(count: int, offset: int, ticking: int, file: str) -> None:
    service = _service(Path(file).with_suffix(".home"), file, [*_jobs(count, offset, ticking)])
    service.start()
    gc.collect()
    gc.freeze()  # as the app does
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


def _jobs(count: int, offset: int, ticking: int) -> Iterator[Job]:
    for number, expression in enumerate(far_away(count - ticking)):
        trigger = CronTrigger(expression)
        yield Job(f"far-{number:05}", CommandHandler(("true",)), triggers=(trigger,))
    for number in range(ticking):
        instant = offset + number * SECOND // ticking
        every = IntervalTrigger(Duration(seconds=1), EPOCH + timedelta(microseconds=instant // 1000))
        yield Job(f"tick-{number}", CommandHandler((str(instant),)), triggers=(every,))


def _service(home: Path, file: str, jobs: list[Job]) -> SchedulerService:
    home.mkdir()
    clock, mailbox = SystemClock(), Mailbox()
    deadlines = DeadlineThread(clock)
    deadlines.start()
    history = RunHistory(home / "history")
    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        alarms=ApschedulerAlarms(),
        deadlines=deadlines,
        workers=WorkerPool(Function(clock, file), mailbox.post, clock, SLOTS),
        ledger=FileLedger(home / "journal.jsonl", home / "state.json", history, clock.now()),
        history=history,
        logs=NoLogs(),
    )
    config = EngineConfig(ZoneInfo("UTC"), SLOTS, timedelta(seconds=5), "bench")
    return SchedulerService(mailbox, ports, MemoryFiles(jobs), config, Place(str(home), 1))


def _now() -> int:
    return time.clock_gettime_ns(time.CLOCK_REALTIME)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
