"""Absences: while the machine slept or Daybell did not run, what was due, and what became of it?"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

AbsenceKind = Literal["asleep", "held_up", "clock_set", "stopped", "crashed", "machine_off"]
"""Asleep, or starved of the processor; or Daybell was stopped, died, or went off with the machine."""

Fate = Literal["late", "missed", "skipped", "interrupted"]
"""Late: it runs after all. Interrupted: it ran when Daybell died."""


class LastEnd(Struct, frozen=True):
    """How an earlier life of Daybell ended that did not stop in order."""

    how: Literal["crashed", "machine_off"]
    seen: datetime
    """When it was last alive, in UTC, to within some seconds."""


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
