"""What follows from a message? The engine's decisions: no threads, no files, no waiting."""

from concurrent.futures import Future
from datetime import timedelta
from typing import assert_never

from daybell.core.clocks import Slept
from daybell.core.schedule import has_startup, is_open
from daybell.engine.absences import Absences
from daybell.engine.batch import Batch, Deadline, End
from daybell.engine.dependencies import Dependencies
from daybell.engine.incidents import Watch
from daybell.engine.messages import (
    AlarmRang,
    Asked,
    AttemptEnded,
    AttemptStarted,
    ClockMoved,
    DeadlineReached,
    FactsChanged,
    FactsSteady,
    Hasten,
    LateTurnOver,
    LookAgain,
    Message,
    NoticesDue,
    NotStarted,
    Pause,
    Resume,
    RunNow,
    Snooze,
    StillRunning,
    Stop,
    StopOverdue,
    Verb,
    ZoneMoved,
)
from daybell.engine.planning import Planner
from daybell.engine.ports import DefinitionsRead, Outside
from daybell.engine.recovery import Recovery, Survivors
from daybell.engine.runs import Runs
from daybell.engine.state import Ending, State
from daybell.engine.surroundings import Around
from daybell.engine.verbs import Verbs
from daybell.engine.zone import Zone
from daybell.model.absence import LastEnd
from daybell.model.durations import spell
from daybell.model.errors import Conflict, DaybellError
from daybell.model.events import SchedulerStarted, SchedulerStopped
from daybell.model.job import GRACE, Job

MARGIN = timedelta(seconds=1)
"""How long before the shutdown timeout the final signal comes, so that the end is still seen."""


