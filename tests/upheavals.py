"""What may happen to a home and the computer around it? Rules for hypothesis, in any order, with crashes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from msgspec.structs import replace

from auditor import Auditor
from builders import at
from chosen import BEHAVIOURS, BRIEF, IDS, JOBS, ONE_OR_ALL, ZONES
from daybell.core.steadiness import HYSTERESIS
from daybell.engine.loop import RETRY
from daybell.engine.messages import CancelRuns, Hasten, Pause, Resume, RunNow, Stop, Verb
from daybell.engine.planning import LEAD
from daybell.engine.ports import Attempt
from daybell.engine.records import Records
from daybell.engine.simulated import Simulation
from daybell.engine.surroundings import SETTLE
from daybell.engine.virtual_workers import Behaviour
from daybell.model.errors import DaybellError, JobNotFound, LedgerError
from daybell.model.events import AnyEvent, Numbered
from daybell.model.facts import Facts
from daybell.model.job import Job
from daybell.model.status import Problem
from doors import Doorkeeper, Limits

START = at("2026-03-02 12:00")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LIMITS = Limits(slots=2, groups={"net": 2})
MOST_STEPS = 2000
"""Of the engine in one rule: more is a circle."""
FURTHEST_BACK = timedelta(hours=20)
"""A clock that is set back by a day was wrong before: then all is planned anew."""


class Crash(BaseException):
    """Daybell is gone, in the middle of something."""


class Patient(Simulation):
    """One that does not turn in a circle for ever."""

    steps = 0

    def settle(self) -> None:
        while messages := self._mailbox.pending():
            self.steps += 1
            assert self.steps < MOST_STEPS, "the engine turns in a circle"
            self.engine.step(messages)


class Upheavals(RuleBasedStateMachine):
    """A home, and a countdown of steps to the next crash: a step is a write or the start of a process."""

    def __init__(self) -> None:
        super().__init__()
        self.steps_left: int | None = None
        self.leaves_processes = True
        self.refusals = 0
        """How many writes fail before one may succeed again."""
        self.latest = START
        self.promised: set[str] = set()
        self.behaviours: dict[str, Behaviour] = {}
        self.simulation = Patient(start=START, slots=LIMITS.slots, behave=self.spawn)
        self.simulation.config = replace(self.simulation.config, groups=LIMITS.groups)
        self.simulation.restart()
        self.auditor = Auditor(LIMITS)
        self.auditor.read(self.simulation.ledger.events)
        self.doorkeeper = Doorkeeper(LIMITS, self.simulation.clock)
        append = self.simulation.ledger.append

        def crashing(events: Sequence[AnyEvent]) -> Sequence[Numbered]:
            self.step()
            if self.refusals:
                self.refusals -= 1
                raise LedgerError("Resource temporarily unavailable")
            numbered = append(events)
            self.auditor.read(numbered)
            self.step()
            return numbered

        self.simulation.ledger.append = crashing  # type: ignore[method-assign]  # the same, with an end

    @property
    def now(self) -> datetime:
        return self.simulation.clock.now()

    @property
    def records(self) -> Records:
        return self.simulation.engine._state.records

    @property
    def is_refused(self) -> bool:
        is_noticed = self.simulation.engine._state.cannot_record is not None
        return is_noticed or self.simulation.ledger.refusal is not None

    @initialize(jobs=st.lists(JOBS, min_size=4, max_size=5, unique_by=lambda job: job.id))
    def begin(self, jobs: list[Job]) -> None:
        self.simulation.files.jobs.update({job.id: job for job in jobs})
        self.reload()

    @rule(job=JOBS)
    def define(self, job: Job) -> None:
        """Add a job, or edit it."""
        self.simulation.files.jobs[job.id] = job
        self.simulation.files.invalid.pop(job.id, None)
        self.reload()

    @rule(job_id=IDS)
    def remove(self, job_id: str) -> None:
        if self.simulation.files.jobs.pop(job_id, None) is not None:
            self.simulation.files.invalid.pop(job_id, None)
            self.reload()

    @rule(job_id=IDS)
    def spoil(self, job_id: str) -> None:
        """Its file is not valid any more."""
        if job_id in self.simulation.files.jobs:
            self.simulation.files.invalid[job_id] = Problem(f"{job_id}.json", "", "not JSON")
            self.reload()

    @rule(job_id=IDS, behaviour=BEHAVIOURS)
    def behave(self, job_id: str, behaviour: Behaviour) -> None:
        self.behaviours[job_id] = behaviour

    @rule(job_id=ONE_OR_ALL)
    def pause(self, job_id: str | None) -> None:
        self.ask(Pause(job_id))

    @rule(job_id=IDS, minutes=st.integers(1, 60))
    def pause_for(self, job_id: str, minutes: int) -> None:
        self.ask(Pause(job_id, self.now + minutes * MINUTE))

    @rule(job_id=ONE_OR_ALL)
    def resume(self, job_id: str | None) -> None:
        self.ask(Resume(job_id))

    @rule(job_id=IDS)
    def run_now(self, job_id: str) -> None:
        answer = self.ask(RunNow(job_id))
        if isinstance(answer, tuple):
            self.promised.update(answer)

    @rule(data=st.data())
    def hasten(self, data: st.DataObject) -> None:
        """One that waits for whatever it is."""
        if waiting := list(self.records.waiting):
            self.ask(Hasten(data.draw(st.sampled_from(waiting))))

    @rule(job_id=IDS)
    def cancel(self, job_id: str) -> None:
        self.ask(CancelRuns(job_id))

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        until = self.now + minutes * MINUTE
        self.survive(lambda: self.simulation.run_until(until))

    @rule(job_id=IDS)
    def time_passes_until_it_is_due(self, job_id: str) -> None:
        """And a start has been decided, but has not happened yet."""
        is_known = job_id in self.auditor.current and not self.is_refused
        start = self.auditor.next_start(job_id) if is_known else None
        if start is not None and start < self.now + HOUR:
            self.survive(lambda: self.simulation.run_until(start - LEAD / 2))

    @rule(minutes=st.sampled_from([1, 5, 45, 180, 1500]))
    def sleep(self, minutes: int) -> None:
        self.doorkeeper.settled = self.now + minutes * MINUTE + SETTLE
        self.survive(lambda: self.simulation.suspend(minutes * MINUTE))

    @rule(minutes=st.sampled_from([1, 30]))
    def freeze(self, minutes: int) -> None:
        self.survive(lambda: self.simulation.run_for(HYSTERESIS))  # else nobody knows what has become steady
        self.survive(lambda: self.simulation.freeze(minutes * MINUTE))

    @rule(minutes=st.sampled_from([-90, -10, -1, 1, 10, 90]))
    def set_the_clock(self, minutes: int) -> None:
        if self.now + minutes * MINUTE > self.latest - FURTHEST_BACK:
            self.doorkeeper.settled = None
            if minutes < 0:
                self.auditor.forget_pauses()
            self.survive(lambda: self.simulation.step_clock(minutes * MINUTE))

    @rule(zone=ZONES)
    def travel(self, zone: ZoneInfo) -> None:
        self.survive(lambda: self.simulation.change_zone(zone))

    @rule(on_mains=st.booleans())
    def surround(self, *, on_mains: bool) -> None:
        facts = Facts(on_mains=on_mains)
        if self.simulation.facts != facts:
            self.doorkeeper.hear(facts)
            self.survive(lambda: self.simulation.surround(facts))

    @rule()
    def fill_the_disk(self) -> None:
        self.simulation.ledger.refusal = "No space left on device"

    @rule(times=st.integers(1, 2))
    def disturb_the_disk(self, times: int) -> None:
        self.refusals = times

    @rule()
    def free_the_disk(self) -> None:
        """Daybell tries again by itself."""
        if self.simulation.ledger.refusal is not None:
            self.simulation.ledger.refusal = None
            self.survive(lambda: self.simulation.run_for(RETRY))

    @rule(steps=st.integers(0, 12), leaves_processes=st.booleans())
    def will_crash(self, steps: int, *, leaves_processes: bool) -> None:
        self.steps_left, self.leaves_processes = steps, leaves_processes

    @rule(steps=st.integers(0, 6), leaves_processes=st.booleans(), minutes=st.sampled_from([0, 10, 200]))
    def crash_now(self, steps: int, minutes: int, *, leaves_processes: bool) -> None:
        """And perhaps again while it recovers."""

        def gone() -> None:
            self.will_crash(steps, leaves_processes=leaves_processes)
            raise Crash

        self.survive(gone, away=minutes * MINUTE)

    @rule()
    def quit_and_start(self) -> None:
        def leave() -> None:
            self.simulation.ask_later(Stop())
            self.simulation.run_for(self.simulation.config.shutdown_timeout)
            assert self.simulation.engine.is_stopped, "it does not stop"
            self.simulation.crash(leaves_processes=True)
            self.restart()

        self.survive(leave)

    def spawn(self, attempt: Attempt) -> Behaviour:
        self.step()
        self.doorkeeper.let_in(attempt, self.simulation.workers.alive)
        return self.behaviours.get(attempt.job.id, BRIEF)

    def step(self) -> None:
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left < 0:
                self.steps_left = None
                raise Crash

    def survive(self, act: Callable[[], object], away: timedelta = timedelta(0)) -> object:
        """What comes of it; None where Daybell has crashed on the way, and started again."""
        self.simulation.steps = 0
        try:
            answer = act()
            self.simulation.run_until(self.now)
        except Crash:
            answer = None
            while not self.starts_again(away):
                pass
        self.latest = max(self.latest, self.now)
        return answer

    def starts_again(self, away: timedelta) -> bool:
        """It may crash while it does."""
        try:
            self.simulation.crash(leaves_processes=self.leaves_processes)
            self.simulation.clock.advance_to(self.now + away)
            self.restart()
            self.simulation.run_until(self.now)
        except Crash:
            return False
        return True

    def restart(self) -> None:
        jobs = self.simulation.files.read().jobs
        self.auditor.learn(jobs, is_new_life=True)
        self.doorkeeper.begin_life(jobs)
        self.simulation.restart()

    def reload(self) -> None:
        read = self.simulation.files.read()
        kept = {job_id: job for job_id, job in self.auditor.current.items() if job_id in read.invalid}
        self.auditor.learn({**kept, **read.jobs})
        self.survive(self.simulation.reload)

    def ask(self, verb: Verb) -> object:
        """The answer, or None. What is refused does not happen, neither now nor later."""
        before, many = self.pauses(), len(self.records.open_runs)
        try:
            return self.survive(lambda: self.simulation.ask(verb))
        except JobNotFound:
            return None
        except DaybellError:
            if self.is_refused:
                assert self.pauses() == before, "it was refused, and happened"
                assert len(self.records.open_runs) <= many, "it was refused, and will happen"
            return None

    def pauses(self) -> tuple[object, ...]:
        jobs = self.records.jobs.values()
        return self.records.all_paused, [(one.job_id, one.is_paused, one.paused_until) for one in jobs]
