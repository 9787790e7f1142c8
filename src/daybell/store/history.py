"""Ended runs, newest first: a file per job and month, and one with the last of all jobs."""

import errno
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain, islice
from pathlib import Path

from daybell.model.errors import LedgerError
from daybell.model.events import Numbered, RunFinished, RunSkipped
from daybell.model.query import Row, RunQuery, month_of
from daybell.model.run import Run
from daybell.store.atomic import replace_file, sweep, sync, sync_directory
from daybell.store.remedies import complaint
from daybell.store.rows import RowFile, encode_rows, newest_first
from daybell.store.search import Months, newest_rows, recent_rows
from daybell.store.sieve import mark_of_run

log = logging.getLogger(__name__)

KEPT = 1000
"""Rows in the file of all jobs after it was trimmed; it is trimmed at twice as many."""


class RunHistory:
    """Filled from the journal by its numbers: a row that is there already is not written again.

    One thread adds; any thread reads. What cannot be written waits, in order, and is tried again.
    """

    def __init__(self, directory: Path) -> None:
        """LedgerError where it cannot be read."""
        self._directory = directory
        self._recent = directory / "recent.jsonl"
        self._files: dict[Path, RowFile] = {}
        self._waiting: list[Row] = []
        with _said(self._recent):
            numbers = [row.number for row in newest_first(self._recent)]
        self.newest_number = max(numbers, default=0)
        """Of the event that ended the newest run it held when it was opened; 0 without one."""
        self._recent_rows = len(numbers)
        self._is_behind = False
        """Some rows could not be written yet."""
        self._last_month: str | None = None
        """Of all files the latest one; None: nobody has looked yet."""
        self._changing = threading.Lock()
        self._changed: set[Path] = set()
        """Files, and the directories they are in, since the last sync."""

    def add(self, numbered: Numbered) -> None:
        """Keep the row that this event ends, if it ends one; a number that is known is passed over."""
        if not isinstance(numbered.event, RunFinished | RunSkipped):
            return
        self._waiting.append(Row(numbered.number, numbered.event.run))
        blocked: set[str] = set()
        """Jobs whose rows must wait for an older one of theirs; those of others need not."""
        for row in list(self._waiting):
            if not self._is_done(partial(self._write, self._recent, row)):
                break  # that file has the rows of all jobs in their order
            month = self._directory / row.run.job_id / f"{month_of(row.run)}.jsonl"
            if row.run.job_id in blocked or not self._is_done(partial(self._write, month, row)):
                blocked.add(row.run.job_id)
            else:
                self._waiting.remove(row)
        self._is_behind = bool(self._waiting)
        if self._recent_rows >= 2 * KEPT:
            self._is_done(self._trim)

    def _is_done(self, act: Callable[[], None]) -> bool:
        """What the disk refuses is tried again with the next row."""
        try:
            act()
        except OSError as error:
            log.warning("history: %s: %s", error.filename or self._directory, error.strerror)
            return False
        return True

    def sync(self) -> None:
        """All rows that were added are durable when it returns. OSError; any thread."""
        if self._is_behind:
            raise OSError(errno.EIO, "some rows are not written yet", str(self._directory))
        with self._changing:
            paths, self._changed = self._changed, set()
        try:
            for path in sorted(paths, reverse=True):  # a file comes before its directory
                sync_path(path)
                paths.discard(path)
        except OSError:
            with self._changing:
                self._changed |= paths
            raise

    def sweep(self) -> None:
        """Remove what a crash has left unfinished; nobody else may be writing there."""
        sweep(self._directory)

    def select(self, query: RunQuery) -> Sequence[Row]:
        """As `engine.ports.History` promises it: from the file of all jobs, where that is enough."""
        waiting = list(self._waiting)  # first, since what is written meanwhile is in the files then
        with _said(self._directory):
            if query == RunQuery(limit=query.limit, after=query.after):
                rows = recent_rows(self._recent, query, waiting, self._newest_month())
                if rows is not None:
                    return rows
            return newest_rows(self._directory, query, waiting)

    def find(self, run_id: str) -> Run | None:
        """A run by its id, the recent ones first. LedgerError."""
        for row in list(self._waiting):
            if row.run.run_id == run_id:
                return row.run
        marks = (mark_of_run(run_id),)
        with _said(self._directory):
            months = Months(self._directory, RunQuery())
            for path in chain([self._recent], *map(months.files, months)):
                for row in newest_first(path, marks):
                    if row.run.run_id == run_id:
                        return row.run
        return None

    def _newest_month(self) -> str:
        if self._last_month is None:
            self._last_month = max(Months(self._directory, RunQuery()), default="")
        return self._last_month

    def _write(self, path: Path, row: Row) -> None:
        if path not in self._files:
            self._files[path] = RowFile(path, KEPT if path == self._recent else None)
        is_new = self._files[path].add(row)
        with self._changing:
            self._changed |= {path, path.parent, self._directory}
        if path == self._recent:
            self._recent_rows += is_new
        elif self._last_month is not None:
            self._last_month = max(self._last_month, month_of(row.run))

    def _trim(self) -> None:
        kept = list(islice(newest_first(self._recent), KEPT))
        replace_file(self._recent, encode_rows(kept[::-1]))
        self._recent_rows = len(kept)


def sync_path(path: Path) -> None:
    """A file or a directory; one that is gone has nothing to lose. OSError."""
    with suppress(FileNotFoundError):
        if path.is_dir():
            sync_directory(path)
            return
        file = os.open(path, os.O_RDWR)
        try:
            sync(file)
        finally:
            os.close(file)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """What the disk refuses becomes a sentence with the path."""
    try:
        yield
    except OSError as error:
        raise LedgerError(complaint(path, error, "cannot be read")) from error
