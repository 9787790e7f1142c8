"""Whatever happens, in whatever order, and also between any two steps: what the policies promise holds."""

import logging
import os
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from msgspec.structs import replace

from daybell.core import admission, catchup
from daybell.core.admission import Load
from daybell.core.catchup import Plan
from daybell.core.fold import fold_record
from daybell.core.schedule import Calendar
from daybell.engine import loop, planning, records, slots
from daybell.engine.records import Records
from daybell.engine.recovery import Recovery
from daybell.engine.runs import Runs
from daybell.engine.slots import Slots
from daybell.engine.verbs import Verbs
from daybell.engine.virtual_workers import VirtualWorkers
from daybell.model.events import AnyEvent, JobPaused, RunSkipped
from daybell.model.job import Job
from daybell.model.record import JobRecord, OpenRun
from daybell.model.run import Cause
from upheavals import Upheavals


class Machine(Upheavals):
    """What must hold after each rule."""

    @invariant()
    def the_ledger_is_right(self) -> None:
        """L1, L3, O3, O4, M1, M2, M8, R1 and more: see the auditor."""
        assert not self.auditor.faults, self.auditor.faults

    @invariant()
    def what_began_was_right(self) -> None:
        """L1, O4, K1, M10: see the doorkeeper."""
        assert not self.doorkeeper.faults, self.doorkeeper.faults

    @invariant()
    def nothing_is_overlooked(self) -> None:
        """L3: every instant up to now has its outcome or its run, and whoever has room holds a slot."""
        if self.is_refused:
            return
        owed = [self.auditor.owed(job_id, self.now) for job_id in self.auditor.current]
        assert not any(owed), f"nobody decided on {owed}"
        forgotten = self.auditor.forgotten()
        will_look = loop.LEDGER in self.simulation.deadlines.at  # it refused a moment ago
        assert will_look or not forgotten, f"there is room for {forgotten}"

    @invariant()
    def every_live_process_is_known_and_every_running_run_lives(self) -> None:
        """L4."""
        workers = self.simulation.workers
        assert not workers.orphans, "somebody still runs, and nobody knows"
        held = {run_id for run_id, one in self.records.open_runs.items() if not one.is_waiting}
        assert held == workers.alive.keys() | workers.waiting.keys(), "what is running does not live"

    @invariant()
    def memory_is_the_fold_of_the_ledger(self) -> None:
        whole, since = self.auditor.records.checkpoint(0), Records()
        since.restore(self.simulation.ledger.load())
        for numbered in self.simulation.ledger.replay():
            since.apply(numbered.event)
        assert since.checkpoint(0) == whole, "a checkpoint makes a difference"
        for event in self.simulation.engine._recorder._unwritten:
            since.apply(event)
        assert since.checkpoint(0) == self.records.checkpoint(0), "memory is not what was recorded"

    @invariant()
    def readers_see_what_is(self) -> None:
        if self.is_refused:
            return
        registry, engine = self.simulation.registry, self.simulation.engine
        assert registry.open_runs() == tuple(one.run for one in self.records.open_runs.values())
        assert {status.id for status in registry.all()} == {*engine._state.jobs, *engine._state.invalid}
        for status in registry.all():
            seen, look = registry.snapshot(status.id), engine._dispatcher.planner.look(status.id)
            assert seen == look.snapshot, f"{seen} is out of date: {look.snapshot}"
        assert registry.whole is not None
        assert registry.whole.stats.errors == 0, "a message failed"

    @invariant()
    def nothing_that_waits_is_forgotten(self) -> None:
        """Its job has an alarm that is not later than the end of its wait (R2, K1)."""
        for job_id, job in self.auditor.current.items():
            if self.is_refused or self.records.is_paused(job_id):
                continue
            ends = [one.deferral.until for one in self.records.open_of(job_id) if one.deferral]
            if job.enabled and (start := self.auditor.next_start(job_id)) is not None:
                ends.append(start)
            alarm = self.simulation.alarms.at.get(job_id)
            assert not ends or (alarm is not None and alarm <= min(ends)), f"nothing wakes {job_id}"

    @invariant()
    def nothing_runs_without_its_limit(self) -> None:
        """T3."""
        watched = self.simulation.deadlines.at.keys() | self.simulation.engine._state.endings.keys()
        for run_id in self.simulation.workers.alive.keys() & self.doorkeeper.inside.keys():
            is_begun = self.records.open_runs[run_id].run.started is not None
            is_limited = self.doorkeeper.inside[run_id].job.timeout is not None
            assert not (is_begun and is_limited) or run_id in watched, f"{run_id} may run for ever"

    @invariant()
    def what_was_promised_is_there(self) -> None:
        known = {run.run_id for run in self.simulation.registry.open_runs()}
        known |= {run.run_id for run in self.simulation.rows()}
        assert self.is_refused or self.promised <= known


