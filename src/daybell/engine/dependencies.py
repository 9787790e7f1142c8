"""What follows from the end of a run, for other jobs?"""

from daybell.core.schedule import follows, is_open
from daybell.engine.ports import Clock
from daybell.engine.runs import Runs
from daybell.engine.state import State
from daybell.model.job import Job, JobTrigger
from daybell.model.run import Run


class Dependencies:
    """Jobs that are due when another one ends, and runs that wait for another job to succeed."""

    def __init__(self, state: State, clock: Clock, runs: Runs) -> None:
        self._state = state
        self._clock = clock
        self._runs = runs
        self._followers: dict[str, list[str]] | None = None

    def forget(self) -> None:
        """The jobs have changed."""
        self._followers = None

    def follow(self) -> None:
        """Decide what follows from each run that has ended since the last time."""
        while self._state.ended:
            run = self._state.ended.pop(0)
            for job_id in self._known_followers().get(run.job_id, ()):
                self._request(self._state.jobs[job_id], run)
            for open_run in list(self._state.records.deferred.values()):
                job = self._state.jobs.get(open_run.run.job_id)
                if job is not None and run.job_id in job.needs:
                    self._runs.reconsider(job)

    def _request(self, job: Job, run: Run) -> None:
        """At most once for each run that it follows: both are recorded in one batch (L1)."""
        state = self._state
        if run.started is None or state.is_stopping or not state.config.is_enabled:
            return
        if follows(job, run) and is_open(job, self._clock.now(), state.calendar(job.id)):
            self._runs.request(job, "dependency", follows=run.run_id)

    def _known_followers(self) -> dict[str, list[str]]:
        if self._followers is None:
            self._followers = {}
            for job in self._state.jobs.values():
                leaders = {trigger.job for trigger in job.triggers if isinstance(trigger, JobTrigger)}
                for leader in leaders:
                    self._followers.setdefault(leader, []).append(job.id)
        return self._followers
