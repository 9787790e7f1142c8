"""When is each job due, and how does it stand? Turns the clock and the job files into requests."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from msgspec import Struct

from daybell.core.catchup import CANNOT_RECORD, EDITED, PAUSED, ZONE_CHANGED, Plan, gap, plan
from daybell.core.conditions import asked
from daybell.core.describe import describe
from daybell.core.jitter import offset, reach
from daybell.core.schedule import Calendar, definition_digest, digest, is_completed, next_due
from daybell.core.standing import Standing, invalid_status, job_status
from daybell.engine.ports import Clock, DefinitionsRead
from daybell.engine.registry import Snapshot
from daybell.engine.runs import Runs
from daybell.engine.state import State
from daybell.model.chronicle import Rest
from daybell.model.events import JobRemoved, JobResumed, JobScheduled
from daybell.model.job import Job
from daybell.model.run import Cause

log = logging.getLogger(__name__)

LEAD = timedelta(milliseconds=10)
"""How long before its instant a start may be decided: the claim is then durable, and the command
prepared, when the instant comes. Only starts: what would be skipped or wait is judged at the instant."""


FAR_AHEAD = timedelta(days=1)
"""A cursor this far in the future comes from a clock that was wrong: nothing would run until then."""


def alarm_at(due: datetime, now: datetime) -> datetime:
    """A moment ahead; where that was no use, or is over, at the instant itself."""
    return due - LEAD if due - LEAD > now else due


OFF = "switched off"
"""The mark of a schedule that does not count."""


class Look(Struct, frozen=True):
    """One job at the end of a batch."""

    alarm: datetime | None
    """The instant its alarm must be set to, if any."""
    snapshot: Snapshot | None
    """How it stands; None when there is no such job any more."""


class Found(Struct, frozen=True):
    """The instant that comes after the cursor, and what it was searched with."""

    job: Job
    cursor: datetime
    calendar: Calendar
    due: datetime | None


class Planner:
    """Decides instants; whether a request may run is for admission to say."""

    def __init__(self, state: State, clock: Clock, runs: Runs) -> None:
        self._state = state
        self._clock = clock
        self._runs = runs
        self._found: dict[str, Found] = {}

    def look(self, job_id: str) -> Look:
        """When its alarm must ring, and how it stands. One whose schedule cannot be read is never due."""
        job = self._state.jobs.get(job_id)
        if job is None:
            is_invalid = job_id in self._state.invalid
            return Look(None, Snapshot(invalid_status(job_id), None) if is_invalid else None)
        coming = None
        with self._blaming(job):
            coming = self._coming(job)
        return self._look(job, coming)

    def _look(self, job: Job, coming: datetime | None) -> Look:
        job_id, records, calendar = job.id, self._state.records, self._state.calendar(job.id)
        is_paused = records.is_paused(job_id)
        is_off = self._state.is_stopping or not self._state.config.is_enabled
        due = None if is_paused or is_off else coming
        incident = records.incidents.get(job_id)
        is_completed_now = (
            coming is None
            and job_id not in self._state.faults
            and is_completed(job, self._state.cursor(job_id), calendar)
        )
        standing = Standing(
            job=job,
            record=records.jobs[job_id],
            open_runs=records.open_of(job_id),
            is_paused=is_paused,
            next_due=due,
            is_completed=is_completed_now,
            snoozed_until=incident.snoozed_until if incident else None,
            schedule=self._state.schedules[job_id],
        )
        found = self._found.get(job_id)
        raw = found.due if found is not None and due is not None else None
        snapshot = Snapshot(job_status(standing, self._state.config.zone), calendar, raw)
        return Look(self._alarm(job_id, due), snapshot)

    def _alarm(self, job_id: str, due: datetime | None) -> datetime | None:
        """The next instant, or the end of a pause, or of what a run waits for."""
        if self._state.is_stopping or self._state.cannot_record is not None:
            return None
        records = self._state.records
        if records.is_paused(job_id):
            return None if self._rests() else records.jobs[job_id].paused_until
        deferrals = [one.deferral for one in records.open_of(job_id) if one.deferral is not None]
        ends = [min(one.until, one.look_at or one.until) for one in deferrals]
        if due is not None:
            ends.append(alarm_at(due, self._clock.now()))
        return min(ends, default=None)

    def settle(self, job: Job) -> None:
        """Decide every instant up to now: on time or missed; inside a pause they wait for its end."""
        self._end_pause(job)  # also of one that cannot be planned: its alarm would ring for ever
        if job.id not in self._state.faults:
            with self._blaming(job):
                self._settle(job)
        self._runs.reconsider(job)

    def _settle(self, job: Job) -> None:
        if not job.enabled or self._rests() or self._state.records.is_paused(job.id):
            return
        now = self._clock.now()
        if self._state.cursor(job.id) > now + FAR_AHEAD:
            log.warning("the clock was far ahead once: %s is planned anew", job.id)
            self._state.record(JobScheduled(at=now, job_id=job.id, digest=digest(job)), job.id)
        calendar = self._state.calendar(job.id)
        coming, reached = self._next(job, calendar), self._reach(job, now)
        if coming is not None and coming <= reached:
            self._decide(job, plan(job, self._state.cursor(job.id), reached, calendar))
        start = self._coming(job)
        if start is not None and start <= now + LEAD and self._runs.may_start(job):
            self._runs.request(job, "schedule", self._next(job, self._state.calendar(job.id)))

    def _decide(self, job: Job, decided: Plan) -> None:
        """In the order in which they were due; a job with a number of runs may be completed on the way."""
        for missed in decided.missed:
            self._runs.pass_over(job.id, "schedule", missed, "missed")
        for instant in decided.catch_up:
            self._ask(job, "catch_up", instant)
        for instant in decided.on_time:
            self._ask(job, "schedule", instant)

    def _ask(self, job: Job, cause: Cause, instant: datetime) -> None:
        if self._state.calendar(job.id).runs_left != 0:
            self._runs.request(job, cause, instant)

    def _reach(self, job: Job, now: datetime) -> datetime:
        return reach(job, self._state.config.seed, now, self._state.calendar(job.id))

    def _coming(self, job: Job) -> datetime | None:
        """When it starts next, its jitter included."""
        calendar = self._state.calendar(job.id)
        coming = self._next(job, calendar)
        return None if coming is None else coming + offset(job, self._state.config.seed, coming, calendar)

    @contextmanager
    def _blaming(self, job: Job) -> Iterator[None]:
        """One that cannot be planned is not due until its file is read again, and harms no other."""
        try:
            yield
        except Exception as error:  # whatever a schedule makes a library do
            if job.id not in self._state.faults:
                log.exception("a job cannot be planned", extra={"event": "engine_error", "job": job.id})
                self._state.tally.failed_itself()
                self._state.faults[job.id] = str(error) or type(error).__name__

    def pass_pause(self, job: Job, until: datetime) -> None:
        """A pause that is over owes nothing: the instants inside it become one row (M8)."""
        with self._blaming(job):
            self._pass(job, min(until, self._reach(job, self._clock.now())), PAUSED)

    def pass_trouble(self) -> None:
        """What was due while nothing could be recorded was not started, and is not caught up."""
        now = self._clock.now()
        for job in self._state.jobs.values():
            with self._blaming(job):
                self._end_pause(job)
                self._pass(job, now, CANNOT_RECORD)
        self._state.batch.touched.update(self._state.jobs, self._state.invalid)

    def pass_zone(self, job: Job, until: datetime) -> None:
        """The instants that a change of the zone has jumped over (D2)."""
        with self._blaming(job):
            self._pass(job, until, ZONE_CHANGED)

    def _pass(self, job: Job, until: datetime, reason: str) -> None:
        if self._state.config.is_enabled and not self._state.records.is_paused(job.id):
            self._skip(job, until, reason)

    def _skip(self, job: Job, until: datetime, reason: str) -> None:
        """One row for the instants since the cursor, if there are any."""
        skipped = gap(job, self._state.cursor(job.id), until, self._state.calendar(job.id), reason)
        if skipped is not None:
            self._runs.pass_over(job.id, "schedule", skipped, "skipped")

    def _rests(self) -> bool:
        """No instant is decided now: when Daybell stops, is switched off, or cannot record."""
        state = self._state
        return state.is_stopping or state.cannot_record is not None or not state.config.is_enabled

    def _end_pause(self, job: Job) -> None:
        """A pause may end by itself, also while the machine sleeps: what came after it is owed again."""
        now, until = self._clock.now(), self._state.records.jobs[job.id].paused_until
        if until is not None and until <= now and not self._rests():
            self._state.record(JobResumed(at=now, job_id=job.id), job.id)
            self.pass_pause(job, until)

    def take_in(self, read: DefinitionsRead) -> None:
        """Validate, then swap: a job whose file went bad stays as it was (G1)."""
        state = self._state
        state.batch.touched.update(state.jobs, state.invalid, read.jobs, read.invalid)
        now = self._clock.now()
        # Records, not jobs: a file may have gone while Daybell was not running.
        for job_id in [*state.records.jobs] if read.is_complete else ():
            if job_id not in read.jobs and job_id not in read.invalid | read.vanished:
                state.jobs.pop(job_id, None)
                self._found.pop(job_id, None)
                self._runs.drop(job_id)
                state.record(JobRemoved(at=now, job_id=job_id))
        for job in read.jobs.values():
            self._swap(job, now)
        state.invalid = read.invalid
        conditions = {job.conditions for job in state.jobs.values()}  # mostly all the same
        state.asked = frozenset[str]().union(*map(asked, conditions))
        state.has_keepers = any(job.keep_awake for job in state.jobs.values())
        state.problems = read.problems

    def _swap(self, job: Job, now: datetime) -> None:
        """What the old schedule owed until now is decided before the new one counts (G2)."""
        state = self._state
        before = state.jobs.get(job.id)
        if before is not None:
            self.settle(before)
        is_edited = before is not job and self._is_edited(job, before)
        # Switched off, nothing is owed for that time either, as if every schedule had changed (M12).
        mark = digest(job) if state.config.is_enabled else OFF
        known = state.records.jobs.get(job.id)
        is_scheduled_anew = known is None or known.digest != mark
        if before is not None and is_scheduled_anew:
            self._skip_rest(before, now)
        state.jobs[job.id] = job
        state.definitions.pop(job.id, None)
        state.faults.pop(job.id, None)
        state.schedules[job.id] = describe(job)
        if is_scheduled_anew:
            state.record(JobScheduled(at=now, job_id=job.id, digest=mark, rests=self._rest(job)))
        if is_edited:
            self._runs.judge_anew(job)

    def _rest(self, job: Job) -> Rest | None:
        if not self._state.config.is_enabled:
            return "switched_off"
        return None if job.enabled else "disabled"

    def _is_edited(self, job: Job, before: Job | None) -> bool:
        """Also one whose file is valid again: its runs may have waited for that."""
        if before is None:
            return job.id in self._state.invalid
        return self._state.definition(before) != definition_digest(job)

    def _skip_rest(self, job: Job, now: datetime) -> None:
        """What an old schedule still owes gets its row: nothing was decided, or it waited for its jitter."""
        reason = CANNOT_RECORD if self._state.cannot_record else EDITED
        with self._blaming(job):
            self._skip(job, now, PAUSED if self._state.records.is_paused(job.id) else reason)

    def _next(self, job: Job, calendar: Calendar) -> datetime | None:
        """Searched for once a cursor: a run touches its job three times without moving it."""
        cursor = self._state.cursor(job.id)
        known = self._found.get(job.id)
        if known is None or known.job is not job or known.cursor != cursor or known.calendar != calendar:
            due = next_due(job, cursor, calendar)
            if due is not None and due <= cursor:
                raise ValueError("its schedule names an instant that is over")
            known = self._found[job.id] = Found(job, cursor, calendar, due)
        return known.due
