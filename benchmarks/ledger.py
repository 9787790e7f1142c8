"""What does it cost that nothing is acknowledged before it is on the disk?"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from daybell.engine.loop import Ports
from daybell.engine.mailbox import Mailbox
from daybell.engine.memory import MemoryFiles, NoLogs, VirtualAlarms, VirtualClock, VirtualDeadlines
from daybell.engine.service import Place, SchedulerService
from daybell.engine.state import EngineConfig
from daybell.engine.virtual_workers import Behaviour, VirtualWorkers
from daybell.machine.clock import SystemClock
from daybell.machine.ids import SystemIds
from daybell.model.events import RunClaimed
from daybell.model.job import CommandHandler, Job
from daybell.model.run import Run
from daybell.store.history import RunHistory
from daybell.store.ledger import FileLedger
from figures import Budget, Figure, median

WRITERS = 16
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLAIM = RunClaimed(
    at=NOW,
    run=Run(run_id="20260301T120000-abcdefgh", job_id="backup", cause="schedule", due=NOW, log="x" * 80),
)


def measure(*, quick: bool) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="daybell-bench-") as directory:
        rounds = 300 if quick else 2000
        ours, floor = _writes(Path(directory), rounds)
        yield Figure(
            "a durable claim, p50", ours, "ms", "write + fdatasync", floor, Budget(2, 2, of_ratio=True)
        )
    length = timedelta(seconds=1 if quick else 3)
    with tempfile.TemporaryDirectory(prefix="daybell-bench-") as directory:
        one = _verbs(Path(directory) / "one", 1, length)
        many = _verbs(Path(directory) / "many", WRITERS, length)
        # The other way round, so that less is better as everywhere: a third of one writer's time, at most.
        budget = Budget(1 / 3, 1 / 3, of_ratio=True)
        yield Figure(
            f"a durable verb, {WRITERS} writers at once", 1000 / many, "ms", "one writer", 1000 / one, budget
        )


def _writes(directory: Path, rounds: int) -> tuple[float, float]:
    """Milliseconds for one claim in the journal, and for as many bytes in a bare file; in turns."""
    ledger = FileLedger(directory / "journal.jsonl", directory / "state.json", RunHistory(directory), NOW)
    bare = os.open(directory / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    ledger.append([CLAIM])
    content = b"x" * (directory / "journal.jsonl").stat().st_size
    ours, floor = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        os.write(bare, content)
        os.fdatasync(bare)
        between = time.perf_counter()
        ledger.append([CLAIM])
        ours.append(time.perf_counter() - between)
        floor.append(between - began)
    os.close(bare)
    ledger.close()
    return median(ours) * 1000, median(floor) * 1000


def _verbs(directory: Path, writers: int, length: timedelta) -> float:
    """How many pauses and resumes a second are acknowledged, each writer waiting for its own."""
    directory.mkdir()
    service, ledger = _service(directory, writers)
    service.start()
    end = time.monotonic() + length.total_seconds()
    counts = [0] * writers

    def write(number: int) -> None:
        while time.monotonic() < end:
            verb = service.resume_job if counts[number] % 2 else service.pause_job
            verb(f"job-{number}")
            counts[number] += 1

    threads = [threading.Thread(target=write, args=[number]) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    service.shutdown()
    ledger.close()
    return sum(counts) / length.total_seconds()


def _service(directory: Path, jobs: int) -> tuple[SchedulerService, FileLedger]:
    """The real engine on the real ledger, with nothing to run."""
    clock, mailbox = SystemClock(), Mailbox()
    history = RunHistory(directory / "history")
    ledger = FileLedger(directory / "journal.jsonl", directory / "state.json", history, NOW)
    virtual = VirtualClock(NOW)
    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        alarms=VirtualAlarms(),
        deadlines=VirtualDeadlines(virtual),
        workers=VirtualWorkers(virtual, mailbox.post, lambda _: Behaviour()),
        ledger=ledger,
        history=history,
        logs=NoLogs(),
    )
    files = MemoryFiles(
        Job(id=f"job-{number}", handler=CommandHandler(argv=("true",))) for number in range(jobs)
    )
    config = EngineConfig(ZoneInfo("UTC"), 4, timedelta(seconds=5), "bench")
    return SchedulerService(mailbox, ports, files, config, Place(str(directory), 1)), ledger
