"""Which shapes have questions and answers that are no values of the model? Read by `openapi` alone."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from daybell.api.answers import ErrorBody
from daybell.core.findings import Level
from daybell.core.report import Artifact as ReportedArtifact
from daybell.core.report import AttemptLine
from daybell.core.summaries import Day, Summary
from daybell.engine.open_incidents import OpenIncident
from daybell.model.absence import Card
from daybell.model.edit import Edit
from daybell.model.run import Cause, Outcome, Run
from daybell.model.status import JobStatus, Problem
from daybell.store.artifacts import Artifact

JOB_ID = "^[a-z0-9][a-z0-9_-]{0,63}$"
JobId = Annotated[str, Meta(description="The name of the job's file, without its ending.", pattern=JOB_ID)]
RunId = Annotated[str, Meta(description="As it stands in `run_id`.")]
Time = Annotated[
    str,
    Meta(
        description="ISO 8601; without an offset it is on the wall of the scheduler's default zone.",
        examples=["2026-11-01", "2026-11-01T14:30", "2026-11-01T14:30:00+01:00"],
    ),
]
Hours = Annotated[
    list[int],
    Meta(
        description="How many started in each hour of the day, from midnight on.",
        min_length=24,
        max_length=24,
    ),
]
Definition = dict[str, object]
"""As a job's file has it, with whatever keys it has."""


class JobFile:
    """A job with its id, as its shipped schema has it."""


class SettingsFile:
    """The settings, as their shipped schema has them."""


class CountQuery(Struct):
    n: Annotated[int, Meta(ge=1, le=100, description="How many instants.")] = 5


class RunsQuery(Struct):
    job: JobId | UnsetType = UNSET
    outcome: Annotated[list[Outcome], Meta(description="Any of these; repeat the key.")] | UnsetType = UNSET
    cause: Annotated[list[Cause], Meta(description="Any of these; repeat the key.")] | UnsetType = UNSET
    since: Time | UnsetType = UNSET
    until: Time | UnsetType = UNSET
    text: Annotated[str, Meta(description="Stands in the output, in small letters or capitals.")] = ""
    limit: Annotated[int, Meta(ge=1, le=1000, description="So many ended runs at most.")] = 50
    cursor: Annotated[str, Meta(description="`next` of an earlier answer.")] | UnsetType = UNSET


class RunQuery(Struct):
    wait: Annotated[float, Meta(ge=0, le=60, description="Seconds to wait for its end.")] = 0


class LogQuery(Struct):
    offset: Annotated[int, Meta(ge=0, le=2**53, description="Bytes to leave out, as it printed them.")] = 0


class DaysQuery(Struct):
    days: Annotated[int, Meta(ge=1, le=3650, description="How far back.")] = 30


class WhyQuery(Struct):
    at: Time | UnsetType = UNSET


class RecentQuery(Struct):
    n: Annotated[int, Meta(ge=1, le=100, description="How many runs of each job.")] = 20
    job: JobId | UnsetType = UNSET


class EventsQuery(Struct):
    last_event_id: Annotated[str, Meta(description="The id of the last event seen.")] | UnsetType = UNSET


class TimelineQuery(Struct, rename={"since": "from", "until": "to"}):
    since: Time
    until: Time
    job: JobId | UnsetType = UNSET


class ErrorAnswer(Struct):
    """What each refusal looks like."""

    error: ErrorBody


class Nothing(Struct):
    """An empty object."""


class JobAnswer(Struct):
    """A job, how it stands, and what its file says."""

    job: JobFile | None
    status: JobStatus
    definition: Definition | None
    etag: str


class NextRuns(Struct):
    """When a job starts next, soonest first."""

    job_id: str
    runs: list[datetime]


class RunName(Struct):
    """A new run."""

    run_id: str


class RunNames(Struct):
    """Runs that end, or begin."""

    run_ids: list[str]


class Runs(Struct):
    """A page of the history, newest first."""

    runs: list[Run]
    next: str | None


class RunAnswer(Run, frozen=True, kw_only=True):
    """A run, and what its job was when it ran."""

    definition_snapshot: Definition | None


class Artifacts(Struct):
    """The files that a run has left to be kept."""

    artifacts: list[Artifact]


class ReportAnswer(Struct):
    """All there is to tell of a run."""

    run: Run
    attempts: list[AttemptLine]
    definition: Definition | None
    artifacts: list[ReportedArtifact]


class StatsAnswer(Struct):
    """How runs went, by job."""

    days: int
    since: datetime
    is_complete: bool
    whole: Summary
    jobs: dict[str, Summary]
    hours: Hours
    daily: list[Day]


class JobStatsAnswer(Summary, frozen=True):
    """How the runs of one job went."""

    job_id: str
    days: int
    since: datetime
    is_complete: bool
    hours: Hours


class Incidents(Struct):
    """What is wrong now, the oldest first."""

    incidents: list[OpenIncident]


class EditsAnswer(Struct):
    """What a job was defined as, the latest first."""

    edits: list[Edit]


class FindingAnswer(Struct):
    """What was seen of one thing."""

    check: str
    level: Level
    message: str
    remedy: str


class DoctorFindings(Struct):
    """What is wrong here, and what helps."""

    schema: int
    worst: Level
    findings: list[FindingAnswer]


class AboutAnswer(Struct):
    """Which Daybell this is, and where its files are."""

    version: str
    python: str
    platform: str
    pid: int
    started: datetime | None
    zone: str
    paths: dict[str, str]


class AwayAnswer(Struct):
    """What happened while nobody looked, until somebody has dealt with it."""

    away: Card | None


class SettingsAnswer(Struct):
    """The settings, what their file says, and what holds only from the next start on."""

    definition: Definition | None
    settings: SettingsFile | None
    problems: list[Problem]
    restart_needed: bool
    waiting: list[str]
    etag: str


class DoorAnswer(Struct):
    """Where a browser is let in, once, within so many seconds."""

    port: int
    url: str
    seconds: float


class Proof(Struct):
    """That whoever answers holds the token."""

    proof: str


class Session(Struct):
    """The token of a browser's session."""

    token: str
