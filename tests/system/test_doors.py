"""The doors of the real app: who gets in, and where their secrets are not."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app_home import Home
from daybell.api.client import Client
from daybell.api.token_client import TokenClient
from waiting import until

pytestmark = pytest.mark.system

STRANGER = """
import http.client, os, socket, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
connection = http.client.HTTPConnection("x")
try:
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(sys.argv[1])
    connection.request(sys.argv[2], sys.argv[3])
    print(connection.getresponse().status)
except (OSError, http.client.HTTPException) as error:
    print(type(error).__name__)
"""
SHOW = "env; tr '\\0' '\\n' < /proc/$PPID/cmdline; ls -l /proc/self/fd; tr '\\0' '\\n' < /proc/$PPID/environ"


@pytest.fixture
def opened(home: Home) -> Iterator[tuple[Home, TokenClient]]:
    home.shell("show", SHOW)
    with home.running("--headless"):
        assert home.daybell("open", "--print-url").returncode == 0
        yield home, TokenClient(home.path / "run" / "endpoint.json")


def open_to_all(path: Path) -> None:
    """What no person should do to a directory and its socket."""
    (path / "api.sock").chmod(0o777)
    for directory in (path, path.parent):
        directory.chmod(0o755)


def as_stranger(socket_path: Path, method: str, path: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", STRANGER, str(socket_path), method, path],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
        cwd="/",
    )
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can become somebody else")
def test_another_user_is_refused_even_when_the_modes_are_opened(home: Home) -> None:
    with home.running("--headless") as app:
        run = home.path / "run"
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
        assert stat.S_IMODE((run / "api.sock").stat().st_mode) == 0o600
        assert as_stranger(run / "api.sock", "GET", "/api/v1/status") == "PermissionError"
        open_to_all(run)
        for method, path in (("GET", "/api/v1/status"), ("POST", "/api/v1/stop"), ("POST", "/api/v1/door")):
            refused = as_stranger(run / "api.sock", method, path)
            assert refused in ("ConnectionResetError", "BrokenPipeError", "RemoteDisconnected")
        assert app.poll() is None
        assert Client(run / "api.sock").get("/api/v1/status")
        assert not (run / "endpoint.json").exists()
        run.chmod(0o700)


def test_the_token_is_in_its_file_and_nowhere_else(opened: tuple[Home, TokenClient]) -> None:
    home, client = opened
    token = json.loads((home.path / "run" / "endpoint.json").read_text())["token"]
    client.post("/api/v1/jobs/show/run")
    client.get("/api/v1/jobs")
    until(lambda: len(home.ended("show")) == 1, 20)
    told = [path for path in home.path.rglob("*") if path.is_file() and token in path.read_text("latin-1")]
    assert told == [home.path / "run" / "endpoint.json"]
    printed = home.daybell("logs", "show").stdout
    assert "DAYBELL_RUN_ID=" in printed  # it did print its environment
    assert "socket:" not in printed  # and no socket of ours was handed down to it
    for shown in (home.daybell("paths"), home.daybell("status", "--json"), home.daybell("show", "show")):
        assert token not in shown.stdout + shown.stderr


def test_the_browsers_command_line_shows_no_code(opened: tuple[Home, TokenClient], tmp_path: Path) -> None:
    home, _ = opened
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/shown\n')
    script.chmod(0o700)
    home.environ |= {"BROWSER": str(script), "DISPLAY": ":99"}
    done = home.daybell("open")
    assert (done.returncode, done.stdout) == (0, "")
    page = home.path / "run" / "open.html"
    assert (tmp_path / "shown").read_text() == f"{page.as_uri()}\n"
    assert "#code=" in page.read_text()


def test_the_command_line_works_through_either_door(opened: tuple[Home, TokenClient]) -> None:
    home, client = opened
    assert client.get("/api/v1/jobs") == Client(home.path / "run" / "api.sock").get("/api/v1/jobs")


def test_with_the_app_the_door_is_gone(home: Home) -> None:
    with home.running("--headless"):
        home.daybell("open", "--print-url")
        assert (home.path / "run" / "endpoint.json").exists()
    assert not (home.path / "run" / "endpoint.json").exists()


def test_a_home_that_others_may_write_does_not_start(home: Home) -> None:
    (home.path / "config").chmod(0o777)
    done = home.daybell("start", "--headless")
    assert done.returncode == 1
    assert "others may write it" in done.stderr
    assert f"chmod go-w {home.path / 'config'}" in done.stderr
