"""Which figures does Daybell tell, and under which names?"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from daybell.core.exposition import Family, Labels, Sample
from daybell.core.figures import MOST_JOBS, Figures, JobFigures
from daybell.model.run import FAILURES, Run
from daybell.model.status import JobStatus, Status


class Process(Struct, frozen=True):
    """What the app itself takes."""

    cpu_seconds: float
    resident: int | None
    """Bytes; None where nobody can tell."""


class Measured(Struct, frozen=True):
    """All that is told, at one moment."""

    status: Status
    open_runs: Sequence[Run]
    figures: Figures
    last_success: Mapping[str, datetime]
    """Of jobs that have not succeeded since Daybell started: when they did before."""
    process: Process


def families(measured: Measured) -> Iterator[Family]:
    """Jobs by id; the same set in each family but for those that have nothing to tell yet."""
    status, figures = measured.status, measured.figures
    yield _gauge("info", "The version that runs.", [Sample((("version", status.scheduler.version),), 1)])
    yield from _totals(measured)
    jobs = status.jobs[:MOST_JOBS]
    yield from _of_jobs(jobs, measured)
    counted = [(job.id, figures.jobs[job.id]) for job in jobs if job.id in figures.jobs]
    yield from _counted(counted)
    skipped = [Sample((("reason", reason),), count) for reason, count in sorted(figures.skipped.items())]
    yield Family("daybell_job_skipped_total", "counter", "Requests that got no run.", skipped)
    yield from _of_process(measured)


def _totals(measured: Measured) -> Iterator[Family]:
    jobs, runs = measured.status.jobs, measured.open_runs
    states = sorted(Counter(job.state for job in jobs).items())
    started = sum(run.started is not None for run in runs)
    yield _gauge("jobs", "Jobs by state.", [Sample((("state", state),), count) for state, count in states])
    left_out = max(0, len(jobs) - MOST_JOBS)
    yield _gauge("jobs_left_out", "Jobs that are too many for figures of their own.", [Sample((), left_out)])
    yield _gauge("runs_in_progress", "Runs under way.", [Sample((), started)])
    yield _gauge("runs_waiting", "Runs that have not begun.", [Sample((), len(runs) - started)])


def _of_jobs(jobs: Sequence[JobStatus], measured: Measured) -> Iterator[Family]:
    names = [Sample((("job", job.id), ("name", job.name)), 1) for job in jobs]
    yield _gauge("job_info", "What people call each job.", names)

    def each(name: str, says: str, value_of: Callable[[JobStatus], float | None]) -> Family:
        known = ((job.id, value_of(job)) for job in jobs)
        return _gauge(name, says, [Sample(_job(one), value) for one, value in known if value is not None])

    def last_success(job: JobStatus) -> float | None:
        figures = measured.figures.jobs.get(job.id)
        found = figures.last_success if figures is not None else None
        return _seconds(found or _succeeded(job) or measured.last_success.get(job.id))

    def failures(job: JobStatus) -> float:
        figures = measured.figures.jobs.get(job.id)
        known = figures.failures if figures is not None else None
        return int(job.last_outcome in FAILURES) if known is None else known

    last, ahead = "When its last run began.", "When it runs next."
    yield each("job_last_run_timestamp_seconds", last, lambda job: _seconds(job.last_run))
    yield each("job_last_success_timestamp_seconds", "When its last success was over.", last_success)
    yield each("job_next_run_timestamp_seconds", ahead, lambda job: _seconds(job.next_run))
    since = "Failures since its last success; after a start of Daybell at least one, until it runs again."
    yield each("job_consecutive_failures", since, failures)


def _counted(jobs: Iterable[tuple[str, JobFigures]]) -> Iterator[Family]:
    jobs = list(jobs)
    runs = (
        Sample((*_job(job_id), ("status", outcome), ("trigger", cause)), count)
        for job_id, figures in jobs
        for (outcome, cause), count in sorted(figures.runs.items())
    )
    yield Family("daybell_job_runs_total", "counter", "Runs that are over.", runs)
    durations = (sample for job_id, one in jobs for sample in one.durations.samples(_job(job_id)))
    yield Family("daybell_job_run_duration_seconds", "histogram", "How long runs took.", durations)
    delays = (sample for job_id, one in jobs for sample in one.delays.samples(_job(job_id)))
    says = "From the instant a run was due to its start, its jitter included."
    yield Family("daybell_job_start_delay_seconds", "histogram", says, delays)
    missed = (Sample(_job(job_id), figures.missed) for job_id, figures in jobs)
    says = "Missed instants; those of one gap count once."
    yield Family("daybell_job_misfires_total", "counter", says, missed)


def _of_process(measured: Measured) -> Iterator[Family]:
    process, started = measured.process, measured.status.scheduler.started
    memory = [] if process.resident is None else [Sample((), process.resident)]
    yield Family("process_resident_memory_bytes", "gauge", "Memory that Daybell has.", memory)
    used = [Sample((), process.cpu_seconds)]
    yield Family("process_cpu_seconds_total", "counter", "Processor time that Daybell has used.", used)
    begun = [] if started is None else [Sample((), started.timestamp())]
    yield Family("process_start_time_seconds", "gauge", "When Daybell started.", begun)


def _gauge(name: str, says: str, samples: Sequence[Sample]) -> Family:
    return Family(f"daybell_{name}", "gauge", says, samples)


def _job(job_id: str) -> Labels:
    return (("job", job_id),)


def _succeeded(job: JobStatus) -> datetime | None:
    if job.last_outcome != "succeeded" or job.last_run is None:
        return None
    return job.last_run + timedelta(milliseconds=job.last_duration_ms or 0)


def _seconds(instant: datetime | None) -> float | None:
    return None if instant is None else instant.timestamp()
