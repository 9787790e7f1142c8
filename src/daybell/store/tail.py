"""Which runs ended last? The few that are asked for most often are in memory, as rows are on the disk."""

from collections import deque
from collections.abc import Iterable
from itertools import islice

from daybell.model.query import Row, month_of

MOST = 100


class Tail:
    """The newest rows, as far as nobody can doubt that they are: of one month, in the order of their numbers.

    One thread adds; any thread reads.
    """

    def __init__(self, newest_first: Iterable[Row | None]) -> None:
        """None stands for a row that is damaged: what lies behind it is not taken."""
        self._rows: deque[Row] = deque(maxlen=MOST)
        for row in islice(newest_first, MOST):
            if row is None or (self._rows and not _follows(row, self._rows[0])):
                break
            self._rows.appendleft(row)

    def add(self, row: Row) -> None:
        """The clock may have been set back over the end of a month: then only what comes now is kept."""
        if self._rows and not _follows(self._rows[-1], row):
            self._rows.clear()
        self._rows.append(row)

    def newest(self, count: int, month: str) -> list[Row] | None:
        """The newest first; None where they are too few, or not of this month, the latest of all."""
        rows = list(self._rows)
        if len(rows) < count or not rows or month_of(rows[-1].run) != month:
            return None
        return rows[: -count - 1 : -1]


def _follows(row: Row, other: Row) -> bool:
    return other.number > row.number and month_of(other.run) == month_of(row.run)
