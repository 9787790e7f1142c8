"""How long after it is due does a run of this job start? Spread, and yet foreseeable."""

import hashlib
from datetime import datetime, timedelta

from daybell.model.job import Job

MILLISECOND = timedelta(milliseconds=1)
LONGEST_LATE = timedelta(seconds=60)
"""Of a run that is late already (J2)."""


def offset(job: Job, seed: str, due: datetime | None) -> timedelta:
    """In whole milliseconds, less than the job's window; the seed names the machine and its user (J1)."""
    return _spread(job, seed, due, job.jitter) if job.jitter else timedelta(0)


def late_offset(job: Job, seed: str, due: datetime | None) -> timedelta:
    """The same for a run that is caught up."""
    return _spread(job, seed, due, min(job.jitter, LONGEST_LATE)) if job.jitter else timedelta(0)


def _spread(job: Job, seed: str, due: datetime | None, window: timedelta) -> timedelta:
    words = [seed, job.id]
    if job.jitter_mode == "random" and due is not None:
        words.append(due.isoformat())
    chance = int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:8])
    return chance % max(1, window // MILLISECOND) * MILLISECOND
