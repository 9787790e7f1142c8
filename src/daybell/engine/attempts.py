"""The life of an attempt: begun, started, ended; and what that means for its run."""

from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from daybell.core.background import Background
from daybell.core.backoff import next_delay
from daybell.core.catchup import CANNOT_RECORD
from daybell.core.plain import as_file
from daybell.core.recovery import dropped
from daybell.core.references import references
from daybell.core.schedule import Calendar
from daybell.engine.batch import Adoption, Deadline, End
from daybell.engine.incidents import Watch
from daybell.engine.messages import AttemptEnded, AttemptStarted, DeadlineReached
from daybell.engine.ports import Attempt, AttemptResult, Outside
from daybell.engine.slots import Slots
from daybell.engine.state import Ending, State
from daybell.model.events import JobDefined, RunClaimed, RunFinished, RunQueued, RunStarted
from daybell.model.job import GRACE, Job
from daybell.model.record import Deferral, OpenRun
from daybell.model.run import FAILURES, AttemptRecord, Outcome, ProcessIdentity, Run

ADOPTED = "Daybell ended while it ran; it ran on, and how it ended cannot be known"
EARLIER = 20
"""Attempts that a run keeps beside its last one: each event of it holds them again."""


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
        run = self._next_attempt(run, job, str(log))
        self._slots.hold(run, job)
        self._define(run, job)
        background = self._background(job)
        self._state.record(RunClaimed(at=self._clock.now(), run=run), job.id)
        self._state.batch.starts.append(Attempt(run, job, log, not_before, background))

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
        run = after(open_run.run, result, error)
        wanted = None if ending.outcome == "succeeded" else self._wanted(run)
        tried = run if wanted is None else with_attempt(run, ending.outcome, message.at)
        if wanted is not None and ending.waits_again:
            self._wait_again(open_run, tried, wanted, ending)
        elif wanted is None or not self._back_off(open_run, tried, wanted, ending, result):
            self.finish(run, ending.outcome, ending.reason, message.at)

    def finish(self, run: Run, outcome: Outcome, reason: str | None, at: datetime | None = None) -> None:
        now = self._clock.now()
        known = self._state.records.open_runs.get(run.run_id)
        if known is not None and known.is_waiting:
            run = with_no_other(run)
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

    def _next_attempt(self, run: Run, job: Job, log: str) -> Run:
        """Nothing of the attempt before is said of this one. The first is of the job as it is now."""
        config = self._state.config
        return replace(
            run,
            log=log,
            attempts=run.attempts + 1,
            last_started=None,
            exit_code=None,
            error=None,
            host=config.host,
            version=config.version,
            definition=run.definition if run.attempts else self._state.definition(job),
            has_secrets=bool(references(job.handler)),
        )

    def _define(self, run: Run, job: Job) -> None:
        """What it runs with is kept once, not with each run."""
        record = self._state.records.jobs.get(job.id)
        if record is None or run.definition in ("", record.defined):
            return
        now, definition = self._clock.now(), as_file(job)
        self._state.record(JobDefined(at=now, job_id=job.id, digest=run.definition, definition=definition))

    def _background(self, job: Job) -> Background:
        record = self._state.records.jobs.get(job.id)
        if record is None:
            return Background()
        if record.missed is None or record.missed_to is None:
            return Background(record.last_success)
        calendar = Calendar(self._state.config.zone, record.since)
        return Background(record.last_success, (record.missed, record.missed_to), calendar)

    def _take_back(self, run: Run, job: Job, known: OpenRun | None) -> None:
        """Its claim could not be recorded, so this attempt never began: it waits again, if it did before."""
        ending = self._state.endings.pop(run.run_id, None)
        if run.run_id not in self._state.records.open_runs:
            return
        if ending is not None and not ending.waits_again:
            self.finish(with_no_other(run), ending.outcome, ending.reason)
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


def after(run: Run, result: AttemptResult, error: str | None) -> Run:
    """With what its attempt has come to, and all attempts together."""
    cpu, peak, printed, dropped = run.cpu_seconds, run.peak_memory, run.output_bytes, run.output_dropped
    if result.cpu_seconds is not None:
        cpu = round((cpu or 0.0) + result.cpu_seconds, 3)
    if result.peak_memory is not None:
        peak = max(peak or 0, result.peak_memory)
    if result.output is not None:
        printed, dropped = result.output.printed, result.output.dropped
    return replace(
        run,
        exit_code=result.exit_code,
        error=error,
        cpu_seconds=cpu,
        peak_memory=peak,
        output_bytes=printed,
        output_dropped=dropped,
        artifacts=run.artifacts if result.artifacts is None else result.artifacts,
        artifacts_removed=run.artifacts_removed + result.artifacts_removed,
    )


def with_attempt(run: Run, outcome: Outcome, finished: datetime) -> Run:
    """Its attempt is over, and may not have been the last one."""
    attempt = AttemptRecord(
        started=run.started if run.attempts == 1 else run.last_started,
        finished=finished,
        outcome=outcome,
        exit_code=run.exit_code,
        error=run.error,
    )
    return replace(run, earlier=(*run.earlier, attempt)[-EARLIER:])


def with_no_other(run: Run) -> Run:
    """It waited for another attempt, and there is none: what was the last one stays that."""
    return replace(run, earlier=run.earlier[:-1]) if run.earlier else run


def by_itself(result: AttemptResult) -> Ending:
    if result.outcome == "unknown":
        return Ending("interrupted", ADOPTED)
    return Ending(result.outcome, "it left processes behind" if result.left_processes else None)
