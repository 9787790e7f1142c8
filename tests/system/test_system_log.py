"""What does journald hear of the real app?"""

import shutil
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from app_home import DAYBELL, Home

pytestmark = pytest.mark.system

OF_ITS_OWN = """
set -e
mount -t tmpfs none /run
mkdir -p /run/systemd/journal
mount --bind "$0" /run/systemd/journal
exec "$@"
"""
"""A view of the files in which journald is ours."""


def daybell_in(directory: Path) -> tuple[str, ...]:
    unshare = shutil.which("unshare")
    view = (unshare or "unshare", "--mount", "--map-root-user", "/bin/sh", "-c", OF_ITS_OWN, str(directory))
    if not unshare or subprocess.run([*view, "true"], capture_output=True, check=False).returncode:
        pytest.skip("Linux must let one mount: unshare --mount --map-root-user")
    return (*view, sys.executable, "-m", "daybell")


def test_journald_hears_of_the_start_a_failure_the_recovery_and_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "journal").mkdir()
    home = Home(tmp_path / "home")
    home.shell("backup", f"echo hunter22-hunter22; test -e {tmp_path}/good")
    heard: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journald:
        journald.bind("journal/socket")
        journald.settimeout(20)
        home.program = daybell_in(tmp_path / "journal")
        with home.running("--headless"):
            home.program = DAYBELL
            home.daybell("run", "backup", "--wait")
            (tmp_path / "good").touch()
            home.daybell("run", "backup", "--wait")
        while not heard or b"has stopped" not in heard[-1]:
            heard.append(journald.recv(4096))
    messages = [datagram.split(b"\n")[0].decode() for datagram in heard]
    assert [message for message in messages if "environment of jobs" not in message] == [
        f"MESSAGE=Daybell {version('daybell')} has started, with 1 job",
        "MESSAGE=backup failed with exit code 1",
        "MESSAGE=backup works again",
        "MESSAGE=Daybell has stopped",
    ]
    assert not [datagram for datagram in heard if b"hunter22" in datagram]


def test_journald_hears_why_daybell_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "journal").mkdir()
    home = Home(tmp_path / "home")
    (home.path / "config" / "settings.json").write_text('{"lok": {}}')
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journald:
        journald.bind("journal/socket")
        journald.settimeout(20)
        home.program = daybell_in(tmp_path / "journal")
        assert home.daybell("start", "--headless").returncode == 5
        assert journald.recv(4096).startswith(b"MESSAGE=Daybell cannot start: settings.json: lok: ")


def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "journal").mkdir()
    home = Home(tmp_path / "home")
    (home.path / "config" / "settings.json").write_text('{"log": {"system": false}}')
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journald:
        journald.bind("journal/socket")
        home.program = daybell_in(tmp_path / "journal")
        with home.running("--headless"):
            home.program = DAYBELL
        journald.setblocking(False)
        with pytest.raises(BlockingIOError):
            journald.recv(4096)
