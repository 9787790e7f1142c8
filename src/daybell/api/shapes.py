"""Which keys do the API's answers have? For readers without msgspec; the model's structs are the source."""

from typing import TypedDict


class JobStatusShape(TypedDict):
    """One job as it stands; times are ISO 8601 with an offset."""

    id: str
    name: str
    state: str
    schedule: str
    next_run: str | None
    last_run: str | None
    last_outcome: str | None
    last_error: str | None
    last_duration_ms: int | None
    run_count: int
    error_count: int
    is_running: bool
    waiting_for: str | None
    waiting_until: str | None
    is_paused: bool
    paused_until: str | None
    pause_reason: str | None
    snoozed_until: str | None


class StatisticsShape(TypedDict):
    """What the scheduler has done since then."""

    since: str
    dispatched: int
    started: int
    skipped: dict[str, int]
    deferred: int
    retried: int
    completed: int
    failed: int
    errors: int
    last_pass: str | None
    next_due: str | None


class SchedulerShape(TypedDict):
    """The scheduler as a whole."""

    state: str
    started: str | None
    version: str
    home: str
    pid: int
    stats: StatisticsShape


class ProblemShape(TypedDict):
    """What is wrong with a file."""

    file: str
    field: str
    message: str


class StatusShape(TypedDict):
    """Everything at a glance."""

    scheduler: SchedulerShape
    jobs: list[JobStatusShape]
    problems: list[ProblemShape]


class AttemptShape(TypedDict):
    """An attempt that was not the last one of its run."""

    started: str | None
    finished: str
    outcome: str
    exit_code: int | None
    error: str | None


class RunShape(TypedDict):
    """One run."""

    run_id: str
    job_id: str
    cause: str
    due: str | None
    due_to: str | None
    count: int | None
    started: str | None
    last_started: str | None
    finished: str | None
    outcome: str | None
    reason: str | None
    exit_code: int | None
    attempts: int
    earlier: list[AttemptShape]
    error: str | None
    log: str | None
    output_bytes: int | None
    output_dropped: int
    artifacts: int
    artifacts_removed: int
    cpu_seconds: float | None
    peak_memory: int | None
    host: str
    version: str
    retry_of: str | None
    follows: str | None
    definition: str
    traceparent: str
    has_secrets: bool


class RunsShape(TypedDict):
    """A page of the history, newest first."""

    runs: list[RunShape]
    next: str | None
    """The `cursor` of the next page; None behind the last one."""


class ArtifactShape(TypedDict):
    """A file that a run left to be kept."""

    name: str
    bytes: int
    modified: str


class ArtifactsShape(TypedDict):
    """By name; no more than are kept."""

    artifacts: list[ArtifactShape]
