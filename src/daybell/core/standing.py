"""How does one job stand? Its definition, its record and its open runs as one snapshot."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core.describe import as_written
from daybell.model.job import Job
from daybell.model.record import JobRecord, OpenRun
from daybell.model.status import JobState, JobStatus


class Standing(Struct, frozen=True):
    """All that the snapshot is made from."""

    job: Job
    record: JobRecord
    open_runs: Sequence[OpenRun]
    is_paused: bool
    next_due: datetime | None
    is_completed: bool
    snoozed_until: datetime | None
    schedule: str
    """Its triggers in words."""


def job_status(standing: Standing, zone: ZoneInfo) -> JobStatus:
    """Times in that zone."""
    record = standing.record
    deferrals = [one.deferral for one in standing.open_runs if one.deferral is not None]
    first = min(deferrals, key=lambda one: one.until, default=None)
    return JobStatus(
        id=standing.job.id,
        name=standing.job.title,
        state=_state(standing),
        schedule=standing.schedule,
        next_run=_local(standing.next_due, zone),
        last_run=_local(record.last_run, zone),
        last_outcome=record.last_outcome,
        last_error=record.last_error,
        last_duration_ms=record.last_duration_ms,
        run_count=record.run_count,
        error_count=record.error_count,
        is_running=any(not open_run.is_waiting for open_run in standing.open_runs),
        waiting_for=first.reason if first else None,
        waiting_until=_local(first.until if first else None, zone),
        is_paused=standing.is_paused,
        paused_until=_local(record.paused_until, zone),
        pause_reason=record.pause_reason,
        snoozed_until=_local(standing.snoozed_until, zone),
        tags=standing.job.tags,
        expression=as_written(standing.job),
        is_enabled=standing.job.enabled,
    )


def invalid_status(job_id: str) -> JobStatus:
    """A job whose file was never valid; what is wrong stands among the problems."""
    return JobStatus(id=job_id, name=job_id, state="invalid", schedule="its file is not valid")


def _state(standing: Standing) -> JobState:
    if any(not open_run.is_waiting for open_run in standing.open_runs):
        return "running"
    if standing.open_runs:
        return "queued"
    if not standing.job.enabled:
        return "disabled"
    if standing.is_paused:
        return "paused"
    return "completed" if standing.is_completed else "idle"


def _local(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if instant is None else instant.astimezone(zone)
