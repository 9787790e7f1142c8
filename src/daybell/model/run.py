"""A run: one admitted or skipped request, from its cause to its outcome."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

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


class AttemptRecord(Struct, frozen=True, kw_only=True):
    """An attempt that was not the last one of its run."""

    started: datetime | None
    """None where its process never existed."""
    finished: datetime
    outcome: Outcome
    exit_code: int | None
    error: str | None


class Run(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record of one run, as the journal and the history keep it and as people read it.

    A file leaves out what is at its default, but for `due` and `started`: these are looked for in its bytes.
    """

    run_id: str
    job_id: str
    cause: Cause
    due: datetime | None = field(default_factory=lambda: None)
    """The instant its trigger named; of a gap the first one; None for manual runs."""
    due_to: datetime | None = None
    """The last instant, where one row stands for a gap."""
    count: int | None = 1
    """How many instants the row stands for; computed when shown, None when there are too many to count."""
    started: datetime | None = field(default_factory=lambda: None)
    """When the process really started; of several attempts the first one's."""
    last_started: datetime | None = None
    """When the last attempt's process started, where that was not the first attempt."""
    finished: datetime | None = None
    outcome: Outcome | None = None
    """None while it waits or runs."""
    reason: str | None = None
    """Why it was skipped, missed, cancelled or interrupted."""
    exit_code: int | None = None
    """As a shell gives it: 128 + the signal's number for a command that a signal ended."""
    attempts: int = 0
    """How many were begun."""
    earlier: tuple[AttemptRecord, ...] = ()
    """Those before the last one, the oldest first; of very many the newest."""
    error: str | None = None
    """The last line the command printed, or why it could not start."""
    log: str | None = None
    """The file that holds its output."""
    output_bytes: int | None = None
    """How much its attempts have printed together; None where nobody counted."""
    output_dropped: int = 0
    """How many bytes of that were not kept."""
    artifacts: int = 0
    """Files that it left to be kept."""
    artifacts_removed: int = 0
    """Files that it left beyond the caps, and that are gone."""
    cpu_seconds: float | None = None
    """CPU time of its attempts together, as far as the system tells; None where it does not."""
    peak_memory: int | None = None
    """Bytes: the most that one of its attempts had in memory; None where nobody can tell."""
    host: str = ""
    """The name of the machine it ran on."""
    version: str = ""
    """Of the Daybell that began its last attempt."""
    retry_of: str | None = None
    """The run that it was asked for again after."""
    follows: str | None = None
    """The run of another job whose end it was due for."""
    definition: str = ""
    """Tells the definition that it ran with from any other (`core.definition_digest`)."""
    traceparent: str = ""
    """W3C trace context, handed to the command as TRACEPARENT."""
    hastened: bool = False
    """Somebody did not want to wait any longer: nothing holds it up but overlap and limits."""
    has_secrets: bool = False
    """Its command was given secrets, which only Daybell can keep out of its log: it must not outlive that."""

    @property
    def stands_as(self) -> Cause:
        """What it is treated as while it waits."""
        return "manual" if self.hastened else self.cause

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
