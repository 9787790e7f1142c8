"""A newer Daybell takes over from the older one that runs; an older one is told why it may not."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app_home import Home
from every_second import EVERY_SECOND, gaps
from waiting import until

pytestmark = pytest.mark.system

APP = """
import os, sys
from daybell.bootstrap.app import App
from daybell.model.errors import DaybellError
from daybell.store.directories import find
say = lambda line: print(line, flush=True)
try:
    App(find(os.environ), headless=True, say=say, version=sys.argv[1]).run()
except DaybellError as error:
    sys.exit(str(error))
"""


@contextmanager
def app(home: Home, version: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of that version; it must have ended by the end of the block, or be told to."""
    said = (home.path / f"said-{version}").open("w")
    argv = [sys.executable, "-c", APP, version]
    with said, subprocess.Popen(argv, env=home.environ, stdout=said, stderr=said) as one:
        try:
            yield one
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
            assert one.wait(30) == 0
        finally:
            one.kill()


def said(home: Home, version: str) -> str:
    return (home.path / f"said-{version}").read_text()


def is_up(home: Home, version: str) -> bool:
    return "is running: " in said(home, version)


def test_a_newer_one_takes_over_and_no_instant_is_lost_or_doubled(home: Home) -> None:
    home.shell("often", "true", triggers=EVERY_SECOND)
    with app(home, "0.1.0") as older:
        until(lambda: is_up(home, "0.1.0") and len(home.ended("often")) >= 2)
        with app(home, "0.2.0"):
            assert older.wait(20) == 0
            until(lambda: is_up(home, "0.2.0"))
            seen = len(home.ended("often"))
            until(lambda: len(home.ended("often")) >= seen + 2)
    assert f"Daybell 0.1.0 runs here (process {older.pid}); 0.2.0 takes over." in said(home, "0.2.0")
    assert gaps(home.history("often")) == []


@pytest.mark.parametrize(
    ("version", "hint"), [("0.1.0", "it is Daybell 0.2.0, and this is 0.1.0"), ("0.2.0", "")]
)
def test_an_older_one_and_a_second_one_are_refused(home: Home, version: str, hint: str) -> None:
    with app(home, "0.2.0") as newer:
        until(lambda: is_up(home, "0.2.0"))
        argv = [sys.executable, "-c", APP, version]
        other = subprocess.run(
            argv, env=home.environ, capture_output=True, text=True, timeout=30, check=False
        )
        assert other.returncode == 1
        assert f"already running in this home: process {newer.pid}" in other.stderr
        assert hint in other.stderr
        assert newer.poll() is None


def test_an_older_one_does_not_touch_what_a_newer_form_has(home: Home) -> None:
    state = home.path / "state"
    state.mkdir(mode=0o700)
    (state / "form.json").write_text('{"form": 99, "version": "9.0.0"}')
    refused = home.daybell("start", "--headless")
    assert refused.returncode != 0
    assert "Daybell 9.0.0 has written the files of this home" in refused.stderr
    assert "install 9.0.0 or newer again" in refused.stderr
    assert {path.name for path in state.iterdir()} == {"form.json"}


def test_an_app_whose_program_is_exchanged_waits_for_the_new_one_and_goes_on_in_its_process(
    home: Home, tmp_path: Path
) -> None:
    """The interpreter's link is what stands for the program here; beside it lies the mark."""
    python = tmp_path / "python"
    python.symlink_to(sys.executable)
    home.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    mark = tmp_path / "exchanging"
    mark.touch()
    argv = [str(python), "-m", "daybell", "start", "--headless"]
    with subprocess.Popen(argv, env=home.environ, stderr=subprocess.DEVNULL) as one:
        try:
            until(home.answers)
            started = home.json("status")["scheduler"]["started"]
            one.send_signal(signal.SIGUSR1)
            until(lambda: not home.answers())
            assert one.poll() is None
            mark.unlink()
            until(home.answers)
            now = home.json("status")["scheduler"]
            assert (now["pid"], now["started"] > started) == (one.pid, True)
            one.send_signal(signal.SIGTERM)
            assert one.wait(20) == 0
        finally:
            one.kill()
