"""What of the past goes? Rows by age and number, output by the room that it takes; the oldest first."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from msgspec import Struct

from daybell.model.job import Keep
from daybell.model.query import UNKNOWN, Place
from daybell.model.settings import Retention


class Cut(Struct, frozen=True):
    """Which rows of a job go, with all that belongs to them."""

    newest: int
    """The number of its newest row: that one stays, and so does whatever is added meanwhile."""
    before: datetime | None = None
    """What ended earlier goes."""
    below: int = 0
    """What has a smaller number goes."""
    behind: Place | None = None
    """What stands behind this place goes."""

    def takes(self, number: int, finished: datetime | None) -> bool:
        """Whether the row goes; one without an end has no age."""
        if number >= self.newest:
            return False
        if number < self.below or (
            self.before is not None and finished is not None and finished < self.before
        ):
            return True
        return self.behind is not None and Place(month(finished), number) < self.behind

    def reaches(self, name: str, first: int) -> bool:
        """Whether any row of the month of that name may go, if none of them has a smaller number."""
        if first >= self.newest:
            return False
        if self.before is not None and name <= month(self.before):
            return True
        return first < self.below or (self.behind is not None and Place(name, first) < self.behind)


def oldest_end(keep: Keep, retention: Retention, now: datetime) -> datetime | None:
    """Runs that ended before go; None: age does not matter.

    A midnight in UTC, so that the files in which it lies are written anew once a day and not at each sweep.
    """
    days = retention.days if keep.days is None else keep.days
    if days is None:
        return None
    return datetime.combine(now.astimezone(UTC).date() - timedelta(days=days), time(), UTC)


def oldest(sizes: Mapping[str, int], excess: int) -> list[str]:
    """The first, by their names, that together have so much; all where they have less."""
    found = []
    for name in sorted(sizes):
        if excess <= 0:
            break
        found.append(name)
        excess -= sizes[name]
    return found


def month(finished: datetime | None) -> str:
    """In which file the row is, by its name."""
    return UNKNOWN if finished is None else finished.isoformat()[:7]
