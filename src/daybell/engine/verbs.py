"""What may a person ask of the engine? Each verb answers with run ids or raises a DaybellError."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import assert_never

from msgspec.structs import replace

from daybell.core.incidents import snooze
from daybell.engine.messages import (
    Answerable,
    CancelRuns,
    Configure,
    Hasten,
    Pause,
    ResetStatistics,
    Resume,
    RunNow,
    SeeAbsence,
    Snooze,
)
from daybell.engine.planning import Planner
from daybell.engine.ports import Clock, DefinitionsRead
from daybell.engine.runs import Runs
from daybell.engine.state import Ending, State
from daybell.model.errors import Conflict, JobNotFound, RunNotFound
from daybell.model.events import (
    AbsenceSeen,
    AllPaused,
    AllResumed,
    AnyEvent,
    IncidentChanged,
    JobPaused,
    JobResumed,
)
from daybell.model.job import Job


class Verbs:
    """Run now, cancel, pause, resume and snooze, on the same path as everything else."""

    def __init__(self, state: State, clock: Clock, runs: Runs, planner: Planner) -> None:
        self._state = state
        self._clock = clock
        self._runs = runs
        self._planner = planner

    def answer(self, verb: Answerable) -> tuple[str, ...]:
        match verb:
            case RunNow() | CancelRuns() | Hasten():
                return self._about_runs(verb)
            case Pause() | Resume() | Snooze():
                return self._about_jobs(verb)
            case Configure():
                self._configure(verb)
            case SeeAbsence():
                self._see_absence()
            case ResetStatistics():
                self._state.tally.reset(self._clock.now())
            case DefinitionsRead():
                self._planner.take_in(verb)
            case _ as never:
                assert_never(never)
        return ()

    def _about_runs(self, verb: RunNow | CancelRuns | Hasten) -> tuple[str, ...]:
        match verb:
            case RunNow(job_id=job_id, retry_of=retry_of):
                return self._run_now(job_id, retry_of)
            case CancelRuns(target=target):
                return self._cancel(target)
            case Hasten(run_id=run_id):
                return self._hasten(run_id)
            case _ as never:
                assert_never(never)

    def _about_jobs(self, verb: Pause | Resume | Snooze) -> tuple[str, ...]:
        match verb:
            case Pause(job_id=str(paused)):
                return self._pause(verb, paused)
            case Pause():
                return self._pause_all(verb.by)
            case Resume(job_id=resumed):
                return self._resume(resumed)
            case Snooze(job_id=snoozed, until=until):
                return self._snooze(snoozed, until)
            case _ as never:
                assert_never(never)

    def _run_now(self, job_id: str, retry_of: str | None) -> tuple[str, ...]:
        if self._state.is_stopping:
            raise Conflict("Daybell is stopping")
        run = self._runs.request(self._job(job_id), "manual", retry_of=retry_of)
        if run.outcome == "skipped" and (open_runs := self._state.records.open_of(job_id)):
            raise Conflict(f"{job_id} is running already, as run {open_runs[0].run.run_id}")
        if run.outcome == "skipped":
            raise Conflict(f"{job_id} cannot run now: {run.reason}")
        self._state.batch.regrets.append(partial(self._runs.attempts.forget, run.run_id))
        return (run.run_id,)

    def _cancel(self, target: str) -> tuple[str, ...]:
        one = self._state.records.open_runs.get(target)
        chosen = [one] if one is not None else self._state.records.open_of(target)
        if not chosen and target in self._state.jobs:
            raise Conflict(f"{target} has no run that waits or runs")
        if not chosen:
            raise RunNotFound(f"there is no open run and no job {target!r}")
        for open_run in chosen:
            self._runs.attempts.end(open_run, Ending("cancelled", "cancelled by hand"))
        return tuple(open_run.run.run_id for open_run in chosen)

    def _hasten(self, run_id: str) -> tuple[str, ...]:
        open_run = self._state.records.open_runs.get(run_id)
        if open_run is None:
            raise RunNotFound(f"there is no open run {run_id!r}")
        if not open_run.is_waiting:
            raise Conflict(f"run {run_id} does not wait")
        self._runs.hasten(open_run)
        return (run_id,)

    def _see_absence(self) -> None:
        if self._state.records.absence is not None:
            self._state.record(AbsenceSeen(at=self._clock.now()))

    def _pause(self, wish: Pause, job_id: str) -> tuple[str, ...]:
        """What was due until now is decided first, as if the pause came a moment later."""
        now, until = self._clock.now(), wish.until
        if until is not None and until <= now:
            raise Conflict("a pause cannot end before it begins")
        self._settle(self._chosen(job_id))
        paused = JobPaused(at=now, job_id=job_id, until=until, reason=wish.reason, by=wish.by)
        as_it_is = self._as_it_is(job_id, now)
        if replace(paused, by=None) != as_it_is:
            self._promise(paused, as_it_is)
        return ()

    def _pause_all(self, by: str | None) -> tuple[str, ...]:
        now = self._clock.now()
        self._settle(self._chosen(None))
        if not self._state.records.all_paused:
            self._promise(AllPaused(at=now, by=by), AllResumed(at=now))
        return ()

    def _settle(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._planner.settle(job)
            self._state.batch.touched.add(job.id)

    def _promise(self, event: AnyEvent, otherwise: AnyEvent) -> None:
        """Take the event in; if it cannot be recorded, all is as it was."""
        self._state.record(event)
        self._state.batch.regrets.append(partial(self._state.record, otherwise))

    def _as_it_is(self, job_id: str, now: datetime) -> JobPaused | JobResumed:
        record = self._state.records.jobs[job_id]
        if record.is_paused:
            until, reason = record.paused_until, record.pause_reason
            return JobPaused(at=now, job_id=job_id, until=until, reason=reason)
        return JobResumed(at=now, job_id=job_id)

    def _resume(self, job_id: str | None) -> tuple[str, ...]:
        """The instants inside the pause become one row, and owe nothing (M8)."""
        now = self._clock.now()
        chosen = self._chosen(job_id)
        for job in chosen:
            self._planner.settle(job)  # a pause that has ended by itself owes what came after it
        was_paused = [job for job in chosen if self._state.records.is_paused(job.id)]
        if job_id is None and self._state.records.all_paused:
            self._promise(AllResumed(at=now), AllPaused(at=now))
        if job_id is not None and self._state.records.jobs[job_id].is_paused:
            self._promise(JobResumed(at=now, job_id=job_id), self._as_it_is(job_id, now))
        for job in was_paused:
            self._state.batch.touched.add(job.id)
            self._planner.pass_pause(job, now)
            self._runs.reconsider(job)
        return ()

    def _snooze(self, job_id: str, until: datetime) -> tuple[str, ...]:
        now = self._clock.now()
        incident = self._state.records.incidents.get(self._job(job_id).id)
        if incident is None:
            raise Conflict(f"{job_id} works: there is nothing to be silent about")
        if until <= now:
            raise Conflict("a silence cannot end before it begins")
        self._promise(
            IncidentChanged(at=now, job_id=job_id, incident=snooze(incident, until)),
            IncidentChanged(at=now, job_id=job_id, incident=incident),
        )
        self._state.batch.touched.add(job_id)
        return ()

    def _configure(self, wanted: Configure) -> None:
        """Who waits for a slot of a group is looked after at the end of each batch, and so are notices."""
        self._state.config = replace(
            self._state.config,
            notices=wanted.notices,
            awake=wanted.awake,
            groups=wanted.groups,
            shutdown_timeout=wanted.shutdown_timeout,
        )

    def _job(self, job_id: str) -> Job:
        job = self._state.jobs.get(job_id)
        if job is None and job_id in self._state.invalid:
            raise Conflict(f"the file of {job_id} is not valid: see `daybell check`")
        if job is None:
            raise JobNotFound(f"there is no job {job_id!r}")
        return job

    def _chosen(self, job_id: str | None) -> Sequence[Job]:
        return list(self._state.jobs.values()) if job_id is None else [self._job(job_id)]
