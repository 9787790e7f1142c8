"""The real store and engine on a home's files, at one instant: what does Daybell find there?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from builders import BERLIN
from daybell.core.zones import zone
from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import CountingIds, VirtualAlarms, VirtualClock, VirtualDeadlines
from daybell.engine.service import Place, SchedulerService
from daybell.engine.state import EngineConfig
from daybell.engine.virtual_workers import Behaviour, VirtualWorkers
from daybell.model.query import RunQuery
from daybell.store.checkpoint import decode
from daybell.store.directories import Directories, create, find
from daybell.store.history import RunHistory
from daybell.store.jobs import JobFolder
from daybell.store.ledger import FileLedger
from daybell.store.logs import RunLogs
from daybell.store.settings import read_settings


class Found(NamedTuple):
    """As JSON has it."""

    jobs: Any
    history: Any
    next_runs: Any
    problems: Any
    incidents: Any
    held: Any


@contextmanager
def booted(home: Path, now: datetime) -> Iterator[SchedulerService]:
    """Time stands still, and nothing that starts ever ends."""
    directories = find({"DAYBELL_HOME": str(home)})
    create(directories)
    clock, mailbox = VirtualClock(now), Mailbox()
    history = RunHistory(directories.history)
    ledger = FileLedger(directories.journal, directories.checkpoint, history, now)
    workers = VirtualWorkers(clock, mailbox.post, lambda _: Behaviour())
    ports = Ports(
        clock=clock,
        ids=CountingIds(),
        alarms=VirtualAlarms(),
        deadlines=VirtualDeadlines(clock),
        workers=workers,
        ledger=ledger,
        history=history,
        logs=RunLogs(directories.runs_log),
        survivors=workers,
    )
    config = _config(directories)
    files = JobFolder(directories.jobs, config.zone, lambda _job, _file: [], clock)
    service = SchedulerService(mailbox, ports, files, config, Place(str(directories.jobs), 1))
    try:
        service.start()
        yield service
        assert service.shutdown() == []
    finally:
        ledger.close()


def found(home: Path, now: datetime) -> Found:
    """All of it, in a life that begins and ends at that instant."""
    with booted(home, now) as service:
        status, history = service.status(), service.history(RunQuery(limit=1000)).runs
        next_runs = {job.id: service.next_runs(job.id, 3) for job in status.jobs}
    checkpoint = decode((home / "state" / "state.json").read_bytes())
    runs = [structs.asdict(run) for run in history]  # with what rows leave out
    parts = (status.jobs, runs, next_runs, status.problems, checkpoint.incidents, checkpoint.held)
    return Found(*map(msgspec.to_builtins, parts))


def _config(directories: Directories) -> EngineConfig:
    settings = read_settings(directories.settings_file, BERLIN)
    scheduler = settings.scheduler
    return EngineConfig(
        zone=zone(scheduler.default_timezone, BERLIN),
        slots=scheduler.max_concurrent_runs or 4,
        shutdown_timeout=scheduler.shutdown_timeout,
        version="0.1.0",
        notices=settings.notices,
        groups=scheduler.groups,
        follows_machine=False,
    )
