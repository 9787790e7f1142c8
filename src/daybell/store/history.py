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

from daybell.core.chronicle import entry
from daybell.core.definitions import SLUG
from daybell.model.chronicle import Entry
from daybell.model.edit import Edit
from daybell.model.errors import LedgerError
from daybell.model.events import JobDefined, Numbered, RunFinished, RunSkipped
from daybell.model.query import Row, RunQuery, month_of
from daybell.model.run import Run
from daybell.model.status import Problem
from daybell.store.atomic import replace_file, sweep, sync, sync_directory
from daybell.store.chronicle import NAME as CHRONICLE
from daybell.store.chronicle import Chronicle
from daybell.store.compaction import Breathe, Compaction, Goes
from daybell.store.definitions import NAME, add_definition, edits, find_definition
from daybell.store.remedies import complaint
from daybell.store.rows import RowFile, encode_rows, newest_first, whole_or_not
from daybell.store.search import Months, newest_rows, recent_rows
from daybell.store.sieve import mark_of_run
from daybell.store.tail import Tail

log = logging.getLogger(__name__)

MOST_WAITING = 500
"""Rows that are written together at most."""
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
        self._undefined: list[tuple[int, JobDefined]] = []
        """Definitions that could not be written yet, with their numbers."""
        with _said(self._recent):
            numbers = [row.number for row in newest_first(self._recent)]
            self._tail = Tail(whole_or_not(self._recent))
        self._chronicle = Chronicle(directory / CHRONICLE, self._note_change)
        with _said(directory / CHRONICLE):
            self.newest_number = max([self._chronicle.newest(), *numbers])
        """Of the newest event that it held anything of when it was opened; 0 without one."""
        self._recent_rows = len(numbers)
        self._is_refused = False
        """Some of the waiting rows could not be written; else they only wait for the next ones."""
        self._last_month: str | None = None
        """Of all files the latest one; None: nobody has looked yet."""
        self.problems: tuple[Problem, ...] = ()
        """What keeps it from losing what is old."""
        self._is_closed = False
        self._writing = threading.Lock()
        self._compaction = Compaction(self._writing)
        self._changing = threading.Lock()
        self._changed: set[Path] = set()
        """Files since the last sync."""

    def add(self, numbered: Numbered, *, later: bool = False) -> None:
        """Keep the row that this event ends, if it ends one, or the definition it tells of.

        What is known is passed over. `later`: rows may come into their files with those of the next events.
        """
        if self._is_closed:
            return
        if (told := entry(numbered)) is not None:
            self._chronicle.add(told)
        elif self._chronicle.is_behind:
            self._chronicle.catch_up()
        if isinstance(numbered.event, JobDefined):
            self._undefined.append((numbered.number, numbered.event))
            self._define()
        if isinstance(numbered.event, RunFinished | RunSkipped):
            self._waiting.append(Row(numbered.number, numbered.event.run))
        elif self._is_refused:
            return  # what the disk refuses is tried again with the next row
        if self._waiting and (not later or len(self._waiting) >= MOST_WAITING):
            self._write_waiting()

    def _write_waiting(self) -> None:
        """The file of all jobs first, which has their rows in their order."""
        if self._is_done(partial(self._write, self._recent, self._waiting)):
            months: dict[Path, list[Row]] = {}
            for row in self._waiting:
                month = self._directory / row.run.job_id / f"{month_of(row.run)}.jsonl"
                months.setdefault(month, []).append(row)
            blocked: set[str] = set()
            """Jobs whose rows must wait for an older one of theirs; those of others need not."""
            left: set[int] = set()
            for month, rows in months.items():
                job_id = rows[0].run.job_id
                if job_id in blocked or not self._is_done(partial(self._write, month, rows)):
                    blocked.add(job_id)
                    left.update(row.number for row in rows)
            self._waiting = [row for row in self._waiting if row.number in left]
        self._is_refused = bool(self._waiting)
        if self._undefined:
            self._define()
        if self._recent_rows >= 2 * KEPT:
            self._is_done(self._trim)

    def close(self) -> None:
        """Take in nothing more: what the ledger holds is not to be trusted."""
        self._is_closed = True

    def _define(self) -> None:
        for number, event in list(self._undefined):
            path = self._directory / event.job_id / NAME
            if self._is_done(partial(add_definition, path, number, event)):
                self._undefined.remove((number, event))
                self._note_change(path)

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
        if self._is_refused or self._undefined or self._chronicle.is_behind:
            raise OSError(errno.EIO, "some rows are not written yet", str(self._directory))
        with self._changing:
            files, self._changed = self._changed, set()
        try:
            for path in [*files, *{path.parent for path in files}, self._directory]:
                sync_path(path)
        except OSError:
            with self._changing:
                self._changed |= files
            raise

    def sweep(self, job_id: str = "") -> None:
        """Remove what a crash has left unfinished, of a job or of all; nobody else may be writing there."""
        sweep(self._directory / job_id)

    def select(self, query: RunQuery) -> Sequence[Row]:
        """As `engine.ports.History` promises it: from memory or one file, where that is enough."""
        waiting = list(self._waiting)  # first, since what is written meanwhile is in the files then
        with _said(self._directory):
            rows = None if query.restricts else self._select_recent(query, waiting)
            return newest_rows(self._directory, query, waiting) if rows is None else rows

    def _select_recent(self, query: RunQuery, waiting: Sequence[Row]) -> Sequence[Row] | None:
        """Without a look at the files of the jobs; None where that is not enough."""
        if query.after is None and not waiting:
            rows = self._tail.newest(query.limit, self._newest_month())
            if rows is not None:
                return rows
        return recent_rows(self._recent, query, waiting, self._newest_month())

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

    def definition(self, job_id: str, digest: str) -> dict[str, object] | None:
        """As `JobDefined` gave it. LedgerError."""
        for _, event in list(self._undefined):
            if (event.job_id, event.digest) == (job_id, digest):
                return event.definition
        path = self._directory / job_id / NAME
        with _said(path):
            return find_definition(path, digest)

    def definitions(self, job_id: str, limit: int) -> Sequence[Edit]:
        """As `engine.ports.History` promises it."""
        undefined = [event for _, event in list(self._undefined) if event.job_id == job_id]
        path = self._directory / job_id / NAME
        with _said(path):
            written = edits(path, limit) if SLUG.fullmatch(job_id) else []
        waiting = [Edit(event.digest, event.at, event.definition) for event in reversed(undefined)]
        return [*waiting, *written][:limit]

    def chronicle(self) -> Sequence[Entry]:
        """As `engine.ports.History` promises it."""
        with _said(self._directory / CHRONICLE):
            return self._chronicle.entries()

    @property
    def recent(self) -> Path:
        """The file of all jobs."""
        return self._recent

    @property
    def is_behind(self) -> bool:
        """Something is in no file yet: it waits for the next row, or the disk refuses it."""
        return bool(self._waiting or self._undefined or self._chronicle.is_behind)

    def jobs(self) -> list[str]:
        """Of which there may be rows. OSError; any thread."""
        return [name for name in os.listdir(self._directory) if SLUG.fullmatch(name)]  # noqa: PTH208 - names

    def files(self, job_id: str) -> list[Path]:
        """One a month, the latest first. OSError; any thread."""
        months = Months(self._directory, RunQuery(job_id=job_id))
        return list(chain.from_iterable(map(months.files, months)))

    def leave_out(self, path: Path, goes: Goes, breathe: Breathe) -> int:
        """How many rows are gone from one of its files, as `Compaction` promises it. OSError; one thread."""
        gone = self._compaction.leave_out(path, goes, breathe)
        with self._writing:
            if path == self._recent:
                self._recent_rows -= gone
                self._tail = Tail(whole_or_not(path))
            elif self._last_month == path.stem:
                self._last_month = None  # it may have been the last file of that month
        return gone

    def _newest_month(self) -> str:
        if self._last_month is None:
            self._last_month = max(Months(self._directory, RunQuery()), default="")
        return self._last_month

    def _write(self, path: Path, rows: Sequence[Row]) -> None:
        if path not in self._files:
            self._files[path] = RowFile(path)
        with self._writing:
            if not self._files[path].is_settled:
                self._compaction.disturb(path)
            new = self._files[path].add(rows)
            if path == self._recent:
                self._recent_rows += len(new)
                for row in new:
                    self._tail.add(row)
            elif self._last_month is not None:
                self._last_month = max(self._last_month, path.stem)
        self._note_change(path)

    def _note_change(self, path: Path) -> None:
        with self._changing:
            self._changed.add(path)

    def _trim(self) -> None:
        with self._writing:
            self._compaction.disturb(self._recent)
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
