"""What is the person told, and when? Incidents become facts for the ledger, and notices behind them."""

from datetime import datetime, timedelta
from typing import assert_never

from daybell.core import notices
from daybell.core.incidents import Judgement, Policy, judge, policy, remind, reminder_due
from daybell.core.quiet import quiet_until
from daybell.engine.batch import Deadline
from daybell.engine.messages import NoticesDue, NotStarted, StillRunning
from daybell.engine.ports import Clock
from daybell.engine.state import State
from daybell.model.events import IncidentChanged, NoticeHeld, NoticeSent
from daybell.model.incident import Incident, NoticeText
from daybell.model.job import Job
from daybell.model.record import OpenRun
from daybell.model.run import AUTOMATIC, Run


class Watch:
    """Hears of each step of a run; a notice goes into the batch that also records it."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def greet(self) -> None:
        """At once, also in the quiet hours: somebody has just started Daybell for the first time."""
        self._send(notices.greeting())

    def admitted(self, run: Run, job: Job, expected: datetime | None) -> None:
        """It should start soon: by `expected`, or from now on. Time asleep does not make it late (N3)."""
        if job.late_after is None or run.cause not in AUTOMATIC:
            return
        now = self._clock.now()
        due = now if expected is None else expected
        self._expect_start(run.run_id, max(job.late_after + (due - now), timedelta(0)))

    def started(self, run: Run, job: Job) -> None:
        self._no_longer_late(run.run_id, job)
        if job.too_long_after is not None and run.attempts <= 1:  # once a run, however often it is tried (N4)
            deadline = Deadline(f"{run.run_id}/long", job.too_long_after, StillRunning(run.run_id))
            self._state.batch.deadlines.append(deadline)

    def ended(self, run: Run, job: Job | None) -> None:
        """Judge its outcome; `job` is the one it was admitted with, None where an earlier life did that."""
        if job is not None:
            self._no_longer_late(run.run_id, job)
            if job.too_long_after is not None:
                self._state.batch.deadlines.append(Deadline(f"{run.run_id}/long", None))
        now, incident = self._clock.now(), self._state.records.incidents.get(run.job_id)
        current = self._state.jobs.get(run.job_id)
        if current is not None:
            self._take(run.job_id, incident, judge(incident, run, now, self._policy(current)))

    def handle(self, message: NoticesDue | NotStarted | StillRunning) -> None:
        match message:
            case NoticesDue():
                self._look_around()
            case NotStarted(run_id=run_id):
                self._is_late(run_id)
            case StillRunning(run_id=run_id):
                self._runs_long(run_id)
            case _ as never:
                assert_never(never)

    def next_due(self) -> datetime | None:
        """The next instant at which there may be something to tell, whatever happens until then."""
        if self._state.is_stopping:
            return None
        dues = [reminder_due(incident, policy) for incident, policy in self._to_remind()]
        if self._state.records.held:
            dues.append(self._quiet_until() or self._clock.now())
        return min((due for due in dues if due is not None), default=None)

    def _look_around(self) -> None:
        """Reminders that are due; and when the quiet hours are over, what was held."""
        now = self._clock.now()
        for incident, rules in self._to_remind():
            self._take(incident.job_id, incident, remind(incident, now, rules))
        held = self._state.records.held
        if held and self._quiet_until() is None:
            self._send(notices.digest(held.values()))

    def _is_late(self, run_id: str) -> None:
        open_run, job = self._open(run_id)
        if open_run is None or job is None or job.late_after is None or open_run.run.started is not None:
            return
        if self._state.records.is_paused(job.id):
            self._expect_start(run_id, job.late_after)
        elif job.enabled and not self._state.records.jobs[job.id].is_late:
            self.tell(notices.late(open_run.run, job.title, job.late_after))

    def _runs_long(self, run_id: str) -> None:
        open_run, job = self._open(run_id)
        if open_run is not None and job is not None and job.too_long_after is not None:
            self.tell(notices.too_long(open_run.run, job.title, job.too_long_after))

    def _open(self, run_id: str) -> tuple[OpenRun | None, Job | None]:
        """The run and its job as it is now; one that was told to end needs no watching."""
        open_run = self._state.records.open_runs.get(run_id)
        if open_run is None or run_id in self._state.endings:
            return None, None
        return open_run, self._state.jobs.get(open_run.run.job_id)

    def _expect_start(self, run_id: str, after: timedelta) -> None:
        self._state.batch.deadlines.append(Deadline(f"{run_id}/late", after, NotStarted(run_id)))

    def _no_longer_late(self, run_id: str, job: Job) -> None:
        if job.late_after is not None:
            self._state.batch.deadlines.append(Deadline(f"{run_id}/late", None))

    def _to_remind(self) -> list[tuple[Incident, Policy]]:
        """What is wrong with jobs that could run: nobody needs a reminder of one that rests."""
        state = self._state
        chosen = [(incident, state.jobs.get(job_id)) for job_id, incident in state.records.incidents.items()]
        return [
            (incident, self._policy(job))
            for incident, job in chosen
            if job is not None and job.enabled and not state.records.is_paused(job.id)
        ]

    def _policy(self, job: Job) -> Policy:
        return policy(job, self._state.config.notices.reminder)

    def _take(self, job_id: str, before: Incident | None, judgement: Judgement) -> None:
        if judgement.incident != before:
            now = self._clock.now()
            self._state.record(IncidentChanged(at=now, job_id=job_id, incident=judgement.incident), job_id)
        if judgement.notice is not None:
            self.tell(judgement.notice)

    def tell(self, notice: NoticeText) -> None:
        """Now, or when the quiet hours are over."""
        if self._quiet_until() is None:
            self._send(notice)
        else:
            self._state.record(NoticeHeld(at=self._clock.now(), notice=notice))

    def _send(self, notice: NoticeText) -> None:
        self._state.record(NoticeSent(at=self._clock.now(), notice=notice))
        self._state.batch.notices.append(notice)

    def _quiet_until(self) -> datetime | None:
        config = self._state.config
        return quiet_until(config.notices.quiet_hours, self._clock.now(), config.zone)
