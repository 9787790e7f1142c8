"""Journals for tests: what a life writes into one, and what the next one finds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from daybell.model.events import AnyEvent, JobPaused, JobResumed
from daybell.store.journal import Journal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAUSED = JobPaused(at=NOW, job_id="backup")
RESUMED = JobResumed(at=NOW, job_id="backup")


@contextmanager
def reopened(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    try:
        yield journal
    finally:
        journal.close()


def written(path: Path, *batches: Sequence[AnyEvent]) -> bytes:
    """What the file holds after a life in which these were appended."""
    with reopened(path) as journal:
        for batch in batches:
            journal.append(batch)
    return path.read_bytes()


def events(path: Path) -> list[AnyEvent]:
    with reopened(path) as journal:
        return [one.event for one in journal.replay()]
