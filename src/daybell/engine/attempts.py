"""The life of an attempt: begun, started, ended; and what that means for its run."""

from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from daybell.core.backoff import next_delay
from daybell.core.catchup import CANNOT_RECORD
from daybell.core.recovery import dropped
from daybell.engine.batch import Adoption, Deadline, End
from daybell.engine.incidents import Watch
from daybell.engine.messages import AttemptEnded, AttemptStarted, DeadlineReached
from daybell.engine.ports import Attempt, AttemptResult, Outside
from daybell.engine.slots import Slots
from daybell.engine.state import Ending, State
from daybell.model.events import RunClaimed, RunFinished, RunQueued, RunStarted
from daybell.model.job import GRACE, Job
from daybell.model.record import Deferral, OpenRun
from daybell.model.run import FAILURES, Outcome, ProcessIdentity, Run

ADOPTED = "Daybell ended while it ran; it ran on, and how it ended cannot be known"


class Attempts:
    """Acts on the engine's state; what must happen outside goes into its batch."""

    def __init__(self, state: State, outside: Outside, watch: Watch, slots: Slots) -> None:
        self._state = state
        self._clock = outside.clock
        self._outside = outside
        self._watch = watch
        self._slots = slots

    def claim(self, run: Run, job: Job, not_before: datetime | None = None) -> None:
        """It has a slot from here on, and begins its next attempt once that is durable."""
        known = self._state.records.open_runs.get(run.run_id)
        self._state.batch.regrets.append(partial(self._take_back, run, job, known))
        log = self._outside.logs.path(job.id, run.run_id)
        run = replace(run, log=str(log), attempts=run.attempts + 1)
        self._slots.hold(run, job)
        self._state.record(RunClaimed(at=self._clock.now(), run=run), job.id)
        self._state.batch.starts.append(Attempt(run, job, log, not_before))

    def forget(self, run_id: str) -> None:
        """It was asked for in vain: it must not wait on."""
        open_run = self._state.records.waiting.get(run_id)
        if open_run is not None:
            self.finish(open_run.run, "skipped", CANNOT_RECORD)

    def adopt(self, open_run: OpenRun, job: Job | None, process: ProcessIdentity) -> None:
        """Have it held until it ends; `job` is None where that was removed since."""
        run, now = open_run.run, self._clock.now()
        started = open_run.claimed or now
        if open_run.process is None:
            self._record_start(run, process, started)
        self._state.batch.adoptions.append(Adoption(run.run_id, process))
        if job is None:
            return
        self._slots.hold(run, job)
        self._set_limits(run, job)  # anew: how long it was awake before is not known (T3)

    def wait_for_slot(self, open_run: OpenRun, job: Job) -> None:
        """It waited for something else before."""
        self._slots.wait(open_run.run, job)
        event = RunQueued(
            at=self._clock.now(),
            run=open_run.run,
            failures=open_run.failures,
            last_outcome=open_run.last_outcome,
        )
        self._state.record(event, job.id)

    def started(self, message: AttemptStarted) -> None:
        open_run = self._state.records.open_runs.get(message.run_id)
        if open_run is None:
            return
        self._record_start(open_run.run, message.process, message.at)
        job = self._slots.job(message.run_id)
        if job is not None:
            self._set_limits(open_run.run, job)

    def ended(self, message: AttemptEnded) -> None:
        """Whoever told it to end knows its outcome better than its exit code does."""
        open_run = self._state.records.open_runs.get(message.run_id)
        if open_run is None:
            return
        result = message.result
        ending = self._state.endings.pop(message.run_id, None) or by_itself(result)
        if ending.waits_again and result.outcome == "succeeded":
            ending = by_itself(result)
        error = result.error if ending.outcome == "failed" else None
        job = self._slots.job(message.run_id)
        if ending.outcome == "timed_out" and job is not None:
            error = f"timed out after {job.timeout}"
        self._state.batch.deadlines.append(Deadline(message.run_id, None))
        run = replace(open_run.run, exit_code=result.exit_code, error=error)
        wanted = None if ending.outcome == "succeeded" else self._wanted(run)
        if wanted is not None and ending.waits_again:
            self._wait_again(open_run, run, wanted, ending)
        elif wanted is None or not self._back_off(open_run, run, wanted, ending, result):
            self.finish(run, ending.outcome, ending.reason, message.at)

    def finish(self, run: Run, outcome: Outcome, reason: str | None, at: datetime | None = None) -> None:
        now = self._clock.now()
        run = replace(run, outcome=outcome, reason=reason, finished=at or now)
        self._state.endings.pop(run.run_id, None)
        self._state.record(RunFinished(at=now, run=run), run.job_id)
        self._state.ended.append(run)
        self._watch.ended(run, self._slots.leave(run.run_id))

    def end(self, open_run: OpenRun, ending: Ending, grace: timedelta = GRACE) -> None:
        """Tell it to end; one that still waits is over at once."""
        run_id = open_run.run.run_id
        if open_run.is_waiting:
            self.finish(open_run.run, ending.outcome, ending.reason)
            return
        # The first who tells it to end names the outcome; a later one may only be less patient.
        known = self._state.endings.get(run_id)
        if known is None or known.waits_again:
            self._state.endings[run_id] = ending
        self._state.batch.ends.append(End(run_id, grace))

    def _take_back(self, run: Run, job: Job, known: OpenRun | None) -> None:
        """Its claim could not be recorded, so this attempt never began: it waits again, if it did before."""
        ending = self._state.endings.pop(run.run_id, None)
        if run.run_id not in self._state.records.open_runs:
            return
        if ending is not None and not ending.waits_again:
            self.finish(run, ending.outcome, ending.reason)
        elif known is None:
            self.finish(run, "skipped", CANNOT_RECORD)
        else:
            self.wait_for_slot(known, job)

    def _record_start(self, run: Run, process: ProcessIdentity, at: datetime) -> None:
        event = RunStarted(
            at=at, run_id=run.run_id, job_id=run.job_id, process=process, attempt=max(1, run.attempts)
        )
        self._state.record(event, run.job_id)

    def _set_limits(self, run: Run, job: Job) -> None:
        self._watch.started(run, job)
        if job.timeout is not None:
            deadline = Deadline(run.run_id, job.timeout, DeadlineReached(run.run_id))
            self._state.batch.deadlines.append(deadline)

    def _wanted(self, run: Run) -> Job | None:
        """The job it was admitted with, unless another attempt at it is not wanted any more (R2)."""
        is_dropped = dropped(run, self._state.jobs.get(run.job_id)) is not None
        return None if is_dropped else self._slots.job(run.run_id)

    def _back_off(self, open_run: OpenRun, run: Run, job: Job, ending: Ending, result: AttemptResult) -> bool:
        """Whether there is another attempt, after a wait that takes neither a slot nor a thread (R1)."""
        is_failure = ending.outcome in FAILURES and not result.is_permanent
        if not is_failure or self._state.is_stopping:
            return False
        failures = open_run.failures + 1
        delay = next_delay(job.retry, failures, self._outside.ids.chance())
        if delay is None:
            return False
        now, attempts = self._clock.now(), job.retry.max_attempts
        deferral = Deferral(
            kind="backoff",
            since=now,
            until=now + delay,
            reason=f"attempt {failures + 1} of {attempts}",
        )
        self._put_aside(
            run,
            job,
            RunQueued(at=now, run=run, deferral=deferral, failures=failures, last_outcome=ending.outcome),
        )
        return True

    def _wait_again(self, open_run: OpenRun, run: Run, job: Job, ending: Ending) -> None:
        """As if it had just been asked for: what it needs was lost."""
        now = self._clock.now()
        deferral = Deferral(
            kind="conditions",
            since=now,
            until=now + job.conditions.max_wait,
            reason=ending.reason or "its conditions",
        )
        self._put_aside(
            run,
            job,
            RunQueued(
                at=now,
                run=replace(run, exit_code=None, error=None),
                deferral=deferral,
                failures=open_run.failures,
                last_outcome=open_run.last_outcome,
            ),
        )

    def _put_aside(self, run: Run, job: Job, event: RunQueued) -> None:
        self._slots.defer(run, job)
        self._state.record(event, job.id)


def by_itself(result: AttemptResult) -> Ending:
    if result.outcome == "unknown":
        return Ending("interrupted", ADOPTED)
    return Ending(result.outcome, "it left processes behind" if result.left_processes else None)
