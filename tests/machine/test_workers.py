import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from builders import a_job, a_run
from daybell.engine.messages import AttemptEnded, AttemptStarted
from daybell.engine.ports import Attempt, AttemptResult
from daybell.machine import workers
from daybell.machine.clock import SystemClock
from daybell.machine.workers import WorkerPool
from daybell.model.run import ProcessIdentity
from waiting import until

DONE = AttemptResult(outcome="succeeded", exit_code=0)
UNKNOWN = AttemptResult(outcome="unknown")
PROCESS = ProcessIdentity(pid=1, create_time=2, boot_id="boot")
GRACE = timedelta(seconds=1)
SOON = timedelta(seconds=5)


class FakeHandler:
    """Each attempt lasts until it is let go; what happens is recorded."""

    def __init__(self) -> None:
        self.threads: dict[str, str] = {}
        self.ended: list[tuple[str, timedelta]] = []
        self.gates: dict[str, threading.Event] = {}
        self.before_start: Callable[[str], None] = lambda run_id: None

    def run(self, attempt: Attempt, started: Callable[[ProcessIdentity], None]) -> AttemptResult:
        run_id = attempt.run.run_id
        self.threads[run_id] = threading.current_thread().name
        self.before_start(run_id)
        started(PROCESS)
        self._last(run_id)
        return DONE

    def adopt(self, run_id: str, process: ProcessIdentity) -> AttemptResult:
        assert process == PROCESS
        self.threads[run_id] = threading.current_thread().name
        self._last(run_id)
        return UNKNOWN

    def _last(self, run_id: str) -> None:
        if run_id in self.gates:
            self.gates[run_id].wait(5)
        if run_id.startswith("bad"):
            raise SystemExit("no luck")

    def end(self, run_id: str, grace: timedelta) -> None:
        self.ended.append((run_id, grace))

    def hold(self, *run_ids: str) -> None:
        for run_id in run_ids:
            self.gates[run_id] = threading.Event()


class Bench:
    """A pool with its handler and what it reported."""

    def __init__(self, most: int) -> None:
        self.handler = FakeHandler()
        self.reports: SimpleQueue[AttemptStarted | AttemptEnded] = SimpleQueue()
        self.pool = WorkerPool(self.handler, self.reports.put, SystemClock(), most)

    def start(self, *run_ids: str) -> None:
        for run_id in run_ids:
            self.pool.start(Attempt(run=a_run(run_id=run_id), job=a_job(), log=Path("unused")))

    def adopt(self, *run_ids: str) -> None:
        for run_id in run_ids:
            self.pool.adopt(run_id, PROCESS)

    def report(self) -> AttemptStarted | AttemptEnded:
        return self.reports.get(timeout=5)

    def end_of(self, run_id: str) -> AttemptResult:
        """Let this attempt go, and wait until its worker is free."""
        if run_id in self.handler.gates:
            self.handler.gates[run_id].set()
        while True:
            report = self.report()
            if isinstance(report, AttemptEnded) and report.run_id == run_id:
                return report.result


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench(most=3)
    yield made
    for gate in made.handler.gates.values():
        gate.set()
    assert made.pool.stop(SOON) == []


def test_it_reports_the_start_and_the_end(bench: Bench) -> None:
    bench.start("r1")
    started, ended = bench.report(), bench.report()
    assert started == AttemptStarted("r1", PROCESS, started.at)
    assert ended == AttemptEnded("r1", DONE, ended.at)
    assert started.at <= ended.at


def test_threads_come_as_they_are_needed_and_have_names(bench: Bench) -> None:
    bench.handler.hold("r1", "r2")
    bench.start("r1", "r2")
    until(lambda: len(bench.handler.threads) == 2)
    assert bench.handler.threads == {"r1": "worker-1", "r2": "worker-2"}


def test_the_worker_that_was_busy_last_is_busy_first(bench: Bench) -> None:
    bench.handler.hold("r1", "r2", "r3")
    bench.start("r1", "r2", "r3")
    until(lambda: len(bench.handler.threads) == 3)
    for run_id in ("r3", "r1", "r2"):
        bench.end_of(run_id)
    bench.handler.hold("r4", "r5", "r6")
    bench.start("r4", "r5", "r6")
    until(lambda: len(bench.handler.threads) == 6)
    threads = bench.handler.threads
    assert [threads["r4"], threads["r5"], threads["r6"]] == ["worker-2", "worker-1", "worker-3"]


