"""Events: the facts the journal keeps, in the past tense. All state is a fold of them."""

from datetime import datetime

from msgspec import Struct

from daybell.model.absence import Absence, LastEnd
from daybell.model.chronicle import Rest
from daybell.model.facts import Facts
from daybell.model.incident import Incident, NoticeText
from daybell.model.record import Deferral
from daybell.model.run import Outcome, ProcessIdentity, Run


class Event(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Something that happened, at an instant in UTC."""

    at: datetime


class SchedulerStarted(Event, frozen=True, tag="scheduler_started"):
    """The engine began to decide."""

    jobs: int
    version: str


class SchedulerStopped(Event, frozen=True, tag="scheduler_stopped"):
    """The engine decided for the last time."""


class JobScheduled(Event, frozen=True, tag="job_scheduled"):
    """A job appeared, or its schedule changed: it owes nothing for instants before `at` (M4)."""

    job_id: str
    digest: str
    """Of its schedule: what, if changed, makes it a new one."""
    rests: Rest | None = None
    """Why it is never due; None where it may be."""


class JobRemoved(Event, frozen=True, tag="job_removed"):
    """The job's file is gone. Its history stays."""

    job_id: str


class JobPaused(Event, frozen=True, tag="job_paused"):
    """Nothing of it is due until somebody resumes it, or until that instant; the newest pause counts."""

    job_id: str
    until: datetime | None = None
    reason: str | None = None
    """In the words of whoever paused it."""
    by: str | None = None
    """Where it was asked for, such as "the menu"."""


class JobResumed(Event, frozen=True, tag="job_resumed"):
    job_id: str


class ZoneChanged(Event, frozen=True, tag="zone_changed"):
    """Local times mean another zone from here on."""

    zone: str


class MachineSlept(Event, frozen=True, tag="machine_slept"):
    """Found when it woke."""

    since: datetime


class AppHeldUp(Event, frozen=True, tag="app_held_up"):
    """The machine was awake but Daybell was not: stopped by a signal, or starved."""

    since: datetime


class ClockSet(Event, frozen=True, tag="clock_set"):
    """The clock on the wall was set; back, where the seconds are negative."""

    seconds: float


class LifeLost(Event, frozen=True, tag="life_lost"):
    """Found at the start: the life before did not end in order."""

    end: LastEnd


class SurroundingsChanged(Event, frozen=True, tag="surroundings_changed"):
    """What conditions look at is different, and has been for a while."""

    facts: Facts


class AbsenceNoted(Event, frozen=True, tag="absence_noted"):
    """Something was due while nobody could start it."""

    absence: Absence


class AbsenceSeen(Event, frozen=True, tag="absence_seen"):
    """The person has dealt with it."""


class AllPaused(Event, frozen=True, tag="all_paused"):
    """Nothing is due until somebody resumes all."""

    by: str | None = None


class AllResumed(Event, frozen=True, tag="all_resumed"):
    pass


class RunSkipped(Event, frozen=True, tag="run_skipped"):
    """A request ended without a start: `run` is the whole row, outcome `skipped` or `missed`."""

    run: Run


class RunQueued(Event, frozen=True, tag="run_queued"):
    """A run waits: for a slot, or before that for what the deferral says."""

    run: Run
    deferral: Deferral | None = None
    failures: int = 0
    """How many of its attempts have failed."""
    last_outcome: Outcome | None = None
    """Of the last attempt that failed."""


class JobDefined(Event, frozen=True, tag="job_defined"):
    """A run is about to begin with a definition that the history does not have yet."""

    job_id: str
    digest: str
    definition: dict[str, object]
    """As a job file has it (`core.plain.as_file`)."""


class RunClaimed(Event, frozen=True, tag="run_claimed"):
    """A run was given its slot; durable before anything is spawned (L2)."""

    run: Run


class RunStarted(Event, frozen=True, tag="run_started"):
    """Its process exists."""

    run_id: str
    job_id: str
    process: ProcessIdentity
    attempt: int = 1


class RunFinished(Event, frozen=True, tag="run_finished"):
    """`run` is the whole row, with its outcome."""

    run: Run


class IncidentChanged(Event, frozen=True, tag="incident_changed"):
    """A job began to fail, failed again, or was told of; without an incident, it works again."""

    job_id: str
    incident: Incident | None = None


class NoticeHeld(Event, frozen=True, tag="notice_held"):
    """A notice waits for the end of the quiet hours."""

    notice: NoticeText


class NoticeSent(Event, frozen=True, tag="notice_sent"):
    """The person is told, right after this is durable; a digest is all that was held."""

    notice: NoticeText


AnyEvent = (
    SchedulerStarted
    | SchedulerStopped
    | JobScheduled
    | JobRemoved
    | JobPaused
    | JobResumed
    | ZoneChanged
    | MachineSlept
    | AppHeldUp
    | ClockSet
    | LifeLost
    | SurroundingsChanged
    | AbsenceNoted
    | AbsenceSeen
    | AllPaused
    | AllResumed
    | RunSkipped
    | RunQueued
    | JobDefined
    | RunClaimed
    | RunStarted
    | RunFinished
    | IncidentChanged
    | NoticeHeld
    | NoticeSent
)


class Numbered(Struct, frozen=True):
    """An event with its place in the journal, counted from 1 without gaps."""

    number: int
    event: AnyEvent


def outcome_of(event: AnyEvent) -> Outcome | None:
    """The outcome an event records, if it ends a request."""
    match event:
        case RunSkipped(run=run) | RunFinished(run=run):
            return run.outcome
        case _:
            return None
