"""What a Daybell that was killed leaves behind is found, held and ended by the next one (L4, T1, T2)."""

import errno
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace

if sys.platform != "linux":
    pytest.skip("looks for what it started in /proc", allow_module_level=True)

import fcntl

from daybell.core.recovery import Living
from daybell.machine.processes.interface import TAG, Ended, Process, Processes
from daybell.machine.processes.linux import LinuxCensus
from daybell.machine.processes.survivors import RunSurvivors
from daybell.model.run import ProcessIdentity
from earlier_life import EarlierLife, this_machine
from waiting import until

pytestmark = pytest.mark.system

SHORT = timedelta(seconds=0.3)
LONG = timedelta(seconds=30)
SOON = 5.0
"""Seconds, of a busy machine too; what is not ended would go on for five minutes."""
STUBBORN = """
trap 'echo asked; left=${left:-5}' TERM
echo up
until [ "$left" = 0 ]; do sleep 0.02; left=${left:+$((left - 1))}; done
"""
"""It goes on for a moment when it is asked, so that it could be asked again."""
OVER = Ended(exit_code=None)

TREE = """
sleep 300 &
setsid sleep 300 &
(setsid sh -c 'sleep 300 & sleep 300; :' &) &
sh -c 'trap "" TERM; sleep 300; sleep 300' &
setsid sh -c 'trap "" TERM; sleep 300; sleep 300; sleep 300' &
"""
"""A child, one in a session of its own, a double-forked one, and two that ignore SIGTERM."""
SIZE = 10
"""With the main process and the shells between."""


@pytest.fixture
def processes() -> Iterator[Processes]:
    with this_machine() as made:
        yield made


@pytest.fixture
def life(tmp_path: Path, processes: Processes) -> Iterator[EarlierLife]:
    made = EarlierLife(tmp_path)
    yield made
    made.clean_up(processes)


@pytest.fixture
def find(processes: Processes) -> RunSurvivors:
    return RunSurvivors(processes)


class Waiting:
    """Waits for an adopted process on a thread, as a worker does."""

    def __init__(self, process: Process) -> None:
        self.ended: Ended | None = None
        self.thread = threading.Thread(target=self._wait, args=(process,))
        self.thread.start()

    def _wait(self, process: Process) -> None:
        self.ended = process.wait()

    def join(self) -> Ended:
        self.thread.join(5)
        assert self.ended is not None, "it did not end"
        return self.ended


def carriers(processes: Processes, run_id: str) -> int:
    return sum(run_id in one.marks for one in processes.sightings())


def group_of(main: ProcessIdentity) -> list[ProcessIdentity]:
    """What else lives in it, whatever it carries."""
    return [member.identity for member in LinuxCensus().members(main, "", math.inf)]


def found(survivors: RunSurvivors, run_id: str, main: ProcessIdentity | None) -> list[Living]:
    return list(survivors.find({run_id: main}).get(run_id, ()))


