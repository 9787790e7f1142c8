"""Records: what the ledger knows of a job and of its open runs. Folds of events, never written by hand."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from daybell.model.absence import Absence
from daybell.model.incident import Incident, NoticeText
from daybell.model.run import Outcome, ProcessIdentity, Run


class JobRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything of a job that outlives a restart."""

    job_id: str
    digest: str
    """Of the schedule that `since` and `cursor` belong to."""
    since: datetime
    """When this schedule was first seen: the anchor of intervals that name none."""
    cursor: datetime
    """The last instant decided; what is due next lies after it."""
    is_paused: bool = False
    paused_until: datetime | None = None
    """When its pause ends by itself; None: somebody must end it."""
    pause_reason: str | None = None
    """In the words of whoever paused it."""
    is_late: bool = False
    """The person was told that a run did not start on time, and none has started since (N3)."""
    last_run: datetime | None = None
    last_outcome: Outcome | None = None
    last_error: str | None = None
    last_duration_ms: int | None = None
    run_count: int = 0
    error_count: int = 0
    automatic_count: int = 0
    """Runs that started and ended, and that nobody had asked for by hand."""
    last_success: datetime | None = None
    """When its last run that succeeded was over."""
    missed: datetime | None = None
    """The first instant that was missed and that no run since has been told of."""
    missed_to: datetime | None = None
    """The last one."""
    defined: str = ""
    """Digest of the last definition that the history was given."""


class Deferral(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a run waits for something else than a slot."""

    kind: Literal["backoff", "settle", "needs", "conditions"]
    since: datetime
    """The beginning of its wait, also where what it waits for has changed since."""
    until: datetime
    """When that wait ends, whatever happens: the next attempt's instant, or the end of its patience."""
    reason: str
    """What it waits for, in words."""
    look_at: datetime | None = None
    """When it may be over before that, if nothing else happens."""


class OpenRun(Struct, frozen=True, kw_only=True):
    """A run that has no outcome yet."""

    run: Run
    is_waiting: bool
    """It was admitted and has no slot yet."""
    asked: datetime | None = None
    """When it was asked for."""
    deferral: Deferral | None = None
    """What else it waits for."""
    failures: int = 0
    """How many of its attempts have failed."""
    last_outcome: Outcome | None = None
    """Of the last attempt that failed."""
    process: ProcessIdentity | None = None
    claimed: datetime | None = None
    """When it was given its slot; its process exists a moment later."""


class Checkpoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The fold of every event up to a number: what is needed of them from then on."""

    number: int = 0
    """Of the last event in it; 0: of none."""
    jobs: tuple[JobRecord, ...] = ()
    open_runs: tuple[OpenRun, ...] = ()
    """In the order in which they were admitted."""
    incidents: tuple[Incident, ...] = ()
    held: tuple[NoticeText, ...] = ()
    all_paused: bool = False
    lives: int = 0
    zone: str | None = None
    """The zone that local times were last understood in."""
    last: datetime | None = None
    """When the last of these events happened."""
    is_alive: bool = False
    """The last life has not said that it ended."""
    absence: Absence | None = None
    """The last one, until somebody has seen it."""
