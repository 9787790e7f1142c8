"""What may a command know of its run, and of those before it?"""

from datetime import UTC, datetime

from msgspec import Struct

from daybell.core.schedule import Calendar, count_due
from daybell.model.job import Job
from daybell.model.run import Run

MOST_MISSED = 1000
"""So many, or more: a job that is due each second may have missed millions."""
VARIABLES = frozenset(
    {
        "DAYBELL_ATTEMPT",
        "DAYBELL_CAUSE",
        "DAYBELL_LAST_SUCCESS",
        "DAYBELL_MISSED_COUNT",
        "DAYBELL_SCHEDULED_AT",
    }
)


class Background(Struct, frozen=True):
    """Of the job, when an attempt begins."""

    last_success: datetime | None = None
    missed: tuple[datetime, datetime] | None = None
    """The first and the last instant that was missed since its last run."""
    calendar: Calendar | None = None
    """That those instants were of."""


def variables(run: Run, job: Job, background: Background) -> dict[str, str]:
    """For the environment; what there is nothing to say of is left out."""
    known = {
        "DAYBELL_ATTEMPT": str(run.attempts),
        "DAYBELL_CAUSE": run.cause,
        "DAYBELL_MISSED_COUNT": str(missed_count(job, background)),
    }
    if run.due is not None:
        known["DAYBELL_SCHEDULED_AT"] = _spell(run.due)
    if background.last_success is not None:
        known["DAYBELL_LAST_SUCCESS"] = _spell(background.last_success)
    return known


def missed_count(job: Job, background: Background) -> int:
    """How many instants had no run of their own since the last run; at most `MOST_MISSED`."""
    if background.missed is None or background.calendar is None:
        return 0
    count = count_due(job, *background.missed, background.calendar, cap=MOST_MISSED)
    return MOST_MISSED if count is None else min(count, MOST_MISSED)


def _spell(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
