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
    tags: list[str]
    expression: str
    is_enabled: bool


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
    keeping_awake: list[str]
    not_awake: str


class ProblemShape(TypedDict):
    """What is wrong with a file."""

    file: str
    field: str
    message: str


class FactsShape(TypedDict):
    """The machine's surroundings; None: nobody can tell."""

    on_mains: bool | None
    battery: int | None
    is_online: bool | None
    is_metered: bool | None
    wifi: str | None
    is_wired: bool | None
    is_idle: bool | None
    idle_since: str | None
    is_locked: bool | None


class StatusShape(TypedDict):
    """Everything at a glance."""

    scheduler: SchedulerShape
    jobs: list[JobStatusShape]
    problems: list[ProblemShape]
    machine: FactsShape
    away: bool


class ExplanationShape(TypedDict):
    """One instant, or several that were decided together."""

    verdict: str
    sentence: str
    due: str | None
    due_to: str | None
    count: int | None
    background: list[str]
    run_id: str | None
    blocked_by: str | None


class WhyShape(TypedDict):
    """What there is to say about one job."""

    job_id: str
    schedule: str
    now: str
    at: str | None
    explanations: list[ExplanationShape]
    facts: FactsShape


class VariableShape(TypedDict):
    """One variable; values that may be secret are "…", and None is one that is not there."""

    name: str
    job: str | None
    login_shell: str | None
    app: str | None
    origin: str
    differs: bool


class EnvironmentShape(TypedDict):
    """Of one job, or what all have in common."""

    source: str
    shell: str
    word: str
    asked: str | None
    job_id: str | None
    variables: list[VariableShape]


class CardRunShape(TypedDict):
    """What became of one job while nobody looked."""

    job_id: str
    run_id: str
    fate: str
    due: str | None
    due_to: str | None
    reason: str | None
    name: str
    count: int | None
    state: str | None
    again: str | None
    can_run: bool
    can_skip: bool


class CardShape(TypedDict):
    """What happened while nobody looked."""

    kind: str
    since: str
    until: str
    headline: str
    runs: list[CardRunShape]
    left_out: int


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
    hastened: bool
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
