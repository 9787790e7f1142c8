"""Lines come as datagrams at the sockets of journald and of syslog."""

import os
import socket
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from builders import at
from daybell.core.system_log import NOTICE, Line
from daybell.engine.memory import VirtualClock
from daybell.logs.system import SystemLog
from daybell.model.events import SchedulerStopped

if sys.platform == "win32":
    pytest.skip("Windows has neither", allow_module_level=True)

from daybell.logs.linux import connected

NOW = at("2026-03-02 12:00")
LINE = Line(NOTICE, "Daybell has stopped", "scheduler_stopped")
FOR_JOURNALD = (
    b"MESSAGE=Daybell has stopped\nPRIORITY=5\nSYSLOG_IDENTIFIER=daybell\nDAYBELL_EVENT=scheduler_stopped\n"
)


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sockets have short names."""
    monkeypatch.chdir(tmp_path)
    return Path()


def listener(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.bind(str(path))
    made.settimeout(20)
    return made


@pytest.fixture
def journald(directory: Path) -> Iterator[socket.socket]:
    with listener(directory / "journald") as made:
        yield made


@pytest.fixture
def syslog(directory: Path) -> Iterator[socket.socket]:
    with listener(directory / "syslog") as made:
        yield made


def log(directory: Path) -> SystemLog:
    clock = VirtualClock(NOW)
    return SystemLog(partial(connected, clock, directory / "journald", directory / "syslog"), clock)


def tell(one: SystemLog, times: int = 1) -> None:
    for _ in range(times):
        one.hear([SchedulerStopped(at=NOW)])


@pytest.mark.usefixtures("syslog")
def test_journald_is_told_where_there_is_one(directory: Path, journald: socket.socket) -> None:
    one = log(directory)
    tell(one)
    one.close()
    assert journald.recv(4096) == FOR_JOURNALD


def test_elsewhere_syslog_is(directory: Path, syslog: socket.socket) -> None:
    one = log(directory)
    tell(one)
    one.close()
    told = syslog.recv(4096).decode()
    wall = NOW.astimezone()
    assert told == f"<13>Mar  2 {wall:%H:%M:%S} daybell[{os.getpid()}]: Daybell has stopped"


def test_without_any_nothing_happens(directory: Path) -> None:
    one = log(directory)
    tell(one, 3)
    one.close()


def test_one_that_reads_nothing_holds_up_nobody(directory: Path, journald: socket.socket) -> None:
    one = log(directory)
    tell(one, 5000)
    assert journald.recv(4096) == FOR_JOURNALD
    tell(one)
    one.close()


def test_one_that_was_restarted_is_told_again(directory: Path, journald: socket.socket) -> None:
    one = log(directory)
    tell(one)
    journald.close()
    (directory / "journald").unlink()
    with listener(directory / "journald") as again:
        tell(one)
        assert again.recv(4096) == FOR_JOURNALD
    one.close()


def test_a_path_that_is_no_socket_of_this_kind_is_passed_over(directory: Path, syslog: socket.socket) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
        stream.bind(str(directory / "journald"))
        stream.listen()
        one = log(directory)
        tell(one)
        one.close()
    assert syslog.recv(4096).endswith(b": Daybell has stopped")
