"""Which runs does somebody ask for, and in which order do they come?"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Self

from msgspec import Struct

from daybell.model.run import Cause, Outcome, Run

UNKNOWN = "unknown"
MONTH = re.compile(rf"\d{{4}}-\d\d|{UNKNOWN}")
PLACE = re.compile(rf"({MONTH.pattern})\.(\d{{1,18}})", re.ASCII)


class Place(Struct, frozen=True, order=True):
    """Where an ended run stands among all, for ever: the month in which it ended, then its event's number.

    Numbers alone would do, but for a clock that is set back over the end of a month: with the month in
    front, files that lie apart need not be read.
    """

    month: str
    number: int

    def __str__(self) -> str:
        """The text form: "2026-11.1234"."""
        return f"{self.month}.{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; ValueError where it is not one."""
        parts = PLACE.fullmatch(text)
        if parts is None:
            raise ValueError(f"expected a place in the history, found {text!r}")
        return cls(parts[1], int(parts[2]))


class Row(Struct, frozen=True):
    """An ended run and the number of the event that ended it."""

    number: int
    run: Run

    @property
    def place(self) -> Place:
        return Place(month_of(self.run), self.number)


class RunQuery(Struct, frozen=True, kw_only=True):
    """What is asked of the history; what is left out restricts nothing."""

    job_id: str | None = None
    outcomes: frozenset[Outcome] = frozenset()
    """Any of these; a run without an outcome yet has none of them."""
    causes: frozenset[Cause] = frozenset()
    """Any of these."""
    since: datetime | None = None
    until: datetime | None = None
    """From the one up to, but not with, the other, by when it `happened`."""
    text: str = ""
    """Stands in its output, in small letters or capitals."""
    limit: int = 50
    """So many ended runs at most."""
    after: Place | None = None
    """Only what stands behind it, in the order newest first: where another page has ended."""

    @property
    def restricts(self) -> bool:
        """Some runs may not match."""
        return bool(self.job_id or self.outcomes or self.causes or self.since or self.until)

    def matches(self, run: Run) -> bool:
        """In all but the text, which only its output can tell, and the place, which only its row has."""
        return (
            self.job_id in (None, run.job_id)
            and (not self.outcomes or run.outcome in self.outcomes)
            and (not self.causes or run.cause in self.causes)
            and self._is_of_that_time(run)
        )

    def _is_of_that_time(self, run: Run) -> bool:
        if self.since is None and self.until is None:
            return True
        first, last = happened(run)
        is_late_enough = self.since is None or last is None or last >= self.since
        return is_late_enough and (self.until is None or (first is not None and first < self.until))


class RunPage(Struct, frozen=True):
    """Runs, newest first; `after` for the next page, None behind the last one."""

    runs: Sequence[Run]
    next: Place | None = None


def happened(run: Run) -> tuple[datetime | None, datetime | None]:
    """By which instants it is found: from when to when.

    When it started; if it never did, when it was due, from the first to the last instant of a gap; without
    such an instant, when it was decided. None for one that still waits without having been due: it is now.
    """
    if run.started is not None:
        return run.started, run.started
    first = run.due or run.finished
    return first, run.due_to or first


def month_of(run: Run) -> str:
    """In which it ended, as its file is named: "2026-11"."""
    return UNKNOWN if run.finished is None else run.finished.isoformat()[:7]
