"""What a command prints is carried into its file, and changed on the way."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybell.core.masking import Masker
from daybell.machine.pump import Filter, Pump
from small_disk import needs_mount, small_disk
from waiting import until

SECRET = b"hunter2-correct-horse"
BOUND = 10.0


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Neither threads nor descriptors."""
    before = open_files()
    yield
    until(lambda: not any(name.startswith("pump ") for name in names()))
    until(lambda: open_files() == before)


def open_files() -> list[str]:
    """By their numbers."""
    return sorted(path.name for path in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else []


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


class Piped(Pump):
    """With its pipe."""

    def __init__(self, log: Path, through: Filter) -> None:
        source, self.inlet = os.pipe()
        super().__init__("r1", source, os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), through)


def a_pump(log: Path, *secrets: bytes) -> Piped:
    return Piped(log, Masker(secrets or [SECRET]))


def started(pump: Piped, script: str, *args: str) -> subprocess.Popen[bytes]:
    """A command with this Python script whose both streams go into the pump."""
    argv = [sys.executable, "-c", script, *args]
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=pump.inlet, stderr=pump.inlet)
    os.close(pump.inlet)
    return process


def test_what_is_written_comes_out_masked(log: Path) -> None:
    pump = a_pump(log)
    for part in (b"the word is ", SECRET[:5], SECRET[5:], b"!"):
        os.write(pump.inlet, part)
    os.close(pump.inlet)
    assert pump.drain(BOUND)
    assert log.read_bytes() == b"the word is ***!"


def test_a_line_is_in_the_file_while_the_command_runs(log: Path) -> None:
    pump = a_pump(log)
    os.write(pump.inlet, b"ready\nhun")
    until(lambda: log.read_bytes() == b"ready\n")
    assert not pump.drain(0)
    os.close(pump.inlet)
    assert pump.drain(BOUND)
    assert log.read_bytes() == b"ready\nhun"


def test_a_command_that_never_came_to_be_leaves_an_empty_file(log: Path) -> None:
    pump = a_pump(log)
    os.close(pump.inlet)
    assert pump.drain(BOUND)
    assert log.read_bytes() == b""


IN_PIECES = """
import os, sys
secret = sys.argv[1].encode()
os.write(1, b"x" * 65530)
for stream in (1, 2, 1):
    for byte in secret:
        os.write(stream, bytes([byte]))
for length in range(1, len(secret)):
    os.write(1, secret[:length])
    os.write(2, secret[length:] + b"\\n")
os.write(2, b"y" * (1 << 20))
"""


@pytest.mark.system
def test_a_secret_that_is_printed_in_pieces_on_both_streams_is_masked(log: Path) -> None:
    pump = a_pump(log)
    assert started(pump, IN_PIECES, SECRET.decode()).wait(BOUND) == 0
    assert pump.drain(BOUND)
    expected = b"x" * 65530 + b"***" * 3 + b"***\n" * (len(SECRET) - 1) + b"y" * (1 << 20)
    assert log.read_bytes() == expected


ORPHAN = """
import subprocess, sys
child = "import sys; print('later', flush=True); sys.stdin.readline(); print(sys.argv[1], flush=True)"
orphan = subprocess.Popen([sys.executable, "-c", child, sys.argv[1]], stdin=int(sys.argv[2]))
print("done", flush=True)
"""


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are handed on by number")
def test_T2_what_is_left_behind_prints_on_and_holds_nobody_up(log: Path) -> None:
    pump = a_pump(log)
    theirs, ours = os.pipe()
    argv = [sys.executable, "-c", ORPHAN, SECRET.decode(), str(theirs)]
    process = subprocess.Popen(argv, stdout=pump.inlet, stderr=pump.inlet, pass_fds=[theirs])
    os.close(theirs)
    os.close(pump.inlet)
    assert process.wait(BOUND) == 0
    until(lambda: set(log.read_bytes().split()) == {b"done", b"later"})
    assert not pump.drain(0.01)
    os.write(ours, b"go on\n")
    os.close(ours)
    assert pump.drain(BOUND)
    assert log.read_bytes().endswith(b"***\n")


CHATTY = "import sys\nwhile True: sys.stdout.write('more and more\\n')"
LIFE = """
import os, sys
from daybell.core.masking import Masker
from daybell.machine.pump import Pump
import subprocess
source, inlet = os.pipe()
pump = Pump("r1", source, os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), Masker([b"secret"]))
child = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdout=inlet, stderr=inlet)
os.close(inlet)
print(child.pid, flush=True)
sys.stdin.readline()
os.kill(os.getpid(), 9)
"""


@pytest.mark.system
@pytest.mark.skipif(
    sys.platform != "linux", reason="it looks into /proc for the end of a process that is nobody's child"
)
def test_what_prints_on_when_daybell_is_killed_ends(log: Path) -> None:
    argv = [sys.executable, "-c", LIFE, str(log), CHATTY]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as life:
        assert life.stdout
        pid = int(life.stdout.readline())
        until(lambda: log.exists() and log.stat().st_size > 0)
        life.communicate(b"now\n", BOUND)
    until(lambda: not Path(f"/proc/{pid}/exe").exists() or state(pid) == "Z", BOUND)


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@needs_mount
def test_on_a_full_disk_the_command_goes_on_and_the_loss_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with small_disk(tmp_path) as disk:
        log = tmp_path / "run.log"
        pump = a_pump(log)
        os.write(pump.inlet, b"before\n")
        until(lambda: log.stat().st_size == 7)
        disk.fill()
        before = log.stat().st_size
        os.write(pump.inlet, b"z" * 50_000)
        os.write(pump.inlet, b"z" * 50_000)  # more than a pipe holds: it is read, disk or no disk
        until(lambda: pump._lost + log.stat().st_size - before == 100_000)
        written = log.stat().st_size - before
        disk.free()
        os.write(pump.inlet, b"after\n")
        os.close(pump.inlet)
        assert pump.drain(BOUND)
        lost = 100_000 - written
        gap = f"\n[Daybell could not write {lost:,} bytes here]\nafter\n".encode()
        assert log.read_bytes() == b"before\n" + b"z" * written + gap
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ["output of run r1 is dropped: No space left on device"]


class Broken:
    def feed(self, chunk: bytes) -> bytes:
        raise ZeroDivisionError

    def finish(self) -> bytes:
        return b""


def test_a_filter_that_fails_ends_the_pump_and_nobody_waits(
    log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pump = Piped(log, Broken())
    os.write(pump.inlet, b"x")
    assert pump.drain(BOUND)
    with pytest.raises(BrokenPipeError):
        os.write(pump.inlet, b"x")
    os.close(pump.inlet)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def no_thread(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_where_there_is_no_thread_to_be_had_nothing_stays_open(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, inlet = os.pipe()
    file = os.open(log, os.O_WRONLY | os.O_CREAT)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(OSError, match="there are no more threads"):
            Pump("r1", source, file, Masker([SECRET]))
    os.close(inlet)