@pytest.fixture
def stranger() -> Iterator[ProcessIdentity]:
    """A process that is none of Daybell's business: no child, and with a group of its own."""
    line = "setsid sh -c 'sleep 300 & wait' & echo $!; wait"
    with subprocess.Popen(["sh", "-c", line], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        identity = LinuxCensus().identify(pid)
        until(lambda: len(group_of(identity)) == 1)
        yield identity
        os.killpg(pid, signal.SIGKILL)


def test_L4_the_whole_tree_is_found_with_its_main_process_first(
    life: EarlierLife, processes: Processes, find: RunSurvivors
) -> None:
    run_id, main = life.spawn(TREE + "wait")
    until(lambda: carriers(processes, run_id) == SIZE)
    life.kill()
    for recorded in (main, None):
        living = found(find, run_id, recorded)
        assert (len(living), living[0]) == (SIZE, Living(main, is_main=True))
        assert not any(one.is_main for one in living[1:])


def test_L4_a_run_of_which_nothing_lives_is_left_out(life: EarlierLife, find: RunSurvivors) -> None:
    """Its main process is a zombie as long as the life that started it."""
    run_id, main = life.spawn("exit 0")
    until(lambda: find.find({run_id: main}) == {})
    life.kill()
    assert find.find({run_id: main, "never": None}) == {}


def test_L4_what_a_main_process_left_is_found_and_ended(
    life: EarlierLife, processes: Processes, find: RunSurvivors
) -> None:
    run_id, main = life.spawn("setsid sleep 300 & sleep 300 & exit 0")
    until(lambda: not processes.is_alive(main) and carriers(processes, run_id) == 2)
    life.kill()
    living = found(find, run_id, main)
    assert [one.is_main for one in living] == [False, False]
    process = processes.adopt(living[0].process, run_id)
    process.end(SHORT)
    assert process.wait() == OVER
    assert carriers(processes, run_id) == 0


@pytest.mark.parametrize(
    "main",
    ["wait", "trap 'exit 5' TERM; wait", "trap '' TERM; while :; do wait; done"],
    ids=["ended", "exits by itself", "ignores the signal"],
)
def test_T1_nothing_of_an_adopted_tree_outlives_the_grace(
    life: EarlierLife, processes: Processes, main: str
) -> None:
    run_id, identity = life.spawn(TREE + main)
    until(lambda: carriers(processes, run_id) == SIZE)
    life.kill()
    process = processes.adopt(identity, run_id)
    waiting = Waiting(process)
    start = time.monotonic()
    process.end(SHORT)
    assert waiting.join() == OVER
    assert SHORT.total_seconds() - 0.01 <= time.monotonic() - start < SHORT.total_seconds() + SOON
    assert carriers(processes, run_id) == 0


def test_T1_an_adopted_tree_that_obeys_is_not_held_for_the_whole_grace(
    life: EarlierLife, processes: Processes
) -> None:
    run_id, main = life.spawn("sleep 300 & setsid sleep 300 & wait")
    until(lambda: carriers(processes, run_id) == 3)
    life.kill()
    process = processes.adopt(main, run_id)
    process.end(LONG)
    assert Waiting(process).join() == OVER
    assert carriers(processes, run_id) == 0


def test_T1_each_process_of_an_adopted_tree_is_asked_once(
    life: EarlierLife, processes: Processes, tmp_path: Path
) -> None:
    (tmp_path / "child").write_text(STUBBORN)
    run_id, main = life.spawn("setsid sh child & sh child & wait")
    until(lambda: life.log(run_id).read_text().count("up") == 2)
    life.kill()
    process = processes.adopt(main, run_id)
    process.end(LONG)
    assert process.wait() == OVER
    assert life.log(run_id).read_text().count("asked") == 2


def test_an_adopted_process_is_held_until_it_is_over(life: EarlierLife, processes: Processes) -> None:
    run_id, main = life.spawn("exec sleep 0.4")
    life.kill()
    assert processes.adopt(main, run_id).wait() == OVER
    assert not processes.is_alive(main)


def test_T2_an_orphan_of_an_adopted_process_is_told_of_and_left_alone(
    life: EarlierLife, processes: Processes
) -> None:
    run_id, main = life.spawn("setsid sleep 300 & exec sleep 301")
    until(lambda: carriers(processes, run_id) == 2)
    life.kill()
    waiting = Waiting(processes.adopt(main, run_id))
    os.kill(main.pid, signal.SIGKILL)
    assert waiting.join() == Ended(exit_code=None, left_processes=True)
    assert carriers(processes, run_id) == 1


def test_a_main_process_that_cleared_its_environment_is_found_and_ended(
    life: EarlierLife, processes: Processes, find: RunSurvivors, tmp_path: Path
) -> None:
    """Its child is known by the group alone, outlives the main process and starts something new."""
    child = 'sh -c "trap : TERM; : > up; while :; do sleep 300; done"'
    run_id, main = life.spawn(f"exec > /dev/null env -i sh -c '{child} & wait'")
    until((tmp_path / "up").exists)
    life.kill()
    assert carriers(processes, run_id) == 0
    assert found(find, run_id, main) == [Living(main, is_main=True)]
    until(lambda: len(group_of(main)) == 2)
    process = processes.adopt(main, run_id)
    process.end(SHORT)
    assert process.wait() == OVER
    assert not processes.is_alive(main)
    assert group_of(main) == []


def test_what_writes_to_a_runs_log_is_found_without_its_tag(life: EarlierLife, find: RunSurvivors) -> None:
    run_id, main = life.spawn("exec env -i sh -c 'echo up; exec sleep 300'")
    until(lambda: "up" in life.log(run_id).read_text())
    life.kill()
    assert found(find, run_id, None) == [Living(main, is_main=True)]


def test_a_child_that_was_forked_and_not_yet_executed_is_found(
    life: EarlierLife, processes: Processes, find: RunSurvivors, tmp_path: Path
) -> None:
    """A lease on its program holds it in the middle of the exec, with the environment of the life before."""
    program = tmp_path / "program"
    shutil.copy("/bin/sleep", program)
    with leased(program):
        run_id = life.order(str(program), "300")
        until(lambda: carriers(processes, run_id) == 1)
        life.kill()
        (one,) = found(find, run_id, None)
        assert one.is_main
        environ = Path(f"/proc/{one.process.pid}/environ").read_bytes()
        assert run_id.encode() not in environ
    until(lambda: TAG.encode() in Path(f"/proc/{one.process.pid}/environ").read_bytes())
    process = processes.adopt(one.process, run_id)
    process.end(SHORT)
    assert process.wait() == OVER
    assert carriers(processes, run_id) == 0


class leased:  # noqa: N801 it reads as a statement
    """Nobody else can open this file meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGIO, signal.SIG_IGN)  # that somebody wants it
        self._fd = os.open(self._path, os.O_RDONLY)
        try:
            fcntl.fcntl(self._fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError:
            self.__exit__()
            pytest.skip("this file system knows no leases")

    def __exit__(self, *error: object) -> None:
        os.close(self._fd)
        signal.signal(signal.SIGIO, self._before)


def test_runs_are_told_apart_among_two_hundred_strangers(life: EarlierLife, find: RunSurvivors) -> None:
    crowd = subprocess.Popen(
        ["sh", "-c", "for i in $(seq 200); do sleep 300 & done; echo up; wait"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert crowd.stdout is not None
        crowd.stdout.readline()
        runs = dict(life.spawn("exec sleep 300") for _ in range(5))
        life.kill()
        expected = {run_id: [Living(main, is_main=True)] for run_id, main in runs.items()}
        assert find.find(runs) == expected
        assert find.find(dict.fromkeys(runs)) == expected
    finally:
        os.killpg(crowd.pid, signal.SIGKILL)
        crowd.communicate()


@pytest.mark.parametrize("change", [{"create_time": 1}, {"boot_id": "another"}])
def test_a_process_that_took_over_a_pid_is_neither_waited_for_nor_signalled(
    stranger: ProcessIdentity, processes: Processes, find: RunSurvivors, change: dict[str, object]
) -> None:
    gone, run_id = replace(stranger, **change), f"gone-{uuid4().hex}"
    assert find.find({run_id: gone}) == {}
    process = processes.adopt(gone, run_id)
    process.end(timedelta())
    assert process.wait() == OVER
    process.end(timedelta())
    assert processes.is_alive(stranger)
    assert len(group_of(stranger)) == 1


ANEW = """
import sys
from datetime import timedelta
from pathlib import Path
from daybell.machine.processes.survivors import RunSurvivors
from earlier_life import this_machine
with this_machine() as processes:
    run_id = sys.argv[1]
    (main, *rest) = RunSurvivors(processes).find({run_id: None})[run_id]
    process = processes.adopt(main.process, run_id)
    process.end(timedelta(seconds=0.3))
    print(len(rest), process.wait())
"""


def test_a_daybell_that_the_runs_command_started_anew_does_not_end_itself(
    life: EarlierLife, tmp_path: Path
) -> None:
    """It carries the run's tag, and is in the group of the main process."""
    (tmp_path / "anew.py").write_text(ANEW)
    run_id, _ = life.spawn(f'{sys.executable} anew.py "${TAG}" & trap "" TERM; while :; do wait; done')
    life.kill()
    until(lambda: life.log(run_id).read_text() == f"0 {OVER}\n")


def test_a_process_that_cannot_be_watched_is_not_taken_for_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pid: int, flags: int = 0) -> int:
        raise OSError(errno.EMFILE, "too many open files")

    census = LinuxCensus()
    monkeypatch.setattr(os, "pidfd_open", refuse)
    with pytest.raises(OSError, match="cannot be watched"):
        census.wait_over(census.identify(os.getpid()))
    census.wait_over(ProcessIdentity(os.getpid(), 1, "another boot"))
