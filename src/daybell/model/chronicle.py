"""The chronicle: what happened to the machine, to Daybell and to the jobs' files, beside the runs."""

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from daybell.model.facts import Facts

EntryKind = Literal[
    "started",
    "stopped",
    "crashed",
    "machine_off",
    "slept",
    "held_up",
    "clock_set",
    "zone",
    "surroundings",
    "paused",
    "resumed",
    "scheduled",
    "removed",
    "waited",
]

Rest = Literal["disabled", "switched_off"]
"""By the job's file; or the scheduler as a whole, by the settings."""


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened, numbered as its event is in the journal."""

    kind: EntryKind
    number: int = 0
    at: datetime = datetime.min.replace(tzinfo=UTC)
    """In UTC."""
    job_id: str | None = None
    """None: it is about all jobs."""
    run_id: str | None = None
    since: datetime | None = None
    """When it began, where it was found at its end: a sleep, a crash, a wait."""
    until: datetime | None = None
    """When it was to end at the latest: a pause, a wait."""
    words: str | None = None
    """What else is to be said: a reason, the zone's name, what was waited for."""
    by: str | None = None
    """Where a pause was asked for."""
    seconds: float | None = None
    """By how much the clock was set."""
    facts: Facts | None = None
    rests: Rest | None = None
    """Of a schedule: why it is never due; None where it may be."""
