"""Is what the ledger says right? Judges each event when it is written, by other means than the engine's."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core.catchup import CANNOT_RECORD, EDITED, LATE, PAUSED, TOO_LATE, ZONE_CHANGED
from daybell.core.jitter import offset
from daybell.core.schedule import INSTANT, Calendar, definition_digest, digest, next_due
from daybell.engine.planning import LEAD
from daybell.engine.records import Records
from daybell.model.events import (
    AllPaused,
    AllResumed,
    AnyEvent,
    JobPaused,
    JobRemoved,
    JobResumed,
    JobScheduled,
    Numbered,
    RunClaimed,
    RunFinished,
    RunQueued,
    RunSkipped,
    RunStarted,
)
from daybell.model.job import Job
from daybell.model.run import AUTOMATIC, Run
from doors import Limits, Usher

ALL = "all jobs"
"""The key of their common pause."""


class Schedule(Struct):
    """What one job owes."""

    job: Job
    """Any definition with this schedule."""
    since: datetime
    decided: datetime
    """The last instant that has its outcome, or its run."""


class Auditor:
    """Knows the definitions and the limits; all else it learns from the events."""

    def __init__(self, limits: Limits) -> None:
        self.faults: list[str] = []
        self.records = Records()
        """The fold of all events since the first."""
        self.schedules: dict[str, Schedule] = {}
        self.current: dict[str, Job] = {}
        self._recent: dict[str, list[Job]] = {}
        """The definitions of each job that what is written next may have been decided by."""
        self._by_digest: dict[str, Job] = {}
        self._by_definition: dict[str, Job] = {}
        self._usher = Usher(limits)
        self._ended: set[str] = set()
        self._keys: set[tuple[str, datetime]] = set()
        self._started: set[tuple[str, int]] = set()
        self._lost: Counter[str] = Counter()
        """How often each run has lost what it needs, and was ended for that."""
        self._put_back: set[str] = set()
        """Runs whose claims in what is being read do not stand: they never began."""
        self._paused: dict[str, tuple[datetime, datetime | None]] = {}
        self._pauses: dict[str, list[tuple[datetime, datetime]]] = {}

    def learn(self, jobs: Mapping[str, Job], *, is_new_life: bool = False) -> None:
        """The definitions that count from now on. A new life knows none of those before."""
        self.current = dict(jobs)
        for job in jobs.values():
            self._recent.setdefault(job.id, []).append(job)
            self._by_digest[digest(job)] = self._by_definition[definition_digest(job)] = job
        if is_new_life:
            held = self._usher.held.items()
            self._usher.held = {run_id: (run, jobs.get(run.job_id)) for run_id, (run, _) in held}

    def forget_pauses(self) -> None:
        """The clock was set back: what was over comes again."""
        self._pauses.clear()
        self._paused.clear()

    def read(self, events: Sequence[Numbered]) -> None:
        """Those of one batch, or of several that could not be written before."""
        put_back = (one.event.run.run_id for one in events if isinstance(one.event, RunQueued | RunFinished))
        self._put_back = set(put_back)
        for numbered in events:
            self._judge(numbered.event)
            self.records.apply(numbered.event)
        self._recent = {job_id: jobs[-1:] for job_id, jobs in self._recent.items()}

    def owed(self, job_id: str, now: datetime) -> datetime | None:
        """An instant that should have been decided by now."""
        job = self.current[job_id]
        if not job.enabled or self.records.is_paused(job_id):
            return None
        start = self.next_start(job_id)
        return start if start is not None and start <= now else None

    def next_start(self, job_id: str) -> datetime | None:
        """The next instant that is not decided yet, with its jitter."""
        schedule = self.schedules[job_id]
        due = self._after(schedule, schedule.decided)
        return due and due + self._offset(self.current[job_id], schedule, due)

    def forgotten(self) -> list[str]:
        """Runs that wait for a slot although there is room for them."""
        return [run.run_id for run, job in self._line() if self._usher.has_room(run, job)]

    def _judge(self, event: AnyEvent) -> None:
        match event:
            case JobScheduled():
                self._plan(event)
            case JobRemoved(job_id=job_id):
                self.schedules.pop(job_id, None)
                self._keys = {key for key in self._keys if key[0] != job_id}
            case JobPaused() | JobResumed() | AllPaused() | AllResumed():
                self._hold(event)
            case RunSkipped(run=run, at=at):
                self._first(run, at)
                self._end(run)
                self._check_blocker(run)
            case RunQueued():
                self._first(event.run, event.at)
                self._wait(event)
            case RunClaimed(run=run, at=at):
                self._claim(run, at)
            case RunStarted(run_id=run_id, attempt=attempt):
                self._expect((run_id, attempt) not in self._started, "{} started twice", run_id)
                self._started.add((run_id, attempt))
            case RunFinished(run=run):
                self._expect(run.run_id in self.records.open_runs, "{} ended but was not open", run.run_id)
                self._usher.held.pop(run.run_id, None)
                self._end(run)
            case _:
                pass

    def _plan(self, event: JobScheduled) -> None:
        known = self.schedules.get(event.job_id)
        decided = event.at if known is None else max(known.decided, event.at)
        self.schedules[event.job_id] = Schedule(self._by_digest[event.digest], event.at, decided)

    def _hold(self, event: JobPaused | JobResumed | AllPaused | AllResumed) -> None:
        key = event.job_id if isinstance(event, JobPaused | JobResumed) else ALL
        match event:
            case JobPaused(until=until):
                begun = self._paused[key][0] if key in self._paused else event.at
                self._paused[key] = (begun, until)
            case AllPaused():
                self._paused[key] = (event.at, None)
            case JobResumed() | AllResumed() if key in self._paused:
                begun, until = self._paused.pop(key)
                ended = event.at if until is None else min(event.at, until)
                self._pauses.setdefault(key, []).append((begun, ended))

    def _first(self, run: Run, at: datetime) -> None:
        """What is decided of its instants with the first that is heard of a run."""
        if self._usher.knows(run.run_id):
            self._expect(run.run_id in self.records.open_runs, "{} is over and comes again", run)
            return
        self._usher.hear_of(run, at)
        if run.cause in AUTOMATIC and run.outcome is None:
            self._expect(not self.records.is_paused(run.job_id), "{} was asked for in a pause", run.run_id)
        if run.due is not None:
            self._decide(run, run.due, at)

    def _decide(self, run: Run, due: datetime, at: datetime) -> None:
        """Every instant is decided, in order, once, when it is due, and by the rule that applies to it."""
        schedule = self.schedules[run.job_id]
        expected = self._after(schedule, schedule.decided)
        self._expect(
            due == expected, "{}: {} was next, but {} was decided: {}", run.job_id, expected, due, run
        )
        if run.due_to is not None:
            is_instant = self._after(schedule, run.due_to - INSTANT) == run.due_to
            self._expect(run.due_to > due and is_instant, "{} is not due at {}", run.job_id, run.due_to)
        schedule.decided = max(schedule.decided, run.due_to or due)
        if run.definition:
            self._check_request(run, self._by_definition[run.definition], due, at)
        else:
            self._check_gap(run, run.due_to or due, at)

    def _check_request(self, run: Run, job: Job, due: datetime, at: datetime) -> None:
        schedule = self.schedules[run.job_id]
        start = due + self._offset(job, schedule, due)
        # Where each instant has a jitter of its own, those of a gap are judged together.
        slack = job.jitter if job.jitter_mode == "random" else timedelta(0)
        if run.cause == "schedule":
            self._expect(-LEAD <= at - start <= LATE + slack, "{} is not on time at {}", run, at)
        else:
            following = self._after(schedule, due)
            self._expect(
                run.cause == "catch_up" and at - start > LATE - slack, "{} is no catch-up at {}", run, at
            )
            self._expect(at - start <= job.catch_up.window + slack, "{} is too late at {}", run, at)
            self._expect(job.catch_up.policy != "skip", "{} is not to be caught up", run)
            is_newest = (
                following is None or at <= following + self._offset(job, schedule, following) + LATE + slack
            )
            self._expect(job.catch_up.policy == "all" or is_newest, "{} is not the newest at {}", run, at)
        for begun, ended in (*self._pauses.get(run.job_id, ()), *self._pauses.get(ALL, ())):
            is_inside = begun < due <= start <= ended
            self._expect(not is_inside, "{} was due in a pause", run)

    def _check_gap(self, run: Run, last: datetime, at: datetime) -> None:
        jobs = self._recent[run.job_id]
        policies = {job.catch_up.policy for job in jobs}
        windows = [job.catch_up.window for job in jobs]
        match run.outcome, run.reason:
            case "missed", reason if reason == TOO_LATE:
                is_right = any(last < at - window for window in windows)
            case "missed", "not caught up":
                is_right = "skip" in policies
            case "missed", "caught up by the newest":
                is_right = "latest" in policies
            case "missed", "too many":
                is_right = "all" in policies
            case "skipped", reason:
                is_right = reason in (PAUSED, CANNOT_RECORD, ZONE_CHANGED, EDITED)
            case _:
                is_right = False
        self._expect(is_right, "{} is no right end at {}", run, at)

    def _check_blocker(self, run: Run) -> None:
        """A skip names the run that blocked it (O3)."""
        named = re.search(r"run (\d\S+)", run.reason or "")
        if named is not None:
            blocker = self.records.open_runs.get(named[1])
            self._expect(blocker is not None and blocker.run.job_id == run.job_id, "not blocked: {}", run)

    def _wait(self, event: RunQueued) -> None:
        """It is tried again when its job says so; what it lost makes no attempt less."""
        run, deferral, job = event.run, event.deferral, self._by_definition[event.run.definition]
        had_slot = self._usher.held.pop(run.run_id, None) is not None
        if deferral is None or not had_slot:
            return
        if deferral.kind == "conditions":
            self._lost[run.run_id] += 1
        else:
            self._expect(deferral.kind == "backoff", "{} waits for {}", run, deferral)
            longest = job.retry.delay * job.retry.multiplier ** (event.failures - 1)
            delay = deferral.until - deferral.since
            is_right = delay <= longest if job.retry.jitter else delay == longest
            self._expect(is_right and delay >= timedelta(0), "{} waits {}", run, delay)

    def _claim(self, run: Run, at: datetime) -> None:
        known = self.records.open_runs.get(run.run_id)
        self._first(run, at)
        asked = self._by_definition[run.definition]
        job = asked if known is None else self.current.get(run.job_id, asked)  # what waits is judged anew
        if run.run_id not in self._put_back:
            passed_over = self._usher.passed_over(run, job, self._line())
            self._expect(not passed_over, "{} was preferred to {}", run, passed_over)
            self._check_key(run)
        self._expect(known is None or known.is_waiting, "{} has a slot already", run.run_id)
        attempts = known.run.attempts if known else 0
        most = asked.retry.max_attempts + self._lost[run.run_id]
        self._expect(run.attempts == attempts + 1 <= most, "{} has one attempt too many: {}", run, known)
        self._usher.held[run.run_id] = (run, job)

    def _check_key(self, run: Run) -> None:
        """At most one claim for each instant of a job (L1)."""
        if run.due is not None and run.attempts == 1:
            self._expect((run.job_id, run.due) not in self._keys, "{} was claimed before", run)
            self._keys.add((run.job_id, run.due))

    def _end(self, run: Run) -> None:
        self._expect(run.run_id not in self._ended, "{} ended twice", run.run_id)
        self._expect(run.outcome is not None, "{} ended without an outcome", run.run_id)
        self._ended.add(run.run_id)

    def _line(self) -> list[tuple[Run, Job]]:
        """What waits for a slot, each with its job as it is now."""
        waiting = (one.run for one in self.records.waiting.values() if one.deferral is None)
        return [(run, self.current[run.job_id]) for run in waiting if run.job_id in self.current]

    def _after(self, schedule: Schedule, after: datetime) -> datetime | None:
        return next_due(schedule.job, after, self._calendar(schedule))

    def _offset(self, job: Job, schedule: Schedule, due: datetime) -> timedelta:
        return offset(job, "", due, self._calendar(schedule))

    def _calendar(self, schedule: Schedule) -> Calendar:
        return Calendar(ZoneInfo(self.records.zone or "UTC"), schedule.since)

    def _expect(self, is_so: bool, fault: str, *about: object) -> None:  # noqa: FBT001 - as in `assert`
        if not is_so:
            self.faults.append(fault.format(*about))
