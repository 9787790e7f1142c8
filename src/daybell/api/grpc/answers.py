"""What does the scheduler's state look like in protobuf?"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from daybell.api.grpc.scheduler_pb2 import (
    JOB_RESULT_FAILED,
    JOB_RESULT_SKIPPED,
    JOB_RESULT_SUCCESS,
    JOB_RESULT_UNSPECIFIED,
    GetSchedulerStatusResponse,
    JobResultProto,
    JobStatusProto,
)
from daybell.model.job import CronTrigger, Job
from daybell.model.run import Outcome
from daybell.model.status import JobStatus, Status

RESULT_OF: Mapping[Outcome | None, JobResultProto] = {
    None: JOB_RESULT_UNSPECIFIED,
    "succeeded": JOB_RESULT_SUCCESS,
    "failed": JOB_RESULT_FAILED,
    "timed_out": JOB_RESULT_FAILED,
    "cancelled": JOB_RESULT_FAILED,
    "replaced": JOB_RESULT_FAILED,
    "interrupted": JOB_RESULT_FAILED,
    "skipped": JOB_RESULT_SKIPPED,
    "missed": JOB_RESULT_SKIPPED,
}
"""There are four words for all outcomes: whatever began and did not succeed has failed."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_status(status: Status, jobs: Iterable[Job | None]) -> GetSchedulerStatusResponse:
    """`jobs` are those of `status`, in its order; None for one whose file was never valid."""
    return GetSchedulerStatusResponse(
        scheduler_running=status.scheduler.state != "stopped",
        jobs=[as_job_status(one, job) for one, job in zip(status.jobs, jobs, strict=True)],
    )


def as_job_status(status: JobStatus, job: Job | None) -> JobStatusProto:
    """0 and "" stand for what there is not."""
    return JobStatusProto(
        job_name=status.id,
        cron_expr=_expressions(job) if job else "",
        last_run_ms=_milliseconds(status.last_run),
        last_duration_ms=status.last_duration_ms or 0,
        last_result=RESULT_OF[status.last_outcome],
        last_error=status.last_error,
        next_run_ms=_milliseconds(status.next_run),
        run_count=status.run_count,
        error_count=status.error_count,
        is_running=status.is_running,
        is_paused=status.is_paused,
    )


def _expressions(job: Job) -> str:
    return "; ".join(one.expression for one in job.triggers if isinstance(one, CronTrigger))


def _milliseconds(instant: datetime | None) -> int:
    return 0 if instant is None else (instant - EPOCH) // timedelta(milliseconds=1)
