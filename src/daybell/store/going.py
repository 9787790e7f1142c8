"""Which rows go, of all files of the history? Found out file by file: never are all rows in memory."""

import heapq
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from msgspec.structs import replace

from daybell.core.retention import Cut, month, oldest
from daybell.model.job import Keep
from daybell.model.query import Place
from daybell.store.compaction import Breathe, Outline, outlines
from daybell.store.rows import newest_first


class Going:
    """Which rows go. Each method may raise OSError."""

    def __init__(self, breathe: Breathe) -> None:
        self.files: dict[str, Sequence[Path]] = {}
        """Of each job that could be looked at those of its months, the latest first."""
        self.paths: dict[Path, None] = {}
        """Files in which there are any, in the order in which they were found."""
        self.spared = set[int]()
        """The last ones of their files, as long as they may be added again.

        What is older than the last row of a file is known to have been there: without it, nothing is.
        """
        self._cuts: dict[str, Cut] = {}
        self._firsts: dict[tuple[str, str], int] = {}
        self._breathe = breathe

    def takes(self, row: Outline) -> bool:
        cut = self._cuts.get(row.run.job_id)
        return cut is not None and row.number not in self.spared and cut.takes(row.number, row.run.finished)

    def is_over(self, row: Outline) -> bool:
        """Whether it goes, or has gone from its own file already: a kill may have come between the two."""
        cut = self._cuts.get(row.run.job_id)
        if cut is None or row.number in self.spared or row.number >= cut.newest:
            return False
        return self.takes(row) or row.number < self._first(row.run.job_id, month(row.run.finished))

    def stay(self, job_id: str) -> None:
        """None of this job goes: what is still in one file must not be missing in another."""
        self._cuts.pop(job_id, None)

    def cut(self, job_id: str, files: Sequence[Path], keep: Keep, before: datetime | None) -> None:
        newest, last, count = 0, 0, 0
        for last in heapq.merge(*map(_numbers, files), reverse=True):
            newest, count = newest or last, count + 1
            if count == (keep.runs or 1):
                break
            self._breathe()
        if newest:
            self._cuts[job_id] = Cut(newest, before, last if count == keep.runs else 0)

    def limit(self, most: int | None) -> None:
        """Of all rows that are left, no more than so many stay, if that can be."""
        counts, total = dict[str, int](), 0
        for job_id, files in self.files.items() if most is not None else ():
            for path in files:
                numbers = list(self._left(path))
                total += len(numbers)
                counts[path.stem] = counts.get(path.stem, 0) + self._count_loose(job_id, numbers)
        excess = total - (most or 0)
        if months := oldest(counts, excess):
            excess -= sum(counts[name] for name in months[:-1])
            behind = self._place(months[-1], excess)
            self._cuts = {job_id: replace(cut, behind=behind) for job_id, cut in self._cuts.items()}

    def spare(self, job_id: str, forgotten: int) -> None:
        """Rows up to that number are never added again."""
        for path in self.paths_of(job_id):
            last = next(_numbers(path), 0)
            if last > forgotten:
                self.spared.add(last)

    def paths_of(self, job_id: str) -> Iterator[Path]:
        """Of this job the files that may have rows that go, the oldest first."""
        cut = self._cuts.get(job_id)
        for path in reversed(self.files[job_id]) if cut is not None else ():
            first = next(outlines(path, self._breathe), None)
            if cut is not None and first is not None and cut.reaches(path.stem, first.number):
                yield path

    def _first(self, job_id: str, name: str) -> int:
        """The oldest row that is left in that file; without any, beyond all."""
        if (job_id, name) not in self._firsts:
            paths = (path for path in self.files[job_id] if path.stem == name)
            rows = chain.from_iterable(outlines(path, self._breathe) for path in paths)
            self._firsts[job_id, name] = next((row.number for row in rows), sys.maxsize)
        return self._firsts[job_id, name]

    def _left(self, path: Path) -> Iterator[int]:
        return (row.number for row in outlines(path, self._breathe) if not self.takes(row))

    def _count_loose(self, job_id: str, numbers: Sequence[int]) -> int:
        """How many of them may go."""
        newest = self._cuts[job_id].newest if job_id in self._cuts else 0
        return sum(number < newest for number in numbers)

    def _place(self, name: str, excess: int) -> Place:
        """So many of that month stand behind it, or all that may go."""
        numbers = [
            number
            for job_id, cut in self._cuts.items()
            for path in self.files[job_id]
            if path.stem == name
            for number in self._left(path)
            if number < cut.newest
        ]
        return Place(name, max(sorted(numbers)[:excess], default=0) + 1)


def _numbers(path: Path) -> Iterator[int]:
    """The newest first."""
    return (row.number for row in newest_first(path))
