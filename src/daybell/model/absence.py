"""Absences: while the machine slept or Daybell did not run, what was due, and what became of it?"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from daybell.model.run import Outcome

AbsenceKind = Literal["asleep", "held_up", "clock_set", "stopped", "crashed", "machine_off"]
"""Asleep, or starved of the processor; or Daybell was stopped, died, or went off with the machine."""

Fate = Literal["late", "missed", "skipped", "interrupted"]
"""Late: it runs after all. Interrupted: it ran when Daybell died."""

Present = Literal["waiting", "running"] | Outcome
"""How a run stands now: it waits or runs, or how it ended."""


class LastEnd(Struct, frozen=True):
    """How an earlier life of Daybell ended that did not stop in order."""

    how: Literal["crashed", "machine_off"]
    seen: datetime
    """When it was last alive, in UTC, to within a minute."""


class AbsentRun(Struct, frozen=True, omit_defaults=True):
    """Instants of one job, and the run or the row that came of them."""

    job_id: str
    run_id: str
    fate: Fate
    due: datetime | None = None
    due_to: datetime | None = None
    """The last instant, where one row stands for several."""
    reason: str | None = None


class Absence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One time away, from which there is something to tell."""

    kind: AbsenceKind
    since: datetime
    until: datetime
    runs: tuple[AbsentRun, ...]
    """Those that a person may want to do something about come first."""
    left_out: int = 0
    """How many more there were."""


class CardRun(AbsentRun, frozen=True, kw_only=True, omit_defaults=False):
    """The same, as it stands now, and what a person may still do about it."""

    name: str
    """Of the job, for people."""
    count: int | None = 1
    """How many instants it stands for; None where there are too many to count."""
    state: Present | None = None
    """None where nobody knows any more."""
    again: str | None = None
    """The run that was asked for after it, and that `state` is about then."""
    can_run: bool = False
    """It waits and need not, or its job has not run since."""
    can_skip: bool = False
    """It waits."""


class Card(Struct, frozen=True, kw_only=True):
    """The last absence that nobody has dealt with, for people. Times are in the scheduler's default zone."""

    kind: AbsenceKind
    since: datetime
    until: datetime
    headline: str
    """All of it in a sentence."""
    runs: tuple[CardRun, ...]
    left_out: int = 0
    """How many more there were."""
