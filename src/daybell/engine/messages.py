"""Messages: all that can reach the engine's mailbox."""

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core.clocks import Finding
from daybell.engine.ports import AttemptResult, DefinitionsRead
from daybell.model.facts import Facts
from daybell.model.run import ProcessIdentity
from daybell.model.settings import AwakeConfig, NoticeConfig


class AlarmRang(Struct, frozen=True):
    """The alarm of this job is due."""

    job_id: str


class AttemptStarted(Struct, frozen=True):
    run_id: str
    process: ProcessIdentity
    at: datetime
    """When that was, which may be a while before the message is read."""


class AttemptEnded(Struct, frozen=True):
    run_id: str
    result: AttemptResult
    at: datetime


class DeadlineReached(Struct, frozen=True):
    """The attempt of this run has used up its time."""

    run_id: str


class NotStarted(Struct, frozen=True):
    """This run should have started by now."""

    run_id: str


class StillRunning(Struct, frozen=True):
    """This run should have ended by now."""

    run_id: str


class NoticesDue(Struct, frozen=True):
    """A reminder is due, or the quiet hours are over."""


class LookAgain(Struct, frozen=True):
    """Time has passed, and each batch looks at what that means."""


class LateTurnOver(Struct, frozen=True):
    """This late run has run for so long that the next may start beside it."""

    run_id: str


class ClockMoved(Struct, frozen=True):
    """The machine slept, the app stood still, or the wall clock was set."""

    finding: Finding


class ZoneMoved(Struct, frozen=True):
    """The machine is in another time zone."""

    zone: ZoneInfo


class FactsChanged(Struct, frozen=True):
    """The machine's surroundings are different."""

    facts: Facts


class FactsSteady(Struct, frozen=True):
    """They have been so for a while."""


class StopOverdue(Struct, frozen=True):
    """The shutdown timeout is over, and something still runs."""


class RunNow(Struct, frozen=True):
    """A person asks for a run; the answer is its run id."""

    job_id: str
    retry_of: str | None = None
    """The run that it is asked for again after."""


class CancelRuns(Struct, frozen=True):
    """End what waits or runs of this run id, or of the job with this id; the answer is their run ids."""

    target: str


class Pause(Struct, frozen=True):
    """Hold one job, or every job."""

    job_id: str | None
    until: datetime | None = None
    """One job's pause may end by itself."""
    reason: str | None = None
    """Why, where it is one job."""
    by: str | None = None
    """Where it was asked for, such as "the menu"."""


class Resume(Struct, frozen=True):
    """Let one job, or every job, run again."""

    job_id: str | None


class Configure(Struct, frozen=True):
    """The settings were edited: this holds from now on."""

    notices: NoticeConfig
    awake: AwakeConfig
    groups: Mapping[str, int]
    shutdown_timeout: timedelta


class Hasten(Struct, frozen=True):
    """Let this run wait for nothing but its slot any longer."""

    run_id: str


class SeeAbsence(Struct, frozen=True):
    """The person has dealt with what happened while they were away."""


class Snooze(Struct, frozen=True):
    """Tell nothing of what is wrong with this job until then."""

    job_id: str
    until: datetime


class ResetStatistics(Struct, frozen=True):
    """Begin to count anew."""


class Stop(Struct, frozen=True):
    """Start nothing more, and end what runs; the answer names the runs that did not end in time."""


Answerable = (
    RunNow
    | CancelRuns
    | Hasten
    | SeeAbsence
    | Pause
    | Resume
    | Snooze
    | Configure
    | ResetStatistics
    | DefinitionsRead
)
"""Verbs that are answered as soon as they are read."""
Verb = Answerable | Stop


class Asked(Struct, frozen=True):
    """A verb and the place for its answer: run ids, or a DaybellError."""

    verb: Verb
    reply: Future[tuple[str, ...]]


Message = (
    AlarmRang
    | AttemptStarted
    | AttemptEnded
    | DeadlineReached
    | NotStarted
    | StillRunning
    | NoticesDue
    | LookAgain
    | LateTurnOver
    | ClockMoved
    | ZoneMoved
    | FactsChanged
    | FactsSteady
    | StopOverdue
    | Asked
)