pytestmark = pytest.mark.no_cover
"""What it goes through a thousand times, others go through once, and watching it takes as long again."""
EXAMPLES = int(os.environ.get("DAYBELL_EXAMPLES", "0"))
"""So many, each time other ones, in place of the few that are always the same."""
SETTINGS = settings(
    max_examples=EXAMPLES or 120,
    stateful_step_count=50 if EXAMPLES else 30,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
QUICKLY = settings(SETTINGS, phases=[Phase.generate], report_multiple_bugs=False, derandomize=True)
"""The first failure is enough, however long."""


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A checkpoint is made; a log is not."""
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 50)
    caplog.set_level(logging.CRITICAL)


def test_what_the_policies_promise_holds_whatever_happens() -> None:
    run_state_machine_as_test(Machine, settings=SETTINGS)


def ignoring_groups(patch: pytest.MonkeyPatch) -> None:
    has_room = admission.has_room

    def mutant(job: Job, cause: Cause, load: Load) -> bool:
        return has_room(replace(job, group=None), cause, load)

    patch.setattr(admission, "has_room", mutant)
    patch.setattr(slots, "has_room", mutant)


def allowing_one_more(patch: pytest.MonkeyPatch) -> None:
    own_slots = admission.own_slots
    patch.setattr(admission, "own_slots", lambda job: own_slots(job) + 1)


def ignoring_priorities(patch: pytest.MonkeyPatch) -> None:
    """What it sorts comes in another order."""
    patch.setattr(slots, "sorted", lambda line, key=None, reverse=False: sorted(line, key=key), raising=False)


def passing_over_who_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Slots, "is_first", lambda self, job: True)


def catching_up_twice(patch: pytest.MonkeyPatch) -> None:
    plan = catchup.plan

    def mutant(job: Job, cursor: datetime, now: datetime, calendar: Calendar) -> Plan:
        decided = plan(job, cursor, now, calendar)
        return replace(decided, catch_up=(*decided.catch_up, *decided.catch_up[-1:]))

    patch.setattr(planning, "plan", mutant)


def staying_where_it_skips(patch: pytest.MonkeyPatch) -> None:
    def mutant(record: JobRecord | None, event: AnyEvent) -> JobRecord | None:
        return record if isinstance(event, RunSkipped) else fold_record(record, event)

    patch.setattr(records, "fold_record", mutant)


def leaving_what_runs_as_it_was(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Recovery, "settle", lambda self, survivors: None)


def not_looking_for_survivors(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(VirtualWorkers, "find", lambda self, runs: {})


def forgetting_retries(patch: pytest.MonkeyPatch) -> None:
    wait_again = Runs.wait_again

    def mutant(self: Runs, open_run: OpenRun, job: Job) -> None:
        if open_run.deferral is None:
            wait_again(self, open_run, job)

    patch.setattr(Runs, "wait_again", mutant)


def doing_what_was_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Verbs, "_as_it_is", lambda self, job_id, now: JobPaused(at=now, job_id=job_id))


MUTANTS: dict[Callable[[pytest.MonkeyPatch], None], str] = {
    ignoring_groups: "there was no room",
    allowing_one_more: "there was no room",
    ignoring_priorities: "was preferred to",
    passing_over_who_waits: "was preferred to",
    catching_up_twice: "was decided",
    staying_where_it_skips: "was decided|in a circle",
    leaving_what_runs_as_it_was: "nobody knows|does not live|in a circle",
    not_looking_for_survivors: "nobody knows",
    forgetting_retries: "nothing wakes|in a circle",
    doing_what_was_refused: "it was refused",
}


@pytest.mark.parametrize("plant", MUTANTS, ids=lambda plant: plant.__name__)
def test_an_engine_that_does_otherwise_is_refuted(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=MUTANTS[plant]):
        run_state_machine_as_test(Machine, settings=QUICKLY)
