"""The output of a real command on its way into the log."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from daybell.engine.ports import AttemptResult
from daybell.handlers.output import last_line, open_log
from daybell.handlers.piping import LEFT_SECONDS, Output
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.processes.choose import machine_processes
from daybell.machine.processes.interface import TAG, Ended, Processes, Spawn
from daybell.machine.warden import Warden
from daybell.model.job import Limits
from secret_stores import HORSE, WARDEN
from waiting import until

pytestmark = pytest.mark.system


def masking(log: Path) -> Output:
    """With a child that has "horse" for the variable SECRET."""
    file = open_log(log)
    warden = Warden(WARDEN, "r1", {"SECRET": "horse"}, file)
    warden.admit()
    return Output(file, warden)


PrintFrom = Callable[..., Ended]


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    until(lambda: not any(thread.name.startswith("pump ") for thread in threading.enumerate()))


@pytest.fixture
def processes() -> Iterator[Processes]:
    clock = SystemClock()
    deadlines = DeadlineThread(clock)
    deadlines.start()
    yield machine_processes(deadlines, clock)
    deadlines.stop()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "r1.log"


@pytest.fixture
def run(processes: Processes, tmp_path: Path) -> Iterator[PrintFrom]:
    outputs: list[Output] = []

    def run(output: Output, script: str, limits: Limits = Limits(), run_id: str = "") -> Ended:  # noqa: B008 it is frozen
        run_id = run_id or f"test-{uuid4().hex}"
        try:
            process = processes.spawn(
                Spawn(
                    program=sys.executable,
                    argv=(sys.executable, "-c", script),
                    shell=False,
                    cwd=tmp_path,
                    env={**os.environ, TAG: run_id},
                    output=output.inlet,
                    run_id=run_id,
                    limits=limits,
                    channel=output.channel,
                )
            )
        finally:
            os.close(output.inlet)
        ended = process.wait()
        output.drain(left_processes=ended.left_processes)
        outputs.append(output)
        return ended

    yield run
    for output in outputs:
        output.close()


FAILS = """
import os, sys
for byte in os.fsencode(os.environ["SECRET"]):
    os.write(2, bytes([byte]))
sys.exit("wrong password: " + os.environ["SECRET"])
"""


@pytest.mark.parametrize("limits", [Limits(), Limits(nice=1)], ids=["free", "limited"])
def test_neither_the_log_nor_the_error_has_the_secret(log: Path, run: PrintFrom, limits: Limits) -> None:
    ended = run(masking(log), FAILS, limits)
    assert ended.exit_code == 1
    assert log.read_bytes() == b"***wrong password: ***\n"
    assert last_line(log, 0) == "***wrong password: ***"


def test_without_secrets_the_command_writes_into_the_file_itself(log: Path, run: PrintFrom) -> None:
    output = Output(open_log(log))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pump ")]
    run(output, "import sys; print('one'); sys.exit('two')")
    assert sorted(log.read_text().split()) == ["one", "two"]


def test_another_attempt_writes_behind_the_one_before(log: Path, run: PrintFrom) -> None:
    for output in (Output(open_log(log)), masking(log), masking(log)):
        run(output, "print('again')")
    assert log.read_bytes() == b"again\n" * 3


def test_T2_something_left_behind_holds_the_end_up_for_a_moment_only(
    log: Path, processes: Processes, run: PrintFrom
) -> None:
    run_id, clock = f"test-{uuid4().hex}", SystemClock()
    output = masking(log)
    orphan = "import subprocess; subprocess.Popen(['sleep', '300']); print('done')"
    begin = clock.monotonic()
    ended = run(output, orphan, run_id=run_id)
    assert ended.left_processes
    assert LEFT_SECONDS <= clock.monotonic() - begin < 10, "it lives for five minutes"
    assert log.read_bytes() == b"done\n"
    for sighting in processes.sightings():
        if run_id in sighting.marks:
            with suppress(ProcessLookupError):
                os.kill(sighting.identity.pid, 9)


COLOURED = """
import os, sys
secret = os.environ["SECRET"]
sys.exit("wrong: " + secret[:5] + "\\x1b[1m" + secret[5:])
"""


def test_a_secret_with_colours_in_it_does_not_come_together_in_the_error(log: Path, run: PrintFrom) -> None:
    output = masking(log)
    run(output, COLOURED)
    assert last_line(log, 0) == f"wrong: {HORSE}"
    failed = AttemptResult(outcome="failed", exit_code=1, error=last_line(log, 0))
    assert output.masked(failed) == AttemptResult(outcome="failed", exit_code=1, error="wrong: ***")


@pytest.mark.parametrize("is_given", [False, True])
def test_an_error_without_a_secret_stays_as_it_is(log: Path, *, is_given: bool) -> None:
    with closing(masking(log) if is_given else Output(open_log(log))) as output:
        os.close(output.inlet)
        for error in (None, "no space left: caf\\xe9", "schöne Grüße"):
            result = AttemptResult(outcome="failed", error=error)
            assert output.masked(result) == result


@pytest.mark.parametrize("is_given", [False, True])
def test_it_tells_whether_more_may_come(log: Path, *, is_given: bool) -> None:
    with closing(masking(log) if is_given else Output(open_log(log))) as output:
        assert not output.drain(left_processes=True)
        os.close(output.inlet)
        assert output.drain(left_processes=False)
