"""What does an event change? The one place where records are made from events."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from daybell.model.events import (
    AnyEvent,
    IncidentChanged,
    JobDefined,
    JobPaused,
    JobRemoved,
    JobResumed,
    JobScheduled,
    NoticeHeld,
    NoticeSent,
    RunClaimed,
    RunFinished,
    RunQueued,
    RunSkipped,
    RunStarted,
)
from daybell.model.incident import Incident, NoticeText
from daybell.model.record import JobRecord, OpenRun
from daybell.model.run import AUTOMATIC, Run

AHEAD = timedelta(days=1)
"""A cursor that is further ahead than this comes from a clock that was wrong."""


def fold_record(record: JobRecord | None, event: AnyEvent) -> JobRecord | None:
    """The record of the job that the event is about, after it."""
    if isinstance(event, JobScheduled):
        return _scheduled(record, event)
    if record is None:
        return None
    match event:
        case JobPaused(until=until, reason=reason):
            return replace(record, is_paused=True, paused_until=until, pause_reason=reason)
        case JobResumed():
            return replace(record, is_paused=False, paused_until=None, pause_reason=None)
        case JobDefined(digest=digest):
            return replace(record, defined=digest)
        case RunSkipped(run=run) | RunQueued(run=run) | RunClaimed(run=run):
            return _decided(_missed(record, run), run)
        case RunStarted(at=at, attempt=attempt):
            count = record.run_count + (attempt == 1)
            return replace(record, last_run=at, run_count=count, is_late=False)
        case NoticeHeld(notice=notice) | NoticeSent(notice=notice):
            return replace(record, is_late=record.is_late or notice.kind == "late")
        case RunFinished(run=run):
            return _finished(record, run)
        case _:
            return record


def fold_open_run(open_run: OpenRun | None, event: AnyEvent) -> OpenRun | None:
    """The open run that the event is about, after it; None once it has an outcome."""
    match event:
        case RunQueued(run=run, at=at, deferral=deferral, failures=failures, last_outcome=last):
            asked = at if open_run is None else open_run.asked
            waiting = OpenRun(run=run, is_waiting=True, asked=asked, deferral=deferral)
            return replace(waiting, failures=failures, last_outcome=last)
        case RunClaimed(run=run, at=at) if open_run is not None:
            return replace(open_run, run=run, is_waiting=False, claimed=at, deferral=None, process=None)
        case RunClaimed(run=run, at=at):
            return OpenRun(run=run, is_waiting=False, asked=at, claimed=at)
        case RunStarted(at=at, process=process) if open_run is not None:
            run = _started(open_run.run, at)
            return replace(open_run, run=run, process=process)
        case RunFinished():
            return None
        case _:
            return open_run


def fold_incident(incident: Incident | None, event: AnyEvent) -> Incident | None:
    """The incident of the job that the event is about, after it; None while nothing is wrong."""
    match event:
        case IncidentChanged(incident=changed):
            return changed
        case JobRemoved():
            return None
        case _:
            return incident


def fold_held(held: Mapping[str, NoticeText], event: AnyEvent) -> Mapping[str, NoticeText]:
    """What waits for the end of the quiet hours, by key: a newer notice takes the older one's place."""
    match event:
        case NoticeHeld(notice=notice):
            return {**held, notice.key: notice}
        case NoticeSent(notice=sent) if sent.kind == "digest":
            return {}
        case NoticeSent(notice=sent):
            return {key: notice for key, notice in held.items() if key != sent.key}
        case JobRemoved(job_id=job_id):
            return {key: notice for key, notice in held.items() if notice.job_id != job_id}
        case _:
            return held


def subject(event: AnyEvent) -> tuple[str | None, str | None]:
    """The ids of the job and of the run that an event is about."""
    match event:
        case RunSkipped(run=run) | RunQueued(run=run) | RunClaimed(run=run) | RunFinished(run=run):
            return run.job_id, run.run_id
        case RunStarted(job_id=job_id, run_id=run_id):
            return job_id, run_id
        case NoticeHeld(notice=notice) | NoticeSent(notice=notice):
            return notice.job_id, notice.run_id
        case _:
            return getattr(event, "job_id", None), None


def _scheduled(record: JobRecord | None, event: JobScheduled) -> JobRecord:
    """A new schedule owes nothing for what lies before it (M4); what the job did stays."""
    if record is None:
        return JobRecord(job_id=event.job_id, digest=event.digest, since=event.at, cursor=event.at)
    # A start may have been decided a moment ahead, or the clock was set back: no instant comes again (L1).
    is_ahead = event.at < record.cursor < event.at + AHEAD
    cursor = record.cursor if is_ahead else event.at
    return replace(record, digest=event.digest, since=event.at, cursor=cursor, missed=None, missed_to=None)


def _decided(record: JobRecord, run: Run) -> JobRecord:
    last: datetime | None = run.due_to or run.due
    return record if last is None else replace(record, cursor=max(record.cursor, last))


def _started(run: Run, at: datetime) -> Run:
    """Its process exists; `started` is of the first one."""
    last = at if run.attempts > 1 else None
    return replace(run, started=run.started or at, last_started=last)


def _missed(record: JobRecord, run: Run) -> JobRecord:
    """What the job's next run is told of: instants that nobody had decided against."""
    if run.outcome != "missed" or run.due is None:
        return record
    last = max(run.due_to or run.due, record.missed_to or run.due)
    return replace(record, missed=min(run.due, record.missed or run.due), missed_to=last)


def _finished(record: JobRecord, run: Run) -> JobRecord:
    """What never started says nothing of the job, but that it was missed."""
    if run.started is None and not run.is_failure:
        return _missed(record, run)
    if record.missed_to is not None and run.started is not None and record.missed_to <= run.started:
        record = replace(record, missed=None, missed_to=None)
    is_counted = run.started is not None and run.cause in AUTOMATIC
    return replace(
        record,
        automatic_count=record.automatic_count + is_counted,
        last_outcome=run.outcome,
        last_success=run.finished if run.outcome == "succeeded" else record.last_success,
        last_error=run.error if run.is_failure else None,
        last_duration_ms=run.duration_ms,
        error_count=record.error_count + run.is_failure,
    )
