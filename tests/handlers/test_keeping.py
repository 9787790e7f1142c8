"""Real commands, their output below a cap, and their artifacts."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders import a_job, a_run
from daybell.core.excerpt import BLOCK, Excerpt, head_of, marker
from daybell.engine.ports import Attempt, AttemptResult
from daybell.handlers.command import Commands
from daybell.handlers.keeping import Keeping
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.processes.choose import machine_processes
from daybell.model.errors import DaybellError
from daybell.model.job import CommandHandler, Keep
from daybell.model.run import ProcessIdentity
from daybell.model.sizes import Size
from daybell.store.caps import Caps
from keepers import keeping
from waiting import until

CAP = 4 * BLOCK
KEEP = Keep(output=Size(CAP), artifacts=Size(100))
RUN = "20260103T023000-kept"


@pytest.fixture
def caps() -> Iterator[Caps]:
    caps = Caps()
    caps.start()
    yield caps
    assert caps.stop()


@pytest.fixture
def kept(tmp_path: Path, caps: Caps) -> Keeping:
    return keeping(tmp_path, caps, KEEP)


@pytest.fixture
def commands(kept: Keeping) -> Iterator[Commands]:
    clock = SystemClock()
    deadlines = DeadlineThread(clock)
    deadlines.start()
    yield Commands(machine_processes(deadlines, clock), clock, kept)
    deadlines.stop()


@pytest.fixture
def an_attempt(tmp_path: Path) -> Callable[[str], Attempt]:
    log = tmp_path / "logs" / "backup" / f"{RUN}.log"

    def make(line: str) -> Attempt:
        handler = CommandHandler(argv=(line,), shell=True, cwd=str(tmp_path))
        return Attempt(run=a_run(run_id=RUN), job=a_job(handler=handler, keep=KEEP), log=log)

    return make


MakeAttempt = Callable[[str], Attempt]


def run(commands: Commands, attempt: Attempt) -> AttemptResult:
    return commands.run(attempt, lambda _process: None)


def printing(count: int, last: str = "") -> str:
    code = f"print('x' * {count - 1}); print({last!r}, end='')"
    return f'{sys.executable} -c "{code}"'


@pytest.mark.system
def test_short_output_is_counted(commands: Commands, an_attempt: MakeAttempt) -> None:
    assert run(commands, an_attempt("echo hello")).output == Excerpt(6)


@pytest.mark.system
def test_long_output_keeps_its_head_and_tail_and_its_error(
    commands: Commands, an_attempt: MakeAttempt
) -> None:
    attempt = an_attempt(f"echo begin; {printing(10 * BLOCK)}; echo no space; exit 3")
    result = run(commands, attempt)
    assert result.output is not None
    assert (result.output.head, result.error) == (head_of(CAP), "no space")
    content = attempt.log.read_bytes()
    assert content.startswith(b"begin\n")
    assert content.endswith(b"\nno space\n")
    assert marker(result.output.dropped) in content
    assert len(content) < CAP + BLOCK + 100


@pytest.mark.system
def test_the_cap_is_for_all_attempts_together(commands: Commands, an_attempt: MakeAttempt) -> None:
    results = [run(commands, an_attempt(f"{printing(3 * BLOCK)}; exit 1")) for _ in range(3)]
    assert [result.output for result in results] == [
        Excerpt(3 * BLOCK),
        Excerpt(6 * BLOCK, 2 * BLOCK, head_of(CAP)),
        Excerpt(9 * BLOCK, 5 * BLOCK, head_of(CAP)),
    ]


@pytest.mark.system
def test_the_error_is_what_this_attempt_said(commands: Commands, an_attempt: MakeAttempt) -> None:
    assert run(commands, an_attempt(f"{printing(6 * BLOCK, 'first')}; exit 1")).error == "first"
    assert run(commands, an_attempt("exit 4")).error == "exit code 4"
    assert run(commands, an_attempt("echo third; exit 1")).error == "third"


@pytest.mark.system
def test_what_a_command_left_behind_is_kept_below_the_cap(
    commands: Commands, an_attempt: MakeAttempt, tmp_path: Path
) -> None:
    later = f"(while [ ! -e go ]; do sleep 0.05; done; {printing(20 * BLOCK)}; echo $$ > done; sleep 60) &"
    attempt = an_attempt(f"{later} echo started")
    process: list[ProcessIdentity] = []
    result = commands.run(attempt, process.append)
    assert (result.left_processes, result.output) == (True, Excerpt(8))
    (tmp_path / "go").touch()
    until((tmp_path / "done").exists, 10)
    try:
        until(lambda: attempt.log.stat().st_size < CAP + 2 * BLOCK)
        assert attempt.log.read_bytes().startswith(b"started\n")
    finally:
        os.killpg(process[0].pid, signal.SIGKILL)


@pytest.mark.system
def test_artifacts_are_kept_up_to_their_caps(
    commands: Commands, an_attempt: MakeAttempt, tmp_path: Path
) -> None:
    line = 'cd "$DAYBELL_ARTIFACTS"; mkdir sub; echo small > sub/a; head -c 1000 /dev/zero > b; ln -s /etc c'
    result = run(commands, an_attempt(line))
    assert (result.artifacts, result.artifacts_removed) == (1, 1)
    place = tmp_path / "artifacts" / "backup" / RUN
    assert sorted(path.name for path in place.iterdir()) == ["c", "sub"]


@pytest.mark.system
def test_a_run_that_leaves_nothing_has_no_directory_of_its_own(
    commands: Commands, an_attempt: MakeAttempt, tmp_path: Path
) -> None:
    place = tmp_path / "artifacts" / "backup" / RUN
    attempt = an_attempt('[ -d "$DAYBELL_ARTIFACTS" ] && ls -ld "$DAYBELL_ARTIFACTS" | cut -c1-10')
    assert run(commands, attempt).artifacts == 0
    assert attempt.log.read_text() == "drwx------\n"
    until(lambda: not place.exists())


@pytest.mark.system
def test_an_adopted_run_goes_on_to_be_kept_below_its_cap(
    commands: Commands, kept: Keeping, caps: Caps, an_attempt: MakeAttempt, tmp_path: Path
) -> None:
    attempt = an_attempt("true")
    before = kept.open(attempt)
    os.write(before.output, bytes(10 * BLOCK))
    caps.look()
    (before.artifacts / "a").touch()
    held = kept.adopt(RUN)
    assert held is not None
    os.write(before.output, bytes(10 * BLOCK))
    os.close(before.output)
    ended = held.end(left_processes=False)
    assert ended.output == Excerpt(20 * BLOCK, 16 * BLOCK, head_of(CAP))
    assert ended.leavings.files == 1


def test_an_adopted_run_without_a_log_is_let_be(kept: Keeping, tmp_path: Path) -> None:
    assert kept.adopt(RUN) is None
    (tmp_path / "logs" / "backup" / f"{RUN}.log").mkdir(parents=True)
    assert kept.adopt(RUN) is None


def test_what_nobody_will_end_is_closed_up(kept: Keeping, caps: Caps, an_attempt: MakeAttempt) -> None:
    attempt = an_attempt("true")
    opened = kept.open(attempt)
    os.write(opened.output, bytes(10 * BLOCK))
    caps.look()
    (opened.artifacts / "a").write_bytes(bytes(101))
    os.close(opened.output)
    kept.close_up("backup", RUN)
    until(lambda: attempt.log.stat().st_size < CAP + BLOCK)
    until(lambda: not opened.artifacts.exists())


@pytest.mark.parametrize("place", ["logs", "artifacts"])
def test_without_a_place_to_write_to_nothing_starts(
    kept: Keeping, an_attempt: MakeAttempt, tmp_path: Path, place: str
) -> None:
    (tmp_path / place).write_text("in the way")
    with pytest.raises(
        DaybellError, match=rf"{place}/backup/{RUN}.*: cannot be .*: (Not a directory|File exists)"
    ):
        kept.open(an_attempt("true"))
