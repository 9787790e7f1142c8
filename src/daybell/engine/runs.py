"""The life of a run: asked for, admitted, started, ended. All causes come through `request`."""

from datetime import datetime, timedelta
from typing import assert_never

from msgspec.structs import replace

from daybell.core.admission import Replace, Request, Skip, Start, Wait, admit
from daybell.core.catchup import Missed
from daybell.engine.batch import Adoption, Deadline, End
from daybell.engine.incidents import Watch
from daybell.engine.messages import AttemptEnded, AttemptStarted, DeadlineReached
from daybell.engine.ports import Attempt, AttemptResult, Clock, Ids, LogFiles
from daybell.engine.slots import Slots
from daybell.engine.state import Ending, State
from daybell.model.events import RunClaimed, RunFinished, RunQueued, RunSkipped, RunStarted
from daybell.model.job import GRACE, Job
from daybell.model.record import OpenRun
from daybell.model.run import Cause, Outcome, ProcessIdentity, Run

ADOPTED = "Daybell ended while it ran; it ran on, and how it ended cannot be known"


class Runs:
    """Acts on the engine's state; what must happen outside goes into its batch."""

    def __init__(self, state: State, clock: Clock, ids: Ids, logs: LogFiles, watch: Watch) -> None:
        self._state = state
        self._clock = clock
        self._ids = ids
        self._logs = logs
        self._watch = watch
        self._slots = Slots(state)

    def request(
        self, job: Job, cause: Cause, due: datetime | None = None, *, retry_of: str | None = None
    ) -> Run:
        """The run that came of it; one that was skipped has that outcome and a reason."""
        now = self._clock.now()
        run = replace(self._new(job.id, cause, now, due), retry_of=retry_of)
        verdict = admit(Request(job, cause), self._slots.load(job))
        match verdict:
            case Start():
                self._claim(run, job)
                self._watch.admitted(run, job)
            case Wait():
                run = self._queue(run, job)
            case Replace():
                for open_run in self._state.records.open_of(job.id):
                    self.end(open_run, "replaced", f"replaced by run {run.run_id}")
                run = self._queue(run, job)
            case Skip(reason=reason):
                run = replace(run, outcome="skipped", reason=reason, finished=now)
                self._state.record(RunSkipped(at=now, run=run), job.id)
            case _ as never:
                assert_never(never)
        return run

    def may_start(self, job: Job) -> bool:
        """Whether a scheduled request would start now."""
        return isinstance(admit(Request(job, "schedule"), self._slots.load(job)), Start)

    def pass_over(self, job_id: str, cause: Cause, missed: Missed, outcome: Outcome) -> None:
        """One row for the instants of a gap."""
        now = self._clock.now()
        last = missed.last if missed.last > missed.first else None
        run = self._new(job_id, cause, now, missed.first)
        run = replace(run, due_to=last, outcome=outcome, reason=missed.reason, finished=now)
        self._state.record(RunSkipped(at=now, run=run), job_id)

    def wait_again(self, run: Run, job: Job) -> None:
        """It waited when the last life ended, and still does."""
        self._slots.wait(run.run_id, job)
        self._watch.admitted(run, job)

    def adopt(self, open_run: OpenRun, job: Job | None, process: ProcessIdentity) -> None:
        """Have it held until it ends; `job` is None where that was removed since."""
        run, now = open_run.run, self._clock.now()
        started = run.started or open_run.claimed or now
        if open_run.process is None:
            event = RunStarted(at=started, run_id=run.run_id, job_id=run.job_id, process=process)
            self._state.record(event, run.job_id)
        self._state.batch.adoptions.append(Adoption(run.run_id, process))
        if job is None:
            return
        self._slots.hold(run.run_id, job)
        self._set_limits(run, job)  # anew: how long it was awake before is not known (T3)

    def started(self, message: AttemptStarted) -> None:
        open_run = self._state.records.open_runs.get(message.run_id)
        if open_run is None:
            return
        job_id = open_run.run.job_id
        self._state.record(
            RunStarted(at=message.at, run_id=message.run_id, job_id=job_id, process=message.process),
            job_id,
        )
        job = self._slots.job(message.run_id)
        if job is None:
            return
        self._set_limits(open_run.run, job)

    def _set_limits(self, run: Run, job: Job) -> None:
        self._watch.started(run, job)
        if job.timeout is not None:
            deadline = Deadline(run.run_id, job.timeout, DeadlineReached(run.run_id))
            self._state.batch.deadlines.append(deadline)

    def ended(self, message: AttemptEnded) -> None:
        """Whoever told it to end knows its outcome better than its exit code does."""
        open_run = self._state.records.open_runs.get(message.run_id)
        if open_run is None:
            return
        result = message.result
        ending = self._state.endings.get(message.run_id) or by_itself(result)
        error = result.error if ending.outcome == "failed" else None
        job = self._slots.job(message.run_id)
        if ending.outcome == "timed_out" and job is not None:
            error = f"timed out after {job.timeout}"
        run = replace(open_run.run, exit_code=result.exit_code, error=error, attempts=1)
        self._state.batch.deadlines.append(Deadline(message.run_id, None))
        self.finish(run, ending.outcome, ending.reason, message.at)

    def finish(self, run: Run, outcome: Outcome, reason: str | None, at: datetime | None = None) -> None:
        now = self._clock.now()
        run = replace(run, outcome=outcome, reason=reason, finished=at or now)
        self._state.endings.pop(run.run_id, None)
        self._state.record(RunFinished(at=now, run=run), run.job_id)
        self._watch.ended(run, self._slots.leave(run.run_id))

    def end(self, open_run: OpenRun, outcome: Outcome, reason: str | None, grace: timedelta = GRACE) -> None:
        """Tell it to end; one that still waits is over at once."""
        run_id = open_run.run.run_id
        if open_run.is_waiting:
            self.finish(open_run.run, outcome, reason)
        else:
            # The first who tells it to end names the outcome; a later one may only be less patient.
            self._state.endings.setdefault(run_id, Ending(outcome, reason))
            self._state.batch.ends.append(End(run_id, grace))

    def fill_slots(self) -> None:
        """Give free slots to what waits."""
        if self._state.is_stopping:
            return
        for run_id, job in self._slots.next_in_line():
            self._claim(self._state.records.waiting[run_id].run, job)

    def _queue(self, run: Run, job: Job) -> Run:
        run = replace(run, log=str(self._logs.path(job.id, run.run_id)))
        self._slots.wait(run.run_id, job)
        self._state.record(RunQueued(at=self._clock.now(), run=run), job.id)
        self._watch.admitted(run, job)
        return run

    def _claim(self, run: Run, job: Job) -> None:
        log = self._logs.path(job.id, run.run_id)
        run = replace(run, log=str(log))
        self._slots.hold(run.run_id, job)
        self._state.record(RunClaimed(at=self._clock.now(), run=run), job.id)
        not_before = run.due if run.cause == "schedule" else None
        self._state.batch.starts.append(Attempt(run, job, log, not_before))

    def _new(self, job_id: str, cause: Cause, now: datetime, due: datetime | None) -> Run:
        return Run(
            run_id=self._ids.run_id(now),
            job_id=job_id,
            cause=cause,
            due=due,
            traceparent=self._ids.traceparent(),
        )


def by_itself(result: AttemptResult) -> Ending:
    if result.outcome == "unknown":
        return Ending("interrupted", ADOPTED)
    return Ending(result.outcome, "it left processes behind" if result.left_processes else None)
