"""The real engine, store and processes in a home, with a store of secrets that a test has filled.

`python tests/secret_lives.py HOME` runs `SLEEPER` there, and waits to be killed.
"""

import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from builders import a_job
from daybell.core.plain import plain
from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import MemoryFiles
from daybell.engine.service import Place, SchedulerService
from daybell.engine.state import EngineConfig
from daybell.handlers.command import Commands
from daybell.handlers.keeping import Keeping
from daybell.logs.lines import log_events, write_log
from daybell.machine.alarms import ApschedulerAlarms
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.ids import SystemIds
from daybell.machine.processes.choose import machine_processes
from daybell.machine.processes.survivors import RunSurvivors
from daybell.machine.workers import WorkerPool
from daybell.model.incident import NoticeText
from daybell.model.job import CommandHandler, Job, Keep
from daybell.store.artifacts import ArtifactFiles
from daybell.store.caps import Caps
from daybell.store.directories import create, find
from daybell.store.history import RunHistory
from daybell.store.ledger import FileLedger
from daybell.store.logs import RunLogs
from secret_stores import WARDEN

SLEEPER = a_job(
    id="sleeper",
    handler=CommandHandler(argv=("sleep", "300"), cwd="/", env={"SECRET": "keyring:planted"}),
)


class WrittenNotices:
    """A teller that leaves in the home what a person would read."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def tell(self, notice: NoticeText) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{plain(notice)}\n")


@contextmanager
def life(home: Path, jobs: Iterable[Job]) -> Iterator[SchedulerService]:
    directories = find({"DAYBELL_HOME": str(home)})
    create(directories)
    clock, mailbox = SystemClock(), Mailbox()
    deadlines = DeadlineThread(clock)
    deadlines.start()
    processes = machine_processes(deadlines, clock)
    caps, logs = Caps(), RunLogs(directories.runs_log)
    caps.start()
    keeping = Keeping(caps, logs, ArtifactFiles(directories.artifacts), lambda _: Keep())
    commands = Commands(processes, clock, keeping, warden=WARDEN)
    history = RunHistory(directories.history)
    ledger = FileLedger(directories.journal, directories.checkpoint, history, clock.now())
    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        alarms=ApschedulerAlarms(),
        deadlines=deadlines,
        workers=WorkerPool(commands, mailbox.post, clock, 8),
        ledger=ledger,
        history=history,
        logs=logs,
        teller=WrittenNotices(home / "notices"),
        survivors=RunSurvivors(processes),
    )
    config = EngineConfig(ZoneInfo("UTC"), 8, timedelta(seconds=2), "test")
    place = Place(str(directories.jobs), os.getpid())
    service = SchedulerService(mailbox, ports, MemoryFiles(jobs), config, place)
    service.subscribe(log_events)
    log = write_log(directories.daybell_log)
    try:
        service.start()
        yield service
        assert service.shutdown() == []
    finally:
        logging.getLogger().removeHandler(log)
        log.close()
        ledger.close()
        caps.stop()


def main() -> None:
    with life(Path(sys.argv[1]), [SLEEPER]) as service:
        service.run_now("sleeper")
        sys.stdin.read()


if __name__ == "__main__":
    main()
