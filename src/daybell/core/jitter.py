"""How long after it is due does a run of this job start? Spread, and yet foreseeable."""

import hashlib
from datetime import datetime, timedelta

from msgspec.structs import replace

from daybell.core.schedule import INSTANT, Calendar, latest_due, next_due
from daybell.model.job import Job

MILLISECOND = timedelta(milliseconds=1)
LONGEST_LATE = timedelta(seconds=60)
"""Of a run that is late already (J2)."""


def offset(job: Job, seed: str, due: datetime, calendar: Calendar) -> timedelta:
    """In whole milliseconds, less than the job's window; the seed names the machine and its user (J1).

    What is drawn for each instant never puts one off beyond the next, so that they start in their order.
    """
    if not job.jitter:
        return timedelta(0)
    window: timedelta = job.jitter
    if job.jitter_mode == "random":
        following = next_due(job, due, replace(calendar, runs_left=None))
        window = min(window, following - due) if following is not None else window
    return _spread(job, seed, due, window)


def reach(job: Job, seed: str, now: datetime, calendar: Calendar) -> datetime:
    """Instants up to here are decided now: jitter puts off the decision, and nothing else."""
    if not job.jitter:
        return now
    if job.jitter_mode == "stable":
        return now - offset(job, seed, now, calendar)
    reached = now
    while (newest := latest_due(job, reached, calendar)) is not None:
        over = now - offset(job, seed, newest, calendar)
        if newest <= over:
            return min(over, reached)
        reached = newest - INSTANT
    return reached


def late_offset(job: Job, seed: str, due: datetime | None) -> timedelta:
    """The same for a run that is caught up."""
    return _spread(job, seed, due, min(job.jitter, LONGEST_LATE)) if job.jitter else timedelta(0)


def _spread(job: Job, seed: str, due: datetime | None, window: timedelta) -> timedelta:
    words = [seed, job.id]
    if job.jitter_mode == "random" and due is not None:
        words.append(due.isoformat())
    chance = int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:8])
    return chance % max(1, window // MILLISECOND) * MILLISECOND