def test_attempts_beyond_the_bound_wait_in_line(bench: Bench) -> None:
    bench.handler.hold("r1", "r2", "r3")
    bench.start("r1", "r2", "r3", "r4", "r5")
    until(lambda: len(bench.handler.threads) == 3)
    assert bench.end_of("r2") == DONE
    assert bench.end_of("r5") == DONE
    assert list(bench.handler.threads)[3:] == ["r4", "r5"]
    assert bench.handler.threads["r4"] == "worker-2"


def test_a_handler_that_raises_is_a_failed_attempt(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.start("bad")
    expected = AttemptResult(outcome="failed", error="SystemExit: no luck")
    assert bench.end_of("bad") == expected
    assert "the handler of run bad failed" in caplog.text
    bench.start("good")
    assert bench.end_of("good") == DONE


def test_an_ending_reaches_the_handler(bench: Bench) -> None:
    bench.handler.hold("r1")
    bench.start("r1")
    bench.report()
    bench.pool.end("r1", GRACE)
    assert bench.handler.ended == [("r1", GRACE)]


def test_an_attempt_in_line_is_ended_before_it_starts(bench: Bench) -> None:
    bench.handler.hold("r1", "r2", "r3")
    bench.start("r1", "r2", "r3", "r4")
    bench.pool.end("r4", GRACE)
    bench.handler.gates["r1"].set()
    expected = AttemptResult(outcome="failed", error="it was ended before it started")
    assert bench.end_of("r4") == expected
    assert "r4" not in bench.handler.threads


def test_an_ending_that_the_handler_could_not_know_yet_comes_again(bench: Bench) -> None:
    bench.handler.before_start = lambda run_id: bench.pool.end(run_id, GRACE)
    bench.start("r1")
    bench.end_of("r1")
    assert bench.handler.ended == [("r1", GRACE), ("r1", GRACE)]


def test_ending_a_run_that_is_over_or_unknown_does_nothing(bench: Bench) -> None:
    bench.start("r1")
    bench.end_of("r1")
    bench.pool.end("r1", GRACE)
    bench.pool.end("never", GRACE)
    assert bench.handler.ended == []


def test_the_stop_names_the_workers_that_did_not_end(bench: Bench) -> None:
    bench.handler.hold("r1")
    bench.start("r1", "r2")
    bench.end_of("r2")
    assert bench.pool.stop(timedelta(seconds=0.05)) == [bench.handler.threads["r1"]]
    bench.end_of("r1")
    assert bench.pool.stop(SOON) == []


def test_idle_workers_beyond_a_few_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.05)
    bench = Bench(most=10)
    names = [f"r{number}" for number in range(10)]
    bench.handler.hold(*names)
    bench.start(*names)
    for name in names:
        bench.end_of(name)
    until(lambda: len(bench.pool._workers) == workers.KEPT_IDLE)
    bench.start("again")
    assert bench.end_of("again") == DONE
    assert bench.pool.stop(SOON) == []


def test_two_hundred_attempts_are_each_reported_once(bench: Bench) -> None:
    names = [f"r{number}" for number in range(200)]
    bench.start(*names)
    reports = [bench.report() for _ in range(400)]
    assert sorted(report.run_id for report in reports if isinstance(report, AttemptEnded)) == sorted(names)
    assert sorted(report.run_id for report in reports if isinstance(report, AttemptStarted)) == sorted(names)
    assert len(set(bench.handler.threads.values())) <= 3


def test_an_adopted_run_is_reported_when_it_is_over_and_only_then(bench: Bench) -> None:
    bench.handler.hold("r1")
    bench.adopt("r1")
    until(lambda: "r1" in bench.handler.threads)
    assert bench.reports.empty()
    bench.handler.gates["r1"].set()
    ended = bench.report()
    assert ended == AttemptEnded("r1", UNKNOWN, ended.at)


def test_an_ending_reaches_the_handler_even_before_the_adoption_does(bench: Bench) -> None:
    bench.handler.hold("r1")
    bench.adopt("r1")
    bench.pool.end("r1", GRACE)
    assert bench.handler.ended == [("r1", GRACE)]
    assert bench.end_of("r1") == UNKNOWN


def test_what_runs_already_does_not_wait_in_line(bench: Bench) -> None:
    names = [f"r{number}" for number in range(5)]
    bench.handler.hold(*names)
    bench.adopt(*names)
    until(lambda: len(bench.handler.threads) == 5)
    bench.start("new")
    assert bench.end_of("r3") == UNKNOWN
    assert bench.end_of("new") == DONE


def test_a_handler_that_cannot_adopt_says_that_the_end_is_unknown(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.adopt("bad")
    assert bench.end_of("bad") == AttemptResult(outcome="unknown", error="SystemExit: no luck")
    assert "the handler of run bad failed" in caplog.text
