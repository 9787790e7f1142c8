"""Status: immutable snapshots for people and programs; the JSON shapes are stable."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from daybell.model.facts import Facts
from daybell.model.run import Outcome

JobState = Literal["idle", "running", "queued", "paused", "disabled", "completed", "invalid"]
SchedulerState = Literal["running", "paused", "stopped"]


class Problem(Struct, frozen=True):
    """What is wrong with a file: where, and what to do about it."""

    file: str
    field: str
    """The path of the key, such as "triggers[0].expression"; empty for the file as a whole."""
    message: str


class JobStatus(Struct, frozen=True, kw_only=True):
    """One job as it stands. `run_count` counts runs that started."""

    id: str
    name: str
    state: JobState
    schedule: str
    """When it runs, in words."""
    next_run: datetime | None = None
    last_run: datetime | None = None
    """When a process of this job last really started."""
    last_outcome: Outcome | None = None
    last_error: str | None = None
    last_duration_ms: int | None = None
    run_count: int = 0
    error_count: int = 0
    is_running: bool = False
    waiting_for: str | None = None
    """What its next run waits for beside a slot, in words."""
    waiting_until: datetime | None = None
    """When that wait ends, whatever happens."""
    is_paused: bool = False
    paused_until: datetime | None = None
    """When its own pause ends by itself."""
    pause_reason: str | None = None
    """Why it is paused, in the words of whoever did that."""
    snoozed_until: datetime | None = None
    """Until when nothing is told of its failures."""
    tags: tuple[str, ...] = ()
    expression: str = ""
    """When it runs, as its file says it."""
    is_enabled: bool = True
    """Its own switch, also while it runs."""


class Statistics(Struct, frozen=True, kw_only=True):
    """What the scheduler has done since it started, or since somebody began the count anew."""

    since: datetime
    dispatched: int = 0
    """Attempts that were handed to a worker."""
    started: int = 0
    """Those of them whose process came to exist."""
    skipped: dict[str, int] = {}
    """Requests and gaps that got no run, by reason."""
    deferred: int = 0
    """How often a run was put off until something else holds."""
    retried: int = 0
    completed: int = 0
    """Runs that succeeded."""
    failed: int = 0
    errors: int = 0
    """Faults of Daybell itself; each is in its log."""
    last_pass: datetime | None = None
    """When it last decided anything."""
    next_due: datetime | None = None


class SchedulerStatus(Struct, frozen=True, kw_only=True):
    """The scheduler as a whole."""

    state: SchedulerState
    started: datetime | None
    version: str
    home: str
    """The directory of the job files."""
    pid: int
    stats: Statistics
    keeping_awake: tuple[str, ...] = ()
    """Ids of the jobs whose runs do not let the computer sleep now."""
    not_awake: str = ""
    """Why it may sleep all the same; empty while it does not."""


class Status(Struct, frozen=True, kw_only=True):
    """Everything at a glance: what `daybell status --json` prints."""

    scheduler: SchedulerStatus
    jobs: tuple[JobStatus, ...]
    problems: tuple[Problem, ...]
    machine: Facts = Facts()
    """Its surroundings, as far as jobs ask for them; None is what nobody can tell, or no job asks for."""
    away: bool = False
    """Something happened while nobody looked, and nobody has dealt with it yet."""
