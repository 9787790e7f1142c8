"""Real process trees: how they end (T1, T2), and that nothing of them stays."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec import structs

if sys.platform == "win32":
    pytest.skip("grows POSIX trees", allow_module_level=True)

from daybell.engine.ports import Deadlines
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.processes import ladder
from daybell.machine.processes.choose import machine_processes
from daybell.machine.processes.interface import TAG, Ended, Process, Spawn
from daybell.model.job import Limits
from daybell.model.run import ProcessIdentity
from waiting import until

pytestmark = pytest.mark.system

FREE, NICE = Limits(), Limits(nice=1)
SHORT = timedelta(seconds=0.3)
LONG = timedelta(seconds=30)
SOON = 5.0
"""Seconds, of a busy machine too; what is not ended would go on for five minutes."""

TREE = """
sleep 300 &
setsid sleep 300 &
(setsid sh -c 'sleep 300 & sleep 300; :' &) &
sh -c 'trap "" TERM; sleep 300; sleep 300' &
setsid sh -c 'trap "" TERM; sleep 300; sleep 300; sleep 300' &
"""
"""A child, one in a session of its own, a double-forked one, and two that ignore SIGTERM."""
STUBBORN = """
trap 'echo asked; left=${left:-5}' TERM
echo up
until [ "$left" = 0 ]; do sleep 0.02; left=${left:+$((left - 1))}; done
"""
"""It goes on for a moment when it is asked, so that it could be asked again."""


class Tree:
    """One spawned shell line, waited for on a thread as a worker would."""

    def __init__(self, line: str, output: Path, deadlines: Deadlines, limits: Limits = FREE) -> None:
        self.run_id = f"test-{uuid4().hex}"
        self.ended: Ended | None = None
        self._processes = machine_processes(deadlines, SystemClock())
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.process: Process = self._processes.spawn(
            Spawn(
                program="",
                argv=(line,),
                shell=True,
                cwd=output.parent,
                env={**os.environ, TAG: self.run_id},
                output=descriptor,
                run_id=self.run_id,
                limits=limits,
            )
        )
        os.close(descriptor)
        self._worker = threading.Thread(target=self._wait)
        self._worker.start()

    def _wait(self) -> None:
        self.ended = self.process.wait()

    def join(self) -> Ended:
        """How it ended; what it has used differs each time."""
        self._worker.join(10)
        assert self.ended is not None, "it did not end"
        return structs.replace(self.ended, cpu_seconds=None, peak_memory=None)

    def living(self) -> list[ProcessIdentity]:
        return [one.identity for one in self._processes.sightings() if self.run_id in one.marks]

    def is_alive(self) -> bool:
        return self._processes.is_alive(self.process.identity)

    def clean_up(self) -> None:
        for identity in self.living():
            with suppress(ProcessLookupError):
                os.kill(identity.pid, signal.SIGKILL)
        self._worker.join(10)


class Forest:
    """Grows trees, and cuts what is left of them."""

    def __init__(self, directory: Path, deadlines: DeadlineThread) -> None:
        self._directory = directory
        self._deadlines = deadlines
        self._trees: list[Tree] = []

    def grow(self, line: str, limits: Limits = FREE) -> Tree:
        tree = Tree(line, self._directory / f"{len(self._trees)}.log", self._deadlines, limits)
        self._trees.append(tree)
        return tree

    def clean_up(self) -> None:
        for tree in self._trees:
            tree.clean_up()


@pytest.fixture
def forest(tmp_path: Path) -> Iterator[Forest]:
    deadlines = DeadlineThread(SystemClock())
    deadlines.start()
    made = Forest(tmp_path, deadlines)
    yield made
    made.clean_up()
    deadlines.stop()


@pytest.mark.parametrize(
    ("line", "exit_code", "cause"),
    [
        ("exit 0", 0, None),
        ("exit 3", 3, None),
        ("kill -SEGV $$", 139, "SIGSEGV"),
        ("kill -9 $$", 137, "SIGKILL"),
    ],
)
def test_the_exit_code_is_a_shells(forest: Forest, line: str, exit_code: int, cause: str | None) -> None:
    assert forest.grow(line).join() == Ended(exit_code=exit_code, cause=cause)


@pytest.mark.parametrize("limits", [FREE, NICE], ids=["free", "limited"])
@pytest.mark.parametrize(
    ("main", "exit_code"),
    [("wait", 143), ("trap 'exit 5' TERM; wait", 5), ("trap '' TERM; while :; do wait; done", 137)],
    ids=["ended", "exits by itself", "ignores the signal"],
)
def test_T1_nothing_of_a_tree_outlives_the_grace(
    forest: Forest, main: str, exit_code: int, limits: Limits
) -> None:
    tree = forest.grow(TREE + main, limits)
    until(lambda: len(tree.living()) == 10)
    start = time.monotonic()
    tree.process.end(SHORT)
    tree.join()
    seconds = time.monotonic() - start
    assert tree.living() == []
    assert tree.join() == Ended(exit_code=exit_code, cause=cause_of(exit_code))
    assert SHORT.total_seconds() - 0.01 <= seconds < SHORT.total_seconds() + SOON


def cause_of(exit_code: int) -> str | None:
    return signal.Signals(exit_code - 128).name if exit_code > 128 else None


def test_T1_a_tree_that_obeys_is_not_held_for_the_whole_grace(forest: Forest) -> None:
    tree = forest.grow("sleep 300 & setsid sleep 300 & wait")
    until(lambda: len(tree.living()) == 3)
    tree.process.end(LONG)
    tree.join()  # in less than ten seconds
    assert tree.living() == []


def test_T1_each_process_is_asked_once(forest: Forest, tmp_path: Path) -> None:
    """Many programs take a second SIGTERM for an order to drop everything."""
    (tmp_path / "child").write_text(STUBBORN)
    tree = forest.grow("setsid sh child & sh child & wait")
    until(lambda: (tmp_path / "0.log").read_text().count("up") == 2)
    tree.process.end(LONG)
    tree.join()
    assert (tmp_path / "0.log").read_text().count("asked") == 2


def test_T1_ending_twice_keeps_the_shorter_grace(forest: Forest) -> None:
    tree = forest.grow("trap '' TERM; echo; while :; do sleep 0.05; done")
    until(lambda: len(tree.living()) == 2)
    tree.process.end(LONG)
    tree.process.end(SHORT)
    tree.process.end(LONG)
    assert tree.join().cause == "SIGKILL", "in less than ten seconds"


class LateDeadlines:
    """Deadlines that are never met."""

    def set(self, key: str, after: timedelta, act: Callable[[], None]) -> None:
        pass

    def clear(self, key: str) -> None:
        pass

    def stop(self) -> None:
        pass


def test_T1_a_late_deadlines_thread_lets_no_orphan_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder, "DRAIN_SECONDS", SOON)
    tree = Tree("setsid sleep 300 & exit 0", tmp_path / "log", LateDeadlines())
    until(lambda: not tree.is_alive())
    tree.process.end(SHORT)
    assert tree.join() == Ended(exit_code=0)
    assert tree.living() == []


def test_ending_a_process_that_is_over_does_nothing(forest: Forest) -> None:
    tree = forest.grow("exit 0")
    assert tree.join() == Ended(exit_code=0)
    tree.process.end(SHORT)
    assert tree.join() == Ended(exit_code=0)


@pytest.mark.parametrize("limits", [FREE, NICE], ids=["free", "limited"])
@pytest.mark.parametrize("orphan", ["sleep 300 &", "setsid sleep 300 &", "(setsid sh -c 'sleep 300 &' &)"])
def test_T2_an_orphan_is_told_of_and_left_alone(forest: Forest, orphan: str, limits: Limits) -> None:
    tree = forest.grow(f"{orphan}\nexit 0", limits)
    assert tree.join() == Ended(exit_code=0, left_processes=True), "in less than ten seconds"
    assert len(tree.living()) == 1


def test_T2_what_ends_within_the_drain_is_not_told_of(
    forest: Forest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder, "DRAIN_SECONDS", SOON)
    assert forest.grow("sleep 0.05 & exit 0").join() == Ended(exit_code=0)


def test_T2_a_tree_that_is_ended_while_it_drains_is_ended_whole(
    forest: Forest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder, "DRAIN_SECONDS", SOON)
    tree = forest.grow("setsid sleep 300 & exit 0")
    until(lambda: not tree.is_alive())
    tree.process.end(SHORT)
    assert tree.join() == Ended(exit_code=0)
    assert tree.living() == []


def test_an_older_orphan_of_a_long_run_is_found_as_well(forest: Forest) -> None:
    """A long run is searched in another way than a short one."""
    assert forest.grow("setsid sleep 300 & sleep 0.4").join().left_processes


def test_no_zombie_stays(forest: Forest) -> None:
    for tree in [forest.grow("exit 0") for _ in range(5)]:
        tree.join()
        with pytest.raises(ChildProcessError):
            os.waitpid(tree.process.identity.pid, os.WNOHANG)


def test_an_identity_holds_as_long_as_its_process(forest: Forest) -> None:
    tree = forest.grow("sleep 300")
    assert tree.is_alive()
    assert tree.process.identity in tree.living()
    tree.process.end(SHORT)
    tree.join()
    assert not tree.is_alive()


def test_it_leads_a_session_and_reads_nothing(forest: Forest, tmp_path: Path) -> None:
    tree = forest.grow("cat; ps -o sid= -p $$; echo $$")
    tree.join()
    session, pid = (tmp_path / "0.log").read_text().split()
    assert session == pid


def test_output_of_any_length_costs_no_memory(forest: Forest, tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("reads the peak from /proc")
    before = peak_memory()
    assert forest.grow("head -c 200000000 /dev/zero").join().exit_code == 0
    assert peak_memory() - before < 10_000
    assert (tmp_path / "0.log").stat().st_size == 200_000_000
    (tmp_path / "0.log").unlink()


def peak_memory() -> int:
    """In KiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise AssertionError("no peak")
