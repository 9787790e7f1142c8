"""Why: for each instant at which a job was due, what was decided, and what around it was the reason."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from daybell.model.facts import Facts

Verdict = Literal[
    "ran",
    "ran_late",
    "failed",
    "cut_short",
    "runs",
    "waits",
    "skipped",
    "missed",
    "not_due",
    "unknown",
    "comes",
]
"""`cut_short`: it was cancelled, replaced or interrupted. `unknown`: it was due, and no row is about it.
`comes`: it lies ahead."""


class Explanation(Struct, frozen=True, kw_only=True):
    """One instant, or several that were decided together."""

    verdict: Verdict
    sentence: str
    due: datetime | None = None
    """None for what is due without an instant of its own, such as at a start."""
    due_to: datetime | None = None
    """The last instant, where there are several."""
    count: int | None = 1
    """How many instants; None where there are too many to count."""
    background: tuple[str, ...] = ()
    """What else was about the machine at that time, a sentence each."""
    run_id: str | None = None
    blocked_by: str | None = None
    """The run that was in its way."""


class Why(Struct, frozen=True, kw_only=True):
    """What there is to say about one job."""

    job_id: str
    schedule: str
    """In words; empty for a job that is gone."""
    now: datetime
    at: datetime | None
    """The time that was asked for."""
    explanations: tuple[Explanation, ...]
    """The latest first."""
    facts: Facts
    """Those that count now."""
