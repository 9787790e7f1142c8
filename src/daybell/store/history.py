"""Ended runs, newest first: a file per job and month, and one with the last of all jobs."""

import logging
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from daybell.model.events import Numbered, RunFinished, RunSkipped
from daybell.model.run import Run
from daybell.store.lines import cut_torn_tail, lines_from_end, write_all

log = logging.getLogger(__name__)

KEPT = 1000
"""Rows in the file of all jobs after it was trimmed; it is trimmed at twice as many."""


class Row(Struct, frozen=True):
    """A run and the number of the event that ended it."""

    number: int
    run: Run


class RunHistory:
    """Filled from the journal by its numbers: a row that is there already is not written again.

    One thread adds; any thread reads. What cannot be written waits, in order, and is tried again.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._recent = directory / "recent.jsonl"
        self._encoder = msgspec.json.Encoder()
        self._last: dict[Path, int] = {}
        self._waiting: list[Row] = []
        self._recent_rows = sum(1 for _ in newest_first(self._recent))

    @property
    def newest_number(self) -> int:
        """Of the event that ended the newest run it holds; 0 without one."""
        return next((row.number for row in newest_first(self._recent)), 0)

    def add(self, numbered: Numbered) -> None:
        """Keep the row that this event ends, if it ends one; a number that is known is passed over."""
        if not isinstance(numbered.event, RunFinished | RunSkipped):
            return
        self._waiting.append(Row(numbered.number, numbered.event.run))
        try:
            while self._waiting:
                self._write(self._waiting[0])
                del self._waiting[0]
        except OSError as error:
            log.warning("history: %s: %s", error.filename or self._directory, error.strerror)

    def rows(self, job_id: str | None, limit: int) -> list[Run]:
        """Newest first; of all jobs where no id is given."""
        return [row.run for row in islice(self._newest_first(job_id), limit)]

    def find(self, run_id: str) -> Run | None:
        """A run by its id, the recent ones first."""
        for path in [self._recent, *sorted(self._directory.glob("*/*.jsonl"), reverse=True)]:
            for row in newest_first(path):
                if row.run.run_id == run_id:
                    return row.run
        return None

    def _newest_first(self, job_id: str | None) -> Iterator[Row]:
        if job_id is None:
            yield from newest_first(self._recent)
            return
        for path in sorted((self._directory / job_id).glob("*.jsonl"), reverse=True):
            yield from newest_first(path)

    def _write(self, row: Row) -> None:
        finished = row.run.finished
        month = "unknown" if finished is None else f"{finished:%Y-%m}"
        self._append(self._directory / row.run.job_id / f"{month}.jsonl", row)
        if self._append(self._recent, row):
            self._recent_rows += 1
        if self._recent_rows >= 2 * KEPT:
            self._trim()

    def _append(self, path: Path, row: Row) -> bool:
        """Whether it was new there."""
        if path not in self._last:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            cut_torn_tail(path)
            self._last[path] = next((known.number for known in newest_first(path)), 0)
        if row.number <= self._last[path]:
            return False
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            write_all(file, self._encoder.encode(row) + b"\n")
        finally:
            os.close(file)
        self._last[path] = row.number
        return True

    def _trim(self) -> None:
        kept = list(islice(newest_first(self._recent), KEPT))
        beside = self._recent.with_suffix(".tmp")
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as lines:
            lines.writelines(self._encoder.encode(row) + b"\n" for row in reversed(kept))
        beside.replace(self._recent)
        self._recent_rows = len(kept)


def newest_first(path: Path) -> Iterator[Row]:
    """The rows of a file from its end; damaged lines are passed over, a missing file has none."""
    decoder = msgspec.json.Decoder(Row)
    for line in lines_from_end(path):
        try:
            yield decoder.decode(line)
        except msgspec.DecodeError:
            continue
