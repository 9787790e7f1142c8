"""Which ended runs are meant, newest first? One file after the other, none of them held open or whole."""

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from daybell.core.definitions import SLUG
from daybell.model.query import MONTH, UNKNOWN, Row, RunQuery, month_of
from daybell.store.rows import newest_first, whole_or_not
from daybell.store.sieve import DAY, marks_of


class Months:
    """The months in which what is meant may have ended, the latest first, and their files."""

    def __init__(self, directory: Path, query: RunQuery) -> None:
        """OSError where a directory cannot be read; a missing one is empty."""
        self._directory = directory
        self._jobs: dict[str, list[str]] = {}
        first, last = _first_month(query.since), query.after.month if query.after else UNKNOWN
        for job_id in _names(directory) if query.job_id is None else [query.job_id]:
            for name in _names(directory / job_id) if SLUG.fullmatch(job_id) else ():
                month = name.removesuffix(".jsonl")
                if first <= month <= last and MONTH.fullmatch(month):
                    self._jobs.setdefault(month, []).append(job_id)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._jobs, reverse=True))

    def files(self, month: str) -> Iterator[Path]:
        """One of each job that has any."""
        return (self._directory.joinpath(job_id, f"{month}.jsonl") for job_id in self._jobs.get(month, ()))


class Newest:
    """The newest rows of many sources, so many at most, each once."""

    def __init__(self, most: int) -> None:
        self.rows: list[Row] = []
        self._most = most

    def take(self, rows: Iterable[Row], query: RunQuery) -> bool:
        """Those that match, of a source that has the newest first; False when the rest of it is too old."""
        found, most, restricts = self.rows, self._most, query.restricts
        for row in rows:
            is_older = not found or row.number < found[-1].number
            if is_older and len(found) >= most:
                return False
            if restricts and not query.matches(row.run):
                continue
            if is_older:
                found.append(row)
            else:
                self._insert(row)
        return True

    def _insert(self, row: Row) -> None:
        place = bisect_left(self.rows, -row.number, key=lambda one: -one.number)
        if self.rows[place].number != row.number:
            self.rows.insert(place, row)
            del self.rows[self._most :]


def newest_rows(directory: Path, query: RunQuery, waiting: Sequence[Row]) -> list[Row]:
    """Of the files of all months, and of rows, oldest first, that are not in them yet. OSError."""
    marks = marks_of(query)
    months = Months(directory, query)
    waiting = _behind(query, waiting)
    of_file = replace(query, job_id=None)  # that is said by its name
    found: list[Row] = []
    for month in sorted({*months, *(row.place.month for row in waiting)}, reverse=True):
        if len(found) >= query.limit:
            break
        newest = Newest(query.limit - len(found))
        newest.take([row for row in reversed(waiting) if row.place.month == month], query)
        before = query.after.number if query.after and query.after.month == month else None
        for path in months.files(month):
            newest.take(newest_first(path, marks, before), of_file)
        found += newest.rows
    return found


def recent_rows(path: Path, query: RunQuery, waiting: Sequence[Row], month: str) -> list[Row] | None:
    """Of the file of all jobs; None where it does not hold all that is meant.

    It holds the newest by number. Those of the latest month of all files are the newest by their places, too.
    """
    if any(row.place.month != month for row in waiting) or (query.after and query.after.month != month):
        return None
    newest, last = Newest(query.limit), None
    newest.take(reversed(_behind(query, waiting)), query)
    for row in whole_or_not(path, before=query.after.number if query.after else None):
        if row is None or month_of(row.run) != month or (last is not None and row.number >= last):
            return None
        if not newest.take([row], query):
            return newest.rows
        last = row.number
    return None


def _behind(query: RunQuery, rows: Sequence[Row]) -> Sequence[Row]:
    return [row for row in rows if query.after is None or row.place < query.after]


def _first_month(since: datetime | None) -> str:
    """In which a run of that time may have ended at the earliest, also beside a clock that is set a bit."""
    try:
        return "" if since is None else (since.astimezone(UTC) - DAY).date().isoformat()[:7]
    except OverflowError:
        return ""


def _names(directory: Path) -> Sequence[str]:
    with suppress(FileNotFoundError, NotADirectoryError):
        return os.listdir(directory)  # noqa: PTH208 - names are enough, and a fifth of the time
    return ()
