"""A run: one admitted or skipped request, from its cause to its outcome."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Cause = Literal["schedule", "manual", "catch_up", "event", "dependency"]
AUTOMATIC: frozenset[Cause] = frozenset({"schedule", "catch_up", "event", "dependency"})
"""Causes of runs that nobody asked for by hand."""

Outcome = Literal[
    "succeeded", "failed", "timed_out", "cancelled", "replaced", "interrupted", "skipped", "missed"
]

NOT_STARTED: frozenset[Outcome] = frozenset({"skipped", "missed"})
"""Outcomes of requests for which no process was ever started."""
FAILURES: frozenset[Outcome] = frozenset({"failed", "timed_out"})
"""Outcomes a person wants to hear of."""


class Run(Struct, frozen=True, kw_only=True):
    """The record of one run, as the journal and the history keep it and as people read it."""

    run_id: str
    job_id: str
    cause: Cause
    due: datetime | None = None
    """The instant its trigger named; of a gap the first one; None for manual runs."""
    due_to: datetime | None = None
    """The last instant, where one row stands for a gap."""
    count: int | None = 1
    """How many instants the row stands for; computed when shown, None when there are too many to count."""
    started: datetime | None = None
    """When the process really started."""
    finished: datetime | None = None
    outcome: Outcome | None = None
    """None while it waits or runs."""
    reason: str | None = None
    """Why it was skipped, missed, cancelled or interrupted."""
    exit_code: int | None = None
    """As a shell gives it: 128 + the signal's number for a command that a signal ended."""
    attempts: int = 0
    """How many were begun."""
    error: str | None = None
    """The last line the command printed, or why it could not start."""
    log: str | None = None
    """The file that holds its output."""
    retry_of: str | None = None
    """The run that it was asked for again after."""
    follows: str | None = None
    """The run of another job whose end it was due for."""
    definition: str = ""
    """Tells the definition that it was admitted with from any other (`core.definition_digest`)."""
    traceparent: str = ""
    """W3C trace context, handed to the command as TRACEPARENT."""

    @property
    def duration_ms(self) -> int | None:
        """How long its process took; None while it runs, and for a run that never started."""
        if self.started is None or self.finished is None:
            return None
        return round((self.finished - self.started).total_seconds() * 1000)

    @property
    def is_failure(self) -> bool:
        return self.outcome in FAILURES


class ProcessIdentity(Struct, frozen=True):
    """Tells one process from all others, before and after it, on this machine."""

    pid: int
    create_time: float
    """In the units of the platform; only ever compared for equality."""
    boot_id: str
