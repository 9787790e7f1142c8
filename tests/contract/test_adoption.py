"""What every `engine.ports.Survivors` and `engine.ports.Workers` keep to of what an earlier life started."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest
from msgspec import Struct
from msgspec.structs import replace

from builders import at
from daybell.core.recovery import Living
from daybell.engine.memory import VirtualClock
from daybell.engine.messages import AttemptEnded, Message
from daybell.engine.ports import AttemptResult, Survivors, Workers
from daybell.engine.virtual_workers import Behaviour, VirtualProcess, VirtualWorkers
from daybell.handlers.command import Commands
from daybell.machine.clock import SystemClock
from daybell.machine.processes.survivors import RunSurvivors
from daybell.machine.workers import WorkerPool
from daybell.model.run import ProcessIdentity
from earlier_life import EarlierLife, this_machine
from keepers import keeping
from waiting import until

UNKNOWN = AttemptResult(outcome="unknown")
GRACE = timedelta(seconds=0.3)


class Stage(Struct):
    """Two runs that an earlier life left, and what the next one has for them."""

    survivors: Survivors
    workers: Workers
    runs: dict[str, ProcessIdentity]
    reports: SimpleQueue[Message]
    finish: Callable[[str], None]
    """Have the process of this run end by itself."""
    pass_time: Callable[[], None]

    def result_of(self, run_id: str) -> AttemptResult:
        """The one report, and nothing but that."""
        self.wait_until(lambda: not self.reports.empty())
        report = self.reports.get()
        assert isinstance(report, AttemptEnded)
        assert report.run_id == run_id
        return report.result

    def wait_until(self, holds: Callable[[], bool]) -> None:
        def holds_now() -> bool:
            self.pass_time()
            return holds()

        until(holds_now)


@contextmanager
def real_stage(directory: Path) -> Iterator[Stage]:
    with this_machine() as processes:
        life = EarlierLife(directory)
        runs = dict(life.spawn("exec sleep 300") for _ in range(2))
        life.kill()
        reports: SimpleQueue[Message] = SimpleQueue()
        commands = Commands(processes, SystemClock(), keeping(directory))
        pool = WorkerPool(commands, reports.put, SystemClock(), most=1)
        yield Stage(
            RunSurvivors(processes),
            pool,
            runs,
            reports,
            lambda run_id: os.kill(runs[run_id].pid, signal.SIGKILL),
            lambda: None,
        )
        life.clean_up(processes)
        assert pool.stop(timedelta(seconds=5)) == []


@contextmanager
def virtual_stage(directory: Path) -> Iterator[Stage]:
    clock, reports = VirtualClock(at("2026-03-02 12:00")), SimpleQueue[Message]()
    behaviour = Behaviour(takes=timedelta(hours=1))
    orphans = {
        name: VirtualProcess(3600.0, behaviour, ProcessIdentity(pid, 1.0, "simulated"))
        for pid, name in enumerate(("r1", "r2"), start=1)
    }
    workers = VirtualWorkers(clock, reports.put, lambda _: behaviour, orphans)

    def finish(run_id: str) -> None:
        orphans[run_id].ends = clock.monotonic()

    def pass_time() -> None:
        clock.advance_to(clock.now() + timedelta(milliseconds=1))
        workers.finish_due()

    runs = {run_id: orphan.identity for run_id, orphan in orphans.items()}
    yield Stage(workers, workers, runs, reports, finish, pass_time)


@pytest.fixture(
    params=[
        pytest.param(
            real_stage,
            id="processes",
            marks=[
                pytest.mark.system,
                pytest.mark.skipif(sys.platform == "win32", reason="there nothing outlives Daybell"),
            ],
        ),
        pytest.param(virtual_stage, id="virtual"),
    ]
)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    make: Callable[[Path], AbstractContextManager[Stage]] = request.param
    with make(tmp_path) as made:
        yield made


def test_L4_what_lives_is_found_whether_it_was_recorded_or_not(stage: Stage) -> None:
    expected = {run_id: [Living(main, is_main=True)] for run_id, main in stage.runs.items()}
    assert stage.survivors.find(dict(stage.runs)) == expected
    assert stage.survivors.find(dict.fromkeys(stage.runs)) == expected


def test_L4_runs_of_which_nothing_lives_are_left_out(stage: Stage) -> None:
    run_id, other = stage.runs
    stage.finish(run_id)
    stage.wait_until(lambda: set(stage.survivors.find({**stage.runs, "never": None})) == {other})
    assert stage.survivors.find({}) == {}


def test_an_adopted_run_ends_with_its_process_and_nobody_knows_how(stage: Stage) -> None:
    run_id, other = stage.runs
    for name, main in stage.runs.items():
        stage.workers.adopt(name, main)
    stage.pass_time()
    assert stage.reports.empty()
    stage.finish(run_id)
    assert stage.result_of(run_id) == UNKNOWN
    assert set(stage.survivors.find(dict(stage.runs))) <= {other}


def test_T1_an_adopted_run_is_ended_at_any_time(stage: Stage) -> None:
    """At once after it was adopted, as at a start, or later."""
    first, second = stage.runs
    stage.workers.adopt(first, stage.runs[first])
    stage.workers.end(first, GRACE)
    assert stage.result_of(first) == UNKNOWN
    stage.workers.adopt(second, stage.runs[second])
    stage.pass_time()
    stage.workers.end(second, GRACE)
    assert stage.result_of(second) == UNKNOWN
    assert stage.survivors.find(dict(stage.runs)) == {}


def test_what_is_over_before_it_is_adopted_is_over(stage: Stage) -> None:
    run_id = next(iter(stage.runs))
    stage.workers.adopt(run_id, replace(stage.runs[run_id], create_time=2))
    assert stage.result_of(run_id).outcome == "unknown"
