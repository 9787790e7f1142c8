"""The ledger under crashes between any two steps: L1 to L5 hold, whatever order things happen in."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from builders import a_job, at, cron
from daybell.core.recovery import Living
from daybell.engine.messages import CancelRuns, Pause, Resume, RunNow, Verb
from daybell.engine.ports import Attempt
from daybell.engine.simulated import Simulation
from daybell.engine.virtual_workers import Behaviour, VirtualWorkers
from daybell.model.errors import DaybellError
from daybell.model.events import AnyEvent, Numbered
from daybell.model.run import ProcessIdentity

START = at("2026-03-02 12:00")
MINUTE = timedelta(minutes=1)
JOBS = [
    a_job(id="leave", triggers=(cron("*/10 * * * *"),)),
    a_job(id="again", triggers=(cron("*/15 * * * *"),), on_interrupt="rerun"),
    a_job(id="end", triggers=(cron("*/20 * * * *"),), on_interrupt="end"),
    a_job(id="by-hand"),
]
IDS = st.sampled_from([job.id for job in JOBS])


class Crash(BaseException):
    """Daybell is gone, in the middle of something."""


class LedgerMachine(RuleBasedStateMachine):
    """A home, and a countdown of steps to the next crash."""

    def __init__(self) -> None:
        super().__init__()
        self.steps_left: int | None = None
        self.starts: list[Attempt] = []
        self.promised: set[str] = set()
        self.simulation = Simulation(JOBS, start=START, slots=2, behave=self.spawn)
        append = self.simulation.ledger.append

        def crashing(events: Sequence[AnyEvent]) -> Sequence[Numbered]:
            self.step()
            numbered = append(events)
            self.step()
            return numbered

        self.simulation.ledger.append = crashing  # type: ignore[method-assign]  # the same, with an end

    def spawn(self, attempt: Attempt) -> Behaviour:
        self.step()
        self.starts.append(attempt)
        return Behaviour(takes=7 * MINUTE)

    def step(self) -> None:
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left < 0:
                self.steps_left = None
                raise Crash

    def may_crash(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except Crash:
            while True:
                try:
                    self.simulation.crash(leaves_processes=True)
                    self.simulation.restart()
                except Crash:
                    continue
                return None

    def ask(self, verb: Verb) -> object:
        try:
            return self.may_crash(lambda: self.simulation.ask(verb))
        except DaybellError:
            return None

    @rule(steps=st.integers(0, 12))
    def will_crash(self, steps: int) -> None:
        self.steps_left = steps

    @rule(steps=st.integers(0, 6))
    def crash_now(self, steps: int) -> None:
        """And perhaps again while it recovers."""

        def gone() -> None:
            self.steps_left = steps
            raise Crash

        self.may_crash(gone)

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes: int) -> None:
        until = self.simulation.clock.now() + minutes * MINUTE
        self.may_crash(lambda: self.simulation.run_until(until))

    @rule(job_id=IDS)
    def run_now(self, job_id: str) -> None:
        answer = self.ask(RunNow(job_id))
        if isinstance(answer, tuple):
            self.promised.update(answer)

    @rule(job_id=IDS)
    def cancel(self, job_id: str) -> None:
        self.ask(CancelRuns(job_id))

    @rule(job_id=IDS, verb=st.sampled_from([Pause, Resume]))
    def hold(self, job_id: str, verb: type[Pause | Resume]) -> None:
        self.ask(verb(job_id))

    @invariant()
    def nothing_runs_twice(self) -> None:
        runs = Counter(attempt.run.run_id for attempt in self.starts)
        keys = Counter((each.job.id, each.run.due) for each in self.starts if each.run.due is not None)
        assert not [key for key, count in [*runs.items(), *keys.items()] if count > 1]

    @invariant()
    def every_live_process_is_known_and_every_running_run_lives(self) -> None:
        workers = self.simulation.workers
        assert not workers.orphans, "somebody still runs, and nobody knows"
        running = {run.run_id for run in self.simulation.registry.open_runs() if run.started}
        assert running <= workers.alive.keys()

    @invariant()
    def what_was_promised_is_there(self) -> None:
        known = {run.run_id for run in self.simulation.registry.open_runs()}
        known |= {run.run_id for run in self.simulation.rows()}
        assert self.promised <= known

    @invariant()
    def limits_hold(self) -> None:
        assert len(self.simulation.workers.alive) <= 2


SETTINGS = settings(deadline=None, max_examples=120, stateful_step_count=30)


def test_L1_to_L5_hold_under_crashes_between_any_two_steps() -> None:
    run_state_machine_as_test(LedgerMachine, settings=SETTINGS)


def test_a_start_that_does_not_look_for_survivors_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine finds what it is there for."""

    def find(
        self: VirtualWorkers,
        runs: Mapping[str, ProcessIdentity | None],
    ) -> Mapping[str, Sequence[Living]]:
        return {}

    monkeypatch.setattr(VirtualWorkers, "find", find)
    with pytest.raises(AssertionError, match="somebody still runs"):
        run_state_machine_as_test(LedgerMachine, settings=SETTINGS)
