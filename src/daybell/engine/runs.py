"""From a request to a run: asked for, admitted, and what it waits for. All causes come through `request`."""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from daybell.core.admission import Defer, Replace, Request, Skip, Start, Verdict, Wait, admit
from daybell.core.catchup import Missed
from daybell.core.conditions import unmet_conditions
from daybell.core.deferral import (
    Change,
    GiveUp,
    Hindrance,
    Hold,
    Proceed,
    defer,
    given_up,
    reconsider,
    supersedes,
)
from daybell.core.jitter import offset
from daybell.core.recovery import dropped
from daybell.engine.attempts import Attempts
from daybell.engine.incidents import Watch
from daybell.engine.ports import Outside
from daybell.engine.slots import Slots
from daybell.engine.state import Ending, State
from daybell.engine.surroundings import Around
from daybell.model.errors import Conflict
from daybell.model.events import RunQueued, RunSkipped
from daybell.model.facts import Facts
from daybell.model.job import Job
from daybell.model.record import Deferral, OpenRun
from daybell.model.run import AUTOMATIC, Cause, Outcome, Run


class Runs:
    """Acts on the engine's state; what must happen outside goes into its batch."""

    def __init__(self, state: State, outside: Outside, watch: Watch, around: Around) -> None:
        self._state = state
        self._clock = outside.clock
        self._outside = outside
        self._watch = watch
        self._around = around
        self._slots = Slots(state, outside.clock)
        self.attempts = Attempts(state, outside, watch, self._slots)

    def request(
        self,
        job: Job,
        cause: Cause,
        due: datetime | None = None,
        *,
        retry_of: str | None = None,
        follows: str | None = None,
    ) -> Run:
        """The run that came of it; one that was skipped has that outcome and a reason."""
        now = self._clock.now()
        run = self._new(job.id, cause, now, due)
        run = replace(run, retry_of=retry_of, follows=follows, definition=self._state.definition(job))
        hindrance = self._around.hindrance_now(job, cause, due)
        verdict = self._admission(Request(job, cause, hindrance))
        since = None if isinstance(verdict, Skip) else self._give_way(job, run)
        match verdict:
            case Defer(hindrance=hindrance):
                run = self._defer(run, job, defer(hindrance, job, now, since))
            case Skip(reason=reason):
                run = replace(run, outcome="skipped", reason=reason, finished=now)
                self._state.record(RunSkipped(at=now, run=run), job.id)
            case Start() | Wait() | Replace():
                run = self._admit(run, job, verdict)
            case _ as never:
                assert_never(never)
        return run

    def may_start(self, job: Job) -> bool:
        """Whether a scheduled request would start now."""
        hindrance = self._around.hindrance(job, "schedule")
        return isinstance(self._admission(Request(job, "schedule", hindrance)), Start)

    def pass_over(self, job_id: str, cause: Cause, missed: Missed, outcome: Outcome) -> None:
        """One row for the instants of a gap."""
        now = self._clock.now()
        last = missed.last if missed.last > missed.first else None
        run = self._new(job_id, cause, now, missed.first)
        run = replace(run, due_to=last, outcome=outcome, reason=missed.reason, finished=now)
        self._state.record(RunSkipped(at=now, run=run), job_id)

    def wait_again(self, open_run: OpenRun, job: Job) -> None:
        """It waited when the last life ended, and still does."""
        if open_run.deferral is not None:
            self._slots.defer(open_run.run, job)
        else:
            self._slots.wait(open_run.run, job)
            self._watch.admitted(open_run.run, job, self._expected(open_run.run, job))

    def reconsider(self, job: Job) -> None:
        """Something may have changed for those of its runs that wait for more than a slot."""
        for open_run in self._state.records.open_of(job.id):
            self.reconsider_run(open_run.run.run_id)

    def reconsider_all(self) -> None:
        for run_id in list(self._state.records.deferred):
            self.reconsider_run(run_id)

    def reconsider_run(self, run_id: str) -> None:
        open_run, job = self._state.records.deferred.get(run_id), self._slots.job(run_id)
        if open_run is not None and open_run.deferral is not None and job is not None:
            self._reconsider(open_run, open_run.deferral, job)

    def hasten(self, open_run: OpenRun) -> None:
        """Somebody does not want it to wait any longer: it was admitted, and only its turn is left (O4).

        Conflict where its job cannot be known now.
        """
        job = self._slots.job(open_run.run.run_id)
        if job is None:
            raise Conflict(f"the file of {open_run.run.job_id} is not valid: see `daybell check`")
        run = replace(open_run.run, hastened=True)
        if run.attempts:
            self.attempts.wait_for_slot(replace(open_run, run=run), job)
        else:
            self._admit(run, job, Wait(), is_late=True)

    def judge_anew(self, job: Job) -> None:
        """The job was edited: what waits is wanted as it is now, or not at all (R2)."""
        for open_run in self._state.records.open_of(job.id):
            if not open_run.is_waiting:
                continue
            if (reason := dropped(open_run.run, job)) is not None:
                self._give_up(open_run, given_up(open_run, "skipped", reason))
            else:
                self.wait_again(open_run, job)
        self.reconsider(job)

    def drop(self, job_id: str) -> None:
        """The job is gone, and so is what waits of it; what runs goes on to its end."""
        for open_run in self._state.records.open_of(job_id):
            if open_run.is_waiting:
                self._give_up(open_run, given_up(open_run, "skipped", "its job was removed"))

    def stop_what_lost(self, before: Facts) -> None:
        """Runs under way whose conditions held before and do not any more, if their jobs say so (K4)."""
        for open_run in self._state.records.under_way():
            job = self._slots.job(open_run.run.run_id)
            if job is None or open_run.is_waiting or open_run.run.stands_as not in AUTOMATIC:
                continue
            now = self._clock.now()
            missing = unmet_conditions(job.conditions, before, now)
            there = unmet_conditions(job.conditions, self._around.facts, now)
            lost = [one for one in there if one not in missing]
            if lost and job.conditions.stop_when_lost:
                self.attempts.end(open_run, Ending("interrupted", " and ".join(lost), waits_again=True))

    def end_turn(self, run_id: str) -> None:
        """The next late run may start."""
        self._slots.end_turn(run_id)

    def fill_slots(self) -> None:
        """Give free slots to what waits; what it needs may have been lost since it was there."""
        if self._state.is_stopping:
            return
        for run_id, job in self._slots.next_in_line():
            open_run = self._state.records.waiting[run_id]
            lost = self._lost(open_run.run, job)
            if lost is None:
                self.attempts.claim(open_run.run, job)
            else:
                self._defer(open_run.run, job, defer(lost, job, self._clock.now()), open_run)

    def _lost(self, run: Run, job: Job) -> Hindrance | None:
        """One that may run without in the end has perhaps waited for long enough; late runs always settle."""
        hindered = self._around.hindrance(job, run.stands_as)
        is_optional = job.conditions.on_expiry == "run" and hindered is not None and hindered.kind != "settle"
        return None if is_optional else hindered

    def _admission(self, request: Request) -> Verdict:
        """A slot that has just become free is for whoever has waited for it (O4)."""
        verdict = admit(request, self._slots.load(request.job))
        is_passing = isinstance(verdict, Start) and not self._slots.is_first(request.job)
        return Wait() if is_passing else verdict

    def _admit(self, run: Run, job: Job, verdict: Start | Wait | Replace, *, is_late: bool = False) -> Run:
        """Its start may be decided a moment ahead. One that was put off is late for a reason."""
        expected = self._expected(run, job)
        if isinstance(verdict, Replace):
            for open_run in self._state.records.open_of(job.id):
                if open_run.run.run_id != run.run_id:
                    self.attempts.end(open_run, Ending("replaced", f"replaced by run {run.run_id}"))
        if isinstance(verdict, Start):
            self.attempts.claim(run, job, expected)
        else:
            run = self._queue(run, job)
        self._watch.admitted(run, job, None if is_late else expected)
        return run

    def _expected(self, run: Run, job: Job) -> datetime | None:
        """When it should start; None where nobody can say."""
        if run.cause != "schedule" or run.due is None:
            return None
        return run.due + offset(job, self._state.config.seed, run.due, self._state.calendar(job.id))

    def _reconsider(self, open_run: OpenRun, deferral: Deferral, job: Job) -> None:
        """Waiting for a slot comes last: what was deferred obeys overlap and limits as any other does."""
        if self._state.is_stopping or self._state.records.is_paused(job.id):
            return
        run, now = open_run.run, self._clock.now()
        hindered = self._around.hindrance(job, run.stands_as)
        match reconsider(open_run, deferral, job, now, hindered):
            case Hold():
                pass
            case Change(deferral=changed):
                self._defer(run, job, changed, open_run)
            case GiveUp() as end:
                self._give_up(open_run, end)
            case Proceed() if run.attempts:
                self.attempts.wait_for_slot(open_run, job)
            case Proceed():
                self._proceed(open_run, job)
            case _ as never:
                assert_never(never)

    def _proceed(self, open_run: OpenRun, job: Job) -> None:
        run = open_run.run
        match admit(Request(job, run.stands_as), self._slots.load(job)):
            case Skip(reason=reason):
                self.attempts.finish(run, "skipped", reason)
            case Replace() as verdict:
                self._admit(run, job, verdict, is_late=True)
            case Start() | Wait():  # others may proceed with it: who is first, is decided over all (O4)
                self._admit(run, job, Wait(), is_late=True)
            case Defer():
                pass
            case _ as never:
                assert_never(never)

    def _give_way(self, job: Job, newer: Run) -> datetime | None:
        """A newer instant takes the place of what is put off (R3); since when the older one had waited."""
        since = None
        for open_run in self._state.records.open_of(job.id):
            deferral = open_run.deferral
            if deferral is None or not supersedes(newer, open_run.run, deferral, job.catch_up.policy):
                continue
            if deferral.kind in ("needs", "conditions"):
                since = min(since or deferral.since, deferral.since)
            self._give_up(open_run, given_up(open_run, "skipped", "superseded by a newer instant"))
        return since

    def _give_up(self, open_run: OpenRun, end: GiveUp) -> None:
        self.attempts.finish(open_run.run, end.outcome, end.reason)

    def _defer(self, run: Run, job: Job, deferral: Deferral, known: OpenRun | None = None) -> Run:
        self._slots.defer(run, job)
        event = RunQueued(
            at=self._clock.now(),
            run=run,
            deferral=deferral,
            failures=known.failures if known else 0,
            last_outcome=known.last_outcome if known else None,
        )
        self._state.record(event, job.id)
        return run

    def _queue(self, run: Run, job: Job) -> Run:
        run = replace(run, log=str(self._outside.logs.path(job.id, run.run_id)))
        self._slots.wait(run, job)
        self._state.record(RunQueued(at=self._clock.now(), run=run), job.id)
        return run

    def _new(self, job_id: str, cause: Cause, now: datetime, due: datetime | None) -> Run:
        return Run(
            run_id=self._outside.ids.run_id(now),
            job_id=job_id,
            cause=cause,
            due=due,
            traceparent=self._outside.ids.traceparent(),
        )