class Dispatcher:
    """Folds messages into the state and leaves in its batch what the loop must do."""

    def __init__(self, state: State, outside: Outside) -> None:
        clock = outside.clock
        self.state = state
        self._clock = clock
        self.watch = Watch(state, clock)
        self.around = Around(state, clock)
        self._absences = Absences(state, clock, self.watch)
        self._runs = Runs(state, outside, self.watch, self.around)
        self._attempts = self._runs.attempts
        self.planner = Planner(state, clock, self._runs)
        self._zone = Zone(state, clock, self.planner)
        self._dependencies = Dependencies(state, clock, self._runs)
        self.recovery = Recovery(state, clock, self._runs)
        self._verbs = Verbs(state, clock, self._runs, self.planner)
        self._stubborn: tuple[str, ...] = ()
        """Runs that did not end in time, in words."""
        self._stop_replies: list[Future[tuple[str, ...]]] = []

    def boot(self, read: DefinitionsRead, survivors: Survivors, end: LastEnd | None = None) -> None:
        """First what the last life left open, then the gap since, and the startup triggers.

        The very first life greets the person, if there is nothing to run. `end` as in `Ports`.
        """
        self._absences.started(end, lambda: self._begin(read, survivors))

    def _begin(self, read: DefinitionsRead, survivors: Survivors) -> None:
        now = self._clock.now()
        self.state.record(SchedulerStarted(at=now, jobs=len(read.jobs), version=self.state.config.version))
        self.planner.take_in(read)
        self.around.note()
        self.recovery.settle(survivors)
        self._zone.begin()
        if self.state.records.lives == 1 and not (read.jobs or read.invalid):
            self.watch.greet()
        for job in self.state.jobs.values():
            self.planner.settle(job)
            if has_startup(job) and self.state.config.is_enabled and self._is_open(job):
                self._runs.request(job, "schedule")
        self._dependencies.follow()

    def handle(self, message: Message) -> None:
        self._handle(message)
        self._dependencies.follow()

    def _handle(self, message: Message) -> None:
        match message:
            case AlarmRang(job_id=job_id):
                self._rang(job_id)
            case AttemptStarted() | AttemptEnded() | DeadlineReached():
                self._hear(message)
            case NotStarted() | StillRunning() | NoticesDue():
                self.watch.handle(message)
            case LateTurnOver(run_id=run_id):
                self._runs.end_turn(run_id)
            case ClockMoved() | ZoneMoved() | FactsChanged() | FactsSteady():
                self._look_around(message)
            case LookAgain():
                pass  # any batch does
            case StopOverdue():
                self._give_up()
            case Asked(verb=verb, reply=reply):
                self._answer(verb, reply)
            case _ as never:
                assert_never(never)

    def _hear(self, message: AttemptStarted | AttemptEnded | DeadlineReached) -> None:
        match message:
            case AttemptStarted():
                self._attempts.started(message)
            case AttemptEnded(run_id=run_id):
                self._attempts.ended(message)
                self._runs.reconsider_run(run_id)  # what it had lost may be back (K4)
                self._stop_if_over()
            case DeadlineReached(run_id=run_id):
                self._overran(run_id)
            case _ as never:
                assert_never(never)

    def take_back(self, batch: Batch) -> None:
        """It could not be recorded: what was to start has not begun, and what was promised is not so."""
        for regret in reversed(batch.regrets):
            regret()
        self._stop_if_over()

    def fill_slots(self) -> None:
        """Start what waits, as far as slots are free."""
        self._runs.fill_slots()

    def _look_around(self, message: ClockMoved | ZoneMoved | FactsChanged | FactsSteady) -> None:
        """The machine, or what surrounds it, is not what it was."""
        match message:
            case ClockMoved(finding=finding):
                if isinstance(finding, Slept):
                    self.around.woke()
                self._absences.moved(finding, self._settle_all)
            case ZoneMoved(zone=zone):
                if self.state.config.follows_machine:
                    self._zone.change(zone)
                    self._settle_all()
            case FactsChanged(facts=facts):
                self.around.changed(facts)
            case FactsSteady():
                if (before := self.around.steady()) is not None:
                    self._runs.stop_what_lost(before)
                    self._runs.reconsider_all()
            case _ as never:
                assert_never(never)

    def _settle_all(self) -> None:
        for job in list(self.state.jobs.values()):
            self.planner.settle(job)
            self.state.batch.touched.add(job.id)

    def _is_open(self, job: Job) -> bool:
        return is_open(job, self._clock.now(), self.state.calendar(job.id))

    def _rang(self, job_id: str) -> None:
        job = self.state.jobs.get(job_id)
        if job is not None:
            decided = len(self.state.batch.events)
            self.planner.settle(job)
            self.state.batch.touched.add(job_id)
            self.state.batch.is_ahead |= len(self.state.batch.events) == decided
        if self.around.has_settled():
            self._runs.reconsider_all()  # together: the first alarm that rings is not the most urgent job's

    def _overran(self, run_id: str) -> None:
        open_run = self.state.records.open_runs.get(run_id)
        if open_run is not None:
            self._attempts.end(open_run, Ending("timed_out", None))

    def _answer(self, verb: Verb, reply: Future[tuple[str, ...]]) -> None:
        if isinstance(verb, Stop):
            self._stop_replies.append(reply)
            self._stop()
            return
        if isinstance(verb, RunNow | Hasten | Pause | Resume | Snooze):
            if self.state.cannot_record is not None:
                self.state.batch.answers.append((reply, Conflict(self.state.cannot_record)))
                return
            self.state.batch.promises.append(reply)
        if isinstance(verb, DefinitionsRead):
            self._dependencies.forget()
        try:
            self.state.batch.answers.append((reply, self._verbs.answer(verb)))
            self.around.note()  # a job may ask for what none did before
        except DaybellError as error:
            self.state.batch.answers.append((reply, error))

    def _stop(self) -> None:
        self.state.is_stopping = True
        self.state.batch.touched.update(self.state.jobs)
        timeout = self.state.config.shutdown_timeout
        grace = max(min(GRACE, timeout - MARGIN), timedelta(0))
        for open_run in self.state.records.under_way():
            self._attempts.end(open_run, Ending("interrupted", "Daybell was stopped"), grace)
        self.state.batch.deadlines.append(Deadline("stop", timeout, StopOverdue()))
        self._stop_if_over()

    def _give_up(self) -> None:
        timeout = self.state.config.shutdown_timeout
        for open_run in self.state.records.under_way():
            self.state.batch.ends.append(End(open_run.run.run_id, timedelta(0)))
            self._attempts.finish(open_run.run, "interrupted", f"it did not end within {spell(timeout)}")
            self._stubborn += (f"run {open_run.run.run_id} of {open_run.run.job_id}",)
        self._stop_if_over()

    def _stop_if_over(self) -> None:
        if not self.state.is_stopping or self.state.is_stopped or self.state.records.under_way():
            return
        self.state.is_stopped = True
        self.state.record(SchedulerStopped(at=self._clock.now()))
        self.state.batch.deadlines.append(Deadline("stop", None))
        self.state.batch.answers.extend((reply, self._stubborn) for reply in self._stop_replies)
