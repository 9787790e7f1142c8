"""Which definitions hold? What the job files say; one that went bad stays as it was (G1)."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from daybell.engine.errand import Errand
from daybell.engine.files import JobFiles
from daybell.engine.mailbox import Mailbox
from daybell.engine.messages import Asked
from daybell.engine.ports import ABSENCE, Deadlines, DefinitionsRead
from daybell.model.errors import JobNotFound
from daybell.model.job import Job

PATIENCE = 10.0
"""Seconds within which the engine answers, even behind a slow disk."""


class Definitions:
    """Read by any thread, and handed to the engine."""

    def __init__(self, files: JobFiles, mailbox: Mailbox, deadlines: Deadlines) -> None:
        self._files = files
        self._mailbox = mailbox
        self._deadlines = deadlines
        self._reading = threading.Lock()
        # Files may be on a disk that does not answer: nobody who keeps time may wait for them.
        self._reloading = Errand("job-files", self.reload)
        self._jobs: dict[str, Job] = {}

    def start(self, boot: Callable[[DefinitionsRead], None]) -> int:
        """Read them for the first time; how many jobs there are."""
        with self._reading:
            read = self._files.read()
            self._jobs = read.jobs
            boot(read)
        self._reloading.start()
        return len(read.jobs)

    def stop(self, seconds: float) -> bool:
        """Whether its thread has ended within that time."""
        return self._reloading.stop(seconds)

    def reload_soon(self) -> None:
        """The files may have changed; returns at once."""
        self._reloading.ask()

    def reload(self) -> None:
        """Take in the files as they are now."""
        with self._reading:
            read = self._files.read()
            reply: Future[tuple[str, ...]] = Future()
            self._mailbox.post(Asked(read, reply))
            kept = {
                job_id: self._jobs[job_id] for job_id in read.invalid | read.vanished if job_id in self._jobs
            }
            self._jobs = {**kept, **read.jobs}
        if read.vanished:
            self._deadlines.set("job files", ABSENCE, self.reload_soon)
        reply.result(PATIENCE)

    def find(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def get(self, job_id: str) -> Job:
        """JobNotFound."""
        job = self.find(job_id)
        if job is None:
            raise JobNotFound(f"there is no job {job_id!r}")
        return job
