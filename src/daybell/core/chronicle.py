"""Which events does the chronicle keep, and as what?"""

from datetime import datetime

from msgspec.structs import replace

from daybell.core.catchup import LATE
from daybell.model.chronicle import Entry
from daybell.model.events import (
    AllPaused,
    AllResumed,
    AnyEvent,
    AppHeldUp,
    ClockSet,
    JobPaused,
    JobRemoved,
    JobResumed,
    JobScheduled,
    LifeLost,
    MachineSlept,
    Numbered,
    RunQueued,
    SchedulerStarted,
    SchedulerStopped,
    SurroundingsChanged,
    ZoneChanged,
)
from daybell.model.run import Run

REMEMBERED = frozenset({"settle", "needs", "conditions"})
"""Kinds of deferrals; a wait for the next attempt is in the run's own row."""
TURN = "its turn"
"""What a run waits for that waits for nothing but a slot."""


def entry(numbered: Numbered) -> Entry | None:
    """None for what the history's rows tell, and for what explains nothing."""
    event = numbered.event
    told = _of_daybell(event) or _of_machine(event) or _of_job(event)
    return told and replace(told, number=numbered.number, at=event.at)


def _of_daybell(event: AnyEvent) -> Entry | None:
    match event:
        case SchedulerStarted(version=version):
            return Entry(kind="started", words=version)
        case SchedulerStopped():
            return Entry(kind="stopped")
        case LifeLost(end=end):
            return Entry(kind=end.how, since=end.seen)
        case AllPaused(by=by):
            return Entry(kind="paused", by=by)
        case AllResumed():
            return Entry(kind="resumed")
        case _:
            return None


def _of_machine(event: AnyEvent) -> Entry | None:
    match event:
        case MachineSlept(since=since):
            return Entry(kind="slept", since=since)
        case AppHeldUp(since=since):
            return Entry(kind="held_up", since=since)
        case ClockSet(seconds=seconds):
            return Entry(kind="clock_set", seconds=seconds)
        case ZoneChanged(zone=zone):
            return Entry(kind="zone", words=zone)
        case SurroundingsChanged(facts=facts):
            return Entry(kind="surroundings", facts=facts)
        case _:
            return None


def _of_job(event: AnyEvent) -> Entry | None:
    match event:
        case JobPaused(job_id=job_id, until=until, reason=reason, by=by):
            return Entry(kind="paused", job_id=job_id, until=until, words=reason, by=by)
        case JobResumed(job_id=job_id):
            return Entry(kind="resumed", job_id=job_id)
        case JobScheduled(job_id=job_id, rests=rests):
            return Entry(kind="scheduled", job_id=job_id, rests=rests)
        case JobRemoved(job_id=job_id):
            return Entry(kind="removed", job_id=job_id)
        case RunQueued(run=run, deferral=deferral) if deferral is not None and deferral.kind in REMEMBERED:
            told = Entry(kind="waited", job_id=run.job_id, run_id=run.run_id, words=deferral.reason)
            return replace(told, since=deferral.since, until=deferral.until)
        case RunQueued(at=at, run=run, deferral=None) if _is_late(run, at):
            return Entry(kind="waited", job_id=run.job_id, run_id=run.run_id, since=at, words=TURN)
        case _:
            return None


def _is_late(run: Run, at: datetime) -> bool:
    """It waited for something else before. Most that wait for a slot have only just become due."""
    return not run.attempts and run.due is not None and at - run.due > LATE
