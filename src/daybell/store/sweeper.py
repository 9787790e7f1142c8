"""When is the past swept? Some minutes after the start, then each six hours, and where a disk gets full."""

import logging
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from daybell.core.amounts import size
from daybell.engine.ports import Clock, DefinitionsRead
from daybell.engine.registry import JobRegistry
from daybell.model.job import Keep
from daybell.model.settings import Retention
from daybell.model.status import Problem
from daybell.store.directories import Directories
from daybell.store.history import RunHistory
from daybell.store.jobs import JobFolder
from daybell.store.ledger import FileLedger
from daybell.store.outputs import Outputs
from daybell.store.remedies import complaint
from daybell.store.retention import Keeps, Past, Sweep
from daybell.store.room import Swept

log = logging.getLogger(__name__)

FIRST = timedelta(minutes=3)
"""After the start, which has enough to do."""
EVERY = timedelta(hours=6)
LOOK = timedelta(minutes=10)
"""How often the free room is asked for."""
AT_ONCE = 0.002
"""Seconds of work; then others have the disk and the interpreter for as long."""
SLACK = 5.0


class Home(NamedTuple):
    """Whose past it is."""

    directories: Directories
    history: RunHistory
    ledger: FileLedger
    files: JobFolder
    registry: JobRegistry


class Stopping(Exception):
    """The rest waits for another life."""


class Sweeper:
    """A thread that sleeps nearly always, and takes small steps when it works."""

    def __init__(
        self, past: Past, retention: Retention, read: Callable[[], DefinitionsRead], clock: Clock
    ) -> None:
        self._past = past
        self._retention = retention
        self._read = read
        self._clock = clock
        self._stopping = threading.Event()
        self._rested = 0.0
        self._is_short = False
        """There was too little room, and nothing left to remove: until there is more, nothing is tried."""
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is half done is left as it was, or done the next time; returns when the thread has ended."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(SLACK)

    def sweep(self) -> Swept:
        """All of it, on this thread."""
        sweep = Sweep(self._past, self._retention, self._breathe)
        keeps = keeps_of(self._read())
        if keeps is None:
            sweep.room()
        else:
            sweep.whole(keeps, self._clock.now())
        return self._told(sweep.swept)

    def look(self) -> None:
        """Make room where a disk has too little."""
        if self._has_room():
            self._is_short = False
        elif not self._is_short:
            sweep = Sweep(self._past, self._retention, self._breathe)
            sweep.room()
            self._told(sweep.swept)

    def _run(self) -> None:
        pause, swept = FIRST, None
        while not self._stopping.wait(pause.total_seconds()):
            now = self._clock.monotonic()
            try:
                if swept is None or now - swept >= EVERY.total_seconds():
                    swept = now
                    self.sweep()
                else:
                    self.look()
            except Stopping:
                return
            except Exception:  # the thread's edge: the next one may go well
                log.exception("the past could not be swept")
            pause = LOOK

    def _breathe(self) -> None:
        if self._stopping.is_set():
            raise Stopping
        if self._clock.monotonic() - self._rested > AT_ONCE:
            self._stopping.wait(AT_ONCE)
            self._rested = self._clock.monotonic()

    def _has_room(self) -> bool:
        for outputs in self._past.outputs:
            with suppress(OSError):
                if self._past.free(outputs.directory) < self._retention.free_disk:
                    return False
        return True

    def _told(self, swept: Swept) -> Swept:
        problems = []
        if swept.refusal is not None:
            error = swept.refusal
            others = f" (and {swept.refusals - 1} more)" if swept.refusals > 1 else ""
            message = complaint(self._past.outputs[0].directory, error, "what is old cannot be removed")
            problems.append(Problem("history", "", message + others))
        if swept.short is not None:
            problems.append(Problem("settings.json", "retention.free_disk", self._shortage(swept)))
        self._is_short = swept.short is not None
        for problem in problems:
            log.warning(problem.message, extra={"event": "retention"})
        self._past.history.problems = tuple(problems)
        if swept.rows or swept.outputs:
            log.info(
                "%d rows and %d logs and artifacts are gone: %s",
                swept.rows,
                swept.outputs,
                size(swept.bytes),
                extra={
                    "event": "retention",
                    "rows": swept.rows,
                    "outputs": swept.outputs,
                    "bytes": swept.bytes,
                },
            )
        return swept

    def _shortage(self, swept: Swept) -> str:
        return (
            f"the disk of {swept.short} has less room than {self._retention.free_disk}, and of older runs no "
            "output is left to remove: make room on it, or ask for less"
        )


def start_sweeper(home: Home, retention: Retention, clock: Clock) -> Sweeper:
    """The settings' rules hold as long as it lives; those of the jobs are read each time."""
    directories = home.directories
    past = Past(
        history=home.history,
        outputs=(Outputs(directories.runs_log, ".log"), Outputs(directories.artifacts)),
        forgotten=home.ledger.forgotten,
        open_runs=lambda: {run.run_id for run in home.registry.open_runs()},
        free=lambda directory: shutil.disk_usage(directory).free,
    )
    sweeper = Sweeper(past, retention, home.files.read, clock)
    sweeper.start()
    return sweeper


def keeps_of(read: DefinitionsRead) -> Keeps | None:
    """Of a job whose file is not valid now nobody knows what to keep; None: of no job."""
    if not read.is_complete:
        return None
    keeps: dict[str, Keep | None] = dict.fromkeys(read.invalid | read.vanished)
    return keeps | {job_id: job.keep for job_id, job in read.jobs.items()}
