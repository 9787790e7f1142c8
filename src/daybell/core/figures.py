"""What is counted of each job, from the events since Daybell started?"""

from collections import Counter
from datetime import datetime

from daybell.core.exposition import Histogram
from daybell.model.events import AnyEvent, IncidentChanged, JobRemoved, RunFinished, RunSkipped
from daybell.model.run import Cause, Outcome, Run

MOST_JOBS = 1000
"""Jobs with figures of their own; each takes some three dozen lines."""
MOST_REASONS = 50
OTHER = "other"
DURATIONS = (0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 1800, 3600, 14400)
"""Seconds; commands of one person take moments or hours."""
DELAYS = (0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 3600)
"""Seconds; 10 ms is what starting well means, and from 10 s on an instant is missed."""


class JobFigures:
    """Of one job."""

    __slots__ = ("delays", "durations", "failures", "last_success", "missed", "runs")

    def __init__(self) -> None:
        self.runs: Counter[tuple[Outcome, Cause]] = Counter()
        self.durations = Histogram(DURATIONS)
        """Seconds that its runs took."""
        self.delays = Histogram(DELAYS)
        """Seconds from an instant of its schedule to the start."""
        self.missed = 0
        self.last_success: datetime | None = None
        self.failures: int | None = None
        """How many of its runs have failed since the last success; None where nothing has changed yet."""

    def copy(self) -> "JobFigures":
        """As they are now."""
        twin = JobFigures()
        twin.runs = self.runs.copy()
        twin.durations, twin.delays = self.durations.copy(), self.delays.copy()
        twin.missed, twin.last_success, twin.failures = self.missed, self.last_success, self.failures
        return twin


class Figures:
    """A fold of events. Jobs that have no room are counted, and nothing of theirs is."""

    def __init__(self, most_jobs: int = MOST_JOBS) -> None:
        self._most_jobs = most_jobs
        self.jobs: dict[str, JobFigures] = {}
        self.skipped: Counter[str] = Counter()
        """Requests that got no run, by reason."""

    def copy(self) -> "Figures":
        """As they are now."""
        twin = Figures(self._most_jobs)
        twin.jobs = {job_id: figures.copy() for job_id, figures in self.jobs.items()}
        twin.skipped = self.skipped.copy()
        return twin

    def fold(self, event: AnyEvent) -> None:
        match event:
            case RunFinished(run=run) if (figures := self._of(run.job_id)) is not None:
                _finished(figures, run)
            case RunSkipped(run=run):
                self._skipped(run)
            case IncidentChanged(job_id=job_id, incident=incident) if figures := self._of(job_id):
                figures.failures = 0 if incident is None else incident.count
            case JobRemoved(job_id=job_id):
                self.jobs.pop(job_id, None)
            case _:
                pass

    def _skipped(self, run: Run) -> None:
        figures = self._of(run.job_id)
        if run.outcome == "missed" and figures is not None:
            figures.missed += 1
        if run.outcome == "skipped":
            reason = (run.reason or "").partition(":")[0]
            is_known = reason in self.skipped or len(self.skipped) < MOST_REASONS
            self.skipped[reason if is_known else OTHER] += 1

    def _of(self, job_id: str) -> JobFigures | None:
        if job_id not in self.jobs:
            if len(self.jobs) >= self._most_jobs:
                return None
            self.jobs[job_id] = JobFigures()
        return self.jobs[job_id]


def _finished(figures: JobFigures, run: Run) -> None:
    assert run.outcome is not None
    figures.runs[run.outcome, run.cause] += 1
    if run.outcome == "succeeded":
        figures.last_success = run.finished
    if run.started is not None and run.finished is not None:
        figures.durations.add(max(0.0, (run.finished - run.started).total_seconds()))
    if run.started is not None and run.due is not None and run.cause == "schedule":
        figures.delays.add(max(0.0, (run.started - run.due).total_seconds()))
