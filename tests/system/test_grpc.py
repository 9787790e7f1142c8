"""The gRPC door of the real app: opened by its settings, and for one person alone."""

import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.calling import Calling
from app_home import PACKED, Home

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "win32", reason="Python has no unix sockets on Windows"),
    pytest.mark.skipif(
        PACKED is not None, reason="packages come without gRPC: unset DAYBELL_PROGRAM to run it"
    ),
]

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
STRANGER = """
import os, socket, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(10)
    one.connect(sys.argv[1])
    print(one.recv(100))
except OSError as error:
    print(type(error).__name__)
"""


@pytest.fixture
def path(home: Home) -> Path:
    home.shell("backup", "true")
    (home.path / "config" / "settings.json").write_text('{"api": {"grpc": true}}')
    return home.path / "run" / "grpc.sock"


def as_stranger(path: Path) -> str:
    words = [sys.executable, "-c", STRANGER, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=True, cwd="/")
    return done.stdout.strip()


def test_what_it_says_is_what_the_command_line_says(home: Home, path: Path) -> None:
    with home.running("--headless"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert Calling(path).pause("backup").success
        (job,) = Calling(path).status().jobs
        assert (job.job_name, job.is_paused) == ("backup", True)
        assert home.job("backup")["is_paused"]
        assert home.json("status")["problems"] == []
        begun = time.monotonic()
    assert time.monotonic() - begun < 5  # the whole app
    assert not path.exists()


def test_the_page_shows_how_to_ask(home: Home, path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with home.running("--headless"):
        words = [sys.executable, "-c", example, str(path)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "backup is not paused \n"


def test_without_the_switch_there_is_no_door(home: Home, path: Path) -> None:
    (home.path / "config" / "settings.json").unlink()
    with home.running("--headless") as app:
        assert not path.exists()
        maps = Path(f"/proc/{app.pid}/maps")
        assert not maps.exists() or "google" not in maps.read_text()


def test_without_its_libraries_the_person_is_told_what_to_install(home: Home, path: Path) -> None:
    (home.path / "grpclib.py").write_text("raise ImportError('No module named grpclib')")
    home.environ["PYTHONPATH"] = str(home.path)
    with home.running("--headless"):
        (problem,) = home.json("status")["problems"]
        assert not path.exists()
    assert (problem["file"], problem["field"]) == ("settings.json", "api.grpc")
    assert 'pip install "daybell[grpc]"' in problem["message"]
    assert 'pip install "daybell[grpc]"' in (home.path / "stderr").read_text()


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can become somebody else")
def test_another_user_is_refused_even_when_the_modes_are_opened(home: Home, path: Path) -> None:
    with home.running("--headless") as app:
        assert as_stranger(path) == "PermissionError"
        path.chmod(0o777)
        for directory in (path.parent, path.parent.parent):
            directory.chmod(0o755)
        assert as_stranger(path) in ("ConnectionResetError", "b''")
        assert app.poll() is None
        assert Calling(path).status().scheduler_running
        path.parent.chmod(0o700)
