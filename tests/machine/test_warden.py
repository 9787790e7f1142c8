"""A child that knows secrets in place of Daybell."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybell.machine.own_command import SHIM, own_role
from daybell.machine.processes import shim
from daybell.machine.warden import DIED, LOST, Warden
from daybell.model.errors import SecretUnavailable
from secret_stores import SECRET, WARDEN
from waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "win32", reason="it is handed sockets"),
]

PRINT = "import os; print('is', os.environ['SECRET']); print('tag', os.environ.get('DAYBELL_RUN_ID'))"
BOUND = 20.0


def open_files() -> list[str]:
    """By their numbers."""
    return sorted(path.name for path in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else []


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Neither threads, descriptors nor children."""
    before = open_files()
    yield
    until(lambda: not any(thread.name.startswith("pump ") for thread in threading.enumerate()))
    until(lambda: open_files() == before)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "r1.log"


def a_warden(log: Path, *command: str, **asked: str) -> Warden:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return Warden(command or WARDEN, "r1", asked or {"SECRET": "planted"}, file)


def dismiss(warden: Warden) -> None:
    os.close(warden.inlet)
    warden.release()


def begin(warden: Warden, *argv: str) -> "tuple[subprocess.Popen[bytes], bytes]":
    """A command that begins as a shim, and what kept it from beginning."""
    channel = warden.channel()
    popen = subprocess.Popen(
        own_role(SHIM), stdin=channel.inlet, stdout=warden.inlet, stderr=warden.inlet, env={}
    )
    os.close(channel.inlet)
    os.close(warden.inlet)
    assert channel.is_ready()
    orders = shim.orders(argv[0], argv, {"PATH": os.environ["PATH"]}, {})
    assert SECRET.encode() not in orders
    return popen, channel.become(orders)


def test_a_command_gets_its_secret_and_its_output_is_masked(log: Path) -> None:
    warden = a_warden(log)
    warden.admit()
    popen, failure = begin(warden, sys.executable, "-c", PRINT)
    assert (failure, popen.wait(BOUND)) == (b"", 0)
    assert warden.drain(BOUND)
    assert log.read_text() == "is ***\ntag None\n"
    assert warden.masked(f"so {SECRET} it is") == "so *** it is"
    warden.release()


def test_a_program_that_cannot_be_started_is_told(log: Path) -> None:
    warden = a_warden(log)
    warden.admit()
    popen, failure = begin(warden, "/nowhere/program")
    assert popen.wait(BOUND) == 127
    assert str(shim.failure(failure)) == "[Errno 2] No such file or directory"
    warden.release()


@pytest.mark.parametrize(
    ("asked", "said", "is_permanent"),
    [
        ({"SECRET": "planted", "TOKEN": "other"}, "handler.env.TOKEN: there is no secret", True),
        ({"TOKEN": "other"}, "set it with `daybell secret set other`", True),
    ],
)
def test_a_secret_that_is_not_there_is_refused(
    log: Path, asked: dict[str, str], said: str, *, is_permanent: bool
) -> None:
    warden = a_warden(log, **asked)
    with pytest.raises(SecretUnavailable) as refusal:
        warden.admit()
    assert said in str(refusal.value)
    assert refusal.value.is_permanent == is_permanent
    dismiss(warden)


SILENT = (sys.executable, "-c", "import sys; sys.stdin.read()")


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-c", "pass"),
        (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"),
        (sys.executable, "-c", """print('{"te', end='', flush=True)"""),
    ],
)
def test_a_child_that_ends_at_once_is_a_refusal(log: Path, command: tuple[str, ...]) -> None:
    warden = a_warden(log, *command)
    with pytest.raises(SecretUnavailable) as refusal:
        warden.admit()
    assert (str(refusal.value), refusal.value.is_permanent) == (DIED, False)
    dismiss(warden)


def test_a_child_that_is_waited_for_can_be_given_up(log: Path) -> None:
    warden = a_warden(log, *SILENT)
    threading.Timer(0.1, warden.give_up).start()
    with pytest.raises(SecretUnavailable):
        warden.admit()
    dismiss(warden)


def test_where_there_is_no_child_to_be_had_nothing_stays_open(log: Path) -> None:
    with pytest.raises(FileNotFoundError):
        a_warden(log, "/nowhere/python")


def no_thread(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_where_there_is_no_thread_to_be_had_nothing_stays_open(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(OSError, match="there are no more threads"):
            a_warden(log, *SILENT)


def test_when_the_child_dies_nothing_more_is_told_and_nobody_waits(log: Path) -> None:
    warden = a_warden(log)
    warden.admit()
    popen, failure = begin(warden, sys.executable, "-c", "while True: print('more and more')")
    assert failure == b""
    until(lambda: log.stat().st_size > 0)
    warden.give_up()
    assert warden.drain(BOUND)
    assert popen.wait(BOUND) in (1, 120, -signal.SIGPIPE)
    assert warden.masked(SECRET) == LOST
    warden.release()


def test_a_command_does_not_begin_when_the_child_has_died(log: Path) -> None:
    warden = a_warden(log)
    warden.admit()
    channel = warden.channel()
    warden.give_up()
    assert warden.drain(BOUND)
    with pytest.raises(OSError, match=DIED):
        channel.is_ready()
    assert str(shim.failure(channel.become(b""))) == DIED
    os.close(channel.inlet)
    dismiss(warden)


def test_a_shim_that_never_ran_can_be_followed_by_another(log: Path) -> None:
    """As where systemd makes no scope for a limit on memory."""
    warden = a_warden(log)
    warden.admit()
    first = warden.channel()
    os.close(first.inlet)
    assert not first.is_ready()
    popen, failure = begin(warden, "/bin/sh", "-c", 'echo "$SECRET"')
    assert (failure, popen.wait(BOUND)) == (b"", 0)
    assert warden.drain(BOUND)
    assert log.read_text() == "***\n"
    warden.release()


def test_neither_a_logout_nor_an_installer_takes_the_mask_away_before_the_command_is_over(log: Path) -> None:
    warden = a_warden(log)
    warden.admit()
    gate = log.with_name("gate")
    os.mkfifo(gate)
    popen, _ = begin(warden, "/bin/sh", "-c", f'cat {gate}; echo "last words: $SECRET"')
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        os.kill(warden.pid, number)
    gate.write_text("")
    assert popen.wait(BOUND) == 0
    assert warden.drain(BOUND)
    assert log.read_text() == "last words: ***\n"
    warden.release()


def test_what_is_left_behind_is_masked_when_the_attempt_is_over(log: Path) -> None:
    warden = a_warden(log)
    warden.admit()
    gate = log.with_name("gate")
    os.mkfifo(gate)
    popen, failure = begin(warden, "/bin/sh", "-c", f'(cat {gate}; echo "$SECRET") & echo one')
    warden.release()
    assert (failure, popen.wait(BOUND)) == (b"", 0)
    until(lambda: log.read_text() == "one\n")
    gate.write_text("two\n")
    until(lambda: log.read_text() == "one\ntwo\n***\n")


def test_what_goes_wrong_in_the_child_is_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = os.open("/dev/full", os.O_WRONLY)
    warden = Warden(WARDEN, "r1", {"SECRET": "planted"}, file)
    warden.admit()
    with caplog.at_level(logging.WARNING):
        popen, _ = begin(warden, sys.executable, "-c", "print('much')")
        popen.wait(BOUND)
        assert warden.drain(BOUND)
    assert caplog.messages == ["output of run r1 is dropped: No space left on device"]
    warden.release()
