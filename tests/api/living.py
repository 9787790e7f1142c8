"""The API of a real scheduler: its engine has a thread, and what lies outside is in memory."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from builders import BERLIN, at
from daybell.api.about import Around
from daybell.api.server import ApiServer
from daybell.engine.configuring import Configuration
from daybell.engine.files import JobFiles
from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import (
    CountingIds,
    MemoryFiles,
    MemoryHistory,
    MemoryLedger,
    NoLogs,
    VirtualAlarms,
    VirtualClock,
    VirtualDeadlines,
)
from daybell.engine.service import Place, SchedulerService
from daybell.engine.state import EngineConfig
from daybell.engine.virtual_workers import Behaviour, VirtualWorkers
from daybell.model.job import Job
from daybell.store.artifacts import ArtifactFiles
from known_environments import KnownEnvironment
from waiting import until

HEALTHY = Around(doctor=lambda: {"schema": 1, "worst": "ok", "findings": []}, environment=KnownEnvironment())
START = at("2026-03-02 12:00")


class Living:
    """Time passes when the test says so."""

    second = timedelta(seconds=1)

    def __init__(
        self,
        directory: Path,
        *jobs: Job,
        files: Callable[[VirtualClock], JobFiles] | None = None,
        settings: Configuration | None = None,
    ) -> None:
        mailbox = Mailbox()
        self.mailbox = mailbox
        self.path = directory / "api.sock"
        self.clock = VirtualClock(START)
        self.alarms = VirtualAlarms()
        self.deadlines = VirtualDeadlines(self.clock)
        self.behaviour = Behaviour()
        self.workers = VirtualWorkers(self.clock, mailbox.post, lambda _: self.behaviour)
        self.ledger = MemoryLedger()
        self.files = MemoryFiles(jobs) if files is None else files(self.clock)
        ports = Ports(
            clock=self.clock,
            ids=CountingIds(),
            alarms=self.alarms,
            deadlines=self.deadlines,
            workers=self.workers,
            ledger=self.ledger,
            history=MemoryHistory(),
            logs=NoLogs(),
        )
        config = EngineConfig(BERLIN, 4, timedelta(seconds=30), "0.1.0")
        self.service = SchedulerService(mailbox, ports, self.files, config, Place("/home/me/jobs", 7))
        self.service.settings = settings or self.service.settings
        self.server = ApiServer(self.service, self.path, ArtifactFiles(directory), around=HEALTHY)
        self.service.start()
        self.server.start()
        self.rest()  # else the engine may do at a later time what belongs to the start

    def run_to_end(self, job_id: str) -> str:
        """One run by hand, which takes a second."""
        run_id = self.service.run_now(job_id)
        until(lambda: self.service.get_run(run_id).started is not None)
        self.pass_time(timedelta(seconds=1))
        until(lambda: self.service.get_run(run_id).outcome is not None)
        self.rest()
        return run_id

    def pass_time(self, length: timedelta) -> None:
        self.clock.advance_to(self.clock.now() + length)
        self.workers.finish_due()
        self.alarms.ring(self.clock.now())
        self.rest()

    def rest(self) -> None:
        """Until all that was told has been heard."""
        until(lambda: self.mailbox.is_awaited)

    def stop(self) -> None:
        self.service.pause_all()
        self.pass_time(timedelta(minutes=1))
        self.service.shutdown()
        assert self.server.stop()
