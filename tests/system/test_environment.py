"""Which environment do the jobs of the real app get, whatever the login shell does?"""

import stat
import time
from pathlib import Path

import pytest

from app_home import Home
from waiting import until

pytestmark = pytest.mark.system

SECRET = "hunter22-hunter22"


def home(tmp_path: Path, profile: str) -> Home:
    person = tmp_path / "person"
    person.mkdir()
    (person / ".bash_profile").write_text(profile)
    made = Home(tmp_path / "home", HOME=str(person), SHELL="/bin/bash", OWN="1")
    made.environ["SHLVL"] = "2"
    made.environ["PATH"] = f"{made.environ['PATH']}:/of/the/app"
    return made


def is_answered(one: Home) -> bool:
    found = one.json("env")
    return bool(found["source"] == "login_shell")


def program(directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "greet").write_text("#!/bin/sh\necho greetings\n")
    (directory / "greet").chmod(stat.S_IRWXU)


def test_a_job_finds_what_the_login_shell_finds_and_a_failure_tells_what_has_changed(tmp_path: Path) -> None:
    program(tmp_path / "bin")
    one = home(tmp_path, f"echo noise\nexport PATH={tmp_path}/bin:$PATH API_TOKEN={SECRET}\n")
    one.command("greet", "greet")
    one.shell("tell", "echo $PATH; echo $OWN")
    with one.running("--headless"):
        until(lambda: is_answered(one))
        assert one.daybell("run", "greet", "--wait").returncode == 0
        one.daybell("run", "tell", "--wait")
        path, own = one.daybell("logs", "tell").stdout.splitlines()
        assert path.startswith(f"{tmp_path}/bin:")
        assert "/of/the/app" not in path
        assert own == "1"  # the session's is the shell's, too
        assert one.json("status")["problems"] == []
        seen = one.daybell("env", "greet").stdout
        assert "greet gets the environment of your login shell, /bin/bash" in seen
        assert f"Daybell itself lacks {tmp_path}/bin" in seen
        assert "/of/the/app" in seen
        assert "API_TOKEN = …" in seen
        assert "SHLVL" not in seen
        assert "SHLVL is not there" in one.daybell("env", "greet", "--all").stdout
        (tmp_path / "person" / ".bash_profile").write_text("export OTHER=1\n")
        assert one.daybell("env", "--refresh").returncode == 0
        until(lambda: bool(one.json("status")["problems"]))
        assert one.daybell("run", "greet", "--wait").returncode != 0
        error = one.ended("greet")[0]["error"]
        assert error.startswith("program not found: 'greet'")
        assert f"has changed: PATH lacks {tmp_path}/bin; API_TOKEN is gone; OTHER is new" in error
    found = [
        path
        for path in (tmp_path / "home").rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert found == []


def test_drift_is_told_across_a_restart(tmp_path: Path) -> None:
    one = home(tmp_path, "export MODE=good\n")
    one.shell("judge", 'test "$MODE" = good')
    with one.running("--headless"):
        until(lambda: is_answered(one))
        assert one.daybell("run", "judge", "--wait").returncode == 0
    (tmp_path / "person" / ".bash_profile").write_text("export MODE=bad\n")
    with one.running("--headless"):
        until(lambda: is_answered(one))
        one.daybell("run", "judge", "--wait")
        assert (
            "(since its last success the environment has changed: MODE is different)"
            in (one.ended("judge")[0]["error"])
        )


def test_a_login_shell_that_hangs_holds_up_neither_the_start_nor_jobs_nor_the_end(tmp_path: Path) -> None:
    one = home(tmp_path, "sleep 1000\n")
    one.shell("tell", "echo $PATH")
    with one.running("--headless"):
        assert one.daybell("run", "tell", "--wait").returncode == 0
        assert "/of/the/app" in one.daybell("logs", "tell").stdout
        said = one.daybell("env").stdout
        assert said.splitlines()[:2] == [
            "jobs get Daybell's own environment",
            "But the login shell has not answered yet: jobs get Daybell's own environment",
        ]
        begun = time.monotonic()
    assert time.monotonic() - begun < 15
    assert not [one for one in Path("/proc").iterdir() if one.name.isdigit() and _sleeps(one)]


def _sleeps(process: Path) -> bool:
    try:
        return (process / "cmdline").read_bytes() == b"sleep\x001000\x00"
    except OSError:
        return False
