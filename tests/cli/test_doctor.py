import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from api.fake_service import FakeService
from app_home import Home
from cli.program import NOW, Program
from daybell.cli.checks import CHECKS
from daybell.cli.doctor import doctor, lines, summary
from daybell.cli.looks import Check, look_at_all
from daybell.cli.terminal import Terminal
from daybell.core.findings import LEVELS, Finding, Level
from daybell.core.tables import columns_of
from waiting import until

SUBJECTS = ["python", "app", "files", "socket", "disk", "jobs", "clock", "zones", "zone", "bus", "path"]


def told(program: Program) -> dict[str, dict[str, str]]:
    said = json.loads(program("doctor", "--json").out)
    return {finding["check"]: finding for finding in said["findings"]}


def test_all_subjects_are_told_in_order(lonely: Program) -> None:
    said = lonely("doctor", "--json")
    answer = json.loads(said.out)
    checks = [finding["check"] for finding in answer["findings"]]
    assert [name for name in checks if name in SUBJECTS] == [name for name in SUBJECTS if name in checks]
    assert set(SUBJECTS) - {"path"} <= set(checks)
    assert (answer["schema"], answer["worst"] in LEVELS, said.err) == (1, True, "")
    assert all(bool(finding["remedy"]) is (finding["level"] != "ok") for finding in answer["findings"])


def test_without_the_app_it_says_how_to_start_it(lonely: Program) -> None:
    assert told(lonely)["app"] == {
        "check": "app",
        "level": "note",
        "message": "Daybell is not running",
        "remedy": "`daybell start` runs it.",
    }
    assert not (lonely.home / "config").exists()  # it changes nothing


def test_a_running_app_is_told(daybell: Program, service: FakeService) -> None:
    service.pid = os.getpid()
    found = told(daybell)["app"]
    assert found["message"].endswith(f" is running (process {os.getpid()})")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no unix socket")
def test_an_app_that_hangs_is_an_error_soon(lonely: Program) -> None:
    (lonely.home / "run").mkdir(mode=0o700)
    started = time.monotonic()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(lonely.home / "run" / "api.sock"))
        silent.listen()
        found = told(lonely)
    assert (found["app"]["level"], "did not answer" in found["app"]["message"]) == ("error", True)
    assert found["path"]["level"] in {"ok", "warning"}
    assert time.monotonic() - started < 6


def test_a_broken_zone_is_told_once(lonely: Program) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "daybell", "doctor"],
        env={**os.environ, **lonely.environ, "TZ": "Nowhere/Bad"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert said.stdout.count("Nowhere/Bad") == 1
    assert said.stderr.count("\n") == 1


def test_an_invalid_job_is_an_error(lonely: Program) -> None:
    jobs = lonely.home / "config" / "jobs"
    jobs.mkdir(parents=True, mode=0o700)
    (jobs / "bad.json").write_text("{")
    said = lonely("doctor")
    assert said.code == 8
    assert "\nerror    jobs       1 file, 1 problem: bad.json: " in said.out
    assert "1 error" in said.err
    assert told(lonely)["jobs"]["remedy"].startswith("`daybell check`")


def test_settings_decide_how_much_room_there_should_be(lonely: Program) -> None:
    config = lonely.home / "config"
    config.mkdir(mode=0o700)
    (config / "settings.json").write_text('{"retention": {"free_disk": "900T"}}')
    assert told(lonely)["disk"]["level"] == "warning"
    (config / "settings.json").write_text("{")
    assert told(lonely)["disk"]["level"] == "ok"


def test_the_persons_shell_is_asked(lonely: Program, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    shell = tmp_path / "sh"
    shell.write_text(f'#!/bin/sh\nshift\nPATH={tmp_path}/own:/no/such\neval "$1"\n')
    shell.chmod(0o700)
    lonely.environ |= {"SHELL": str(shell), "PATH": "/usr/bin"}
    found = told(lonely)["path"]
    said = f"jobs get PATH and all else as your login shell, {shell}, has it"
    assert (found["level"], found["message"]) == ("ok", said)
    shell.write_text("#!/bin/sh\nexit 3\n")
    found = told(lonely)["path"]
    assert (found["level"], found["message"]) == ("warning", f"the login shell {shell} does not answer")
    lonely.environ |= {"SHELL": "/bin/false"}
    assert told(lonely)["path"]["level"] == "note"


@pytest.mark.system
def test_of_a_running_app_it_counts_what_its_jobs_get(tmp_path: Path) -> None:
    shell = tmp_path / "sh"
    shell.write_text("#!/bin/sh\nexit 3\n")
    shell.chmod(0o700)
    home = Home(tmp_path / "home", SHELL=str(shell))
    with home.running("--headless"):
        until(lambda: "code 3" in home.json("env")["word"])
        said = home.daybell("doctor", "--json")
    by_check = {finding["check"]: finding for finding in json.loads(said.stdout)["findings"]}
    assert said.returncode == 1
    assert "is running" in by_check["app"]["message"]
    assert by_check["app"]["level"] == by_check["files"]["level"] == "ok"
    assert by_check["path"]["message"] == (
        f"the login shell {shell} ended without an answer (exit code 3): jobs get Daybell's own environment"
    )
    assert "daybell env --refresh" in by_check["path"]["remedy"]


def check(*findings: Finding) -> Check:
    return Check("x", lambda _: findings)


def a_terminal(program: Program) -> Terminal:
    from io import StringIO

    return Terminal(StringIO(), StringIO(), program.environ, NOW, program.width)


@pytest.mark.parametrize(("level", "code"), [("ok", 0), ("note", 0), ("warning", 1), ("error", 8)])
def test_the_exit_code_says_the_worst(lonely: Program, level: Level, code: int) -> None:
    from argparse import Namespace

    checks = [check(Finding("a", "ok", "fine")), check(Finding("b", level, "so")), check()]
    assert doctor(Namespace(json=False), a_terminal(lonely), checks) == code


def test_a_look_that_breaks_is_told_and_harms_no_other(lonely: Program) -> None:
    def breaks(_: Terminal) -> Iterator[Finding]:
        yield Finding("x", "ok", "half")
        raise OSError("it broke")

    found = look_at_all([Check("odd", breaks), check(Finding("b", "ok", "fine"))], a_terminal(lonely))
    assert [(one.check, one.level) for one in found] == [("odd", "warning"), ("b", "ok")]
    assert "it broke" in found[0].message


def test_a_look_that_hangs_is_given_up(lonely: Program) -> None:
    freed = threading.Event()

    def hangs(_: Terminal) -> Iterable[Finding]:
        freed.wait(20)
        return ()

    (found,) = look_at_all([Check("slow", hangs, seconds=0.05)], a_terminal(lonely))
    freed.set()
    assert (found.check, found.level) == ("slow", "warning")
    assert "no answer within 0.05 seconds" in found.message


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("has_colour", [False, True])
def test_findings_are_folded_to_the_window(lonely: Program, width: int, has_colour: bool) -> None:  # noqa: FBT001 - a table
    lonely.width = width
    terminal = a_terminal(lonely)._replace(has_colour=has_colour)
    finding = Finding("disk", "warning", "word " * 40 + "\x1b[31mred", "remedy " * 20)
    shown = lines(finding, terminal)
    assert shown[0].startswith("\x1b[33mwarning\x1b[0m  disk" if has_colour else "warning  disk       word")
    assert all(columns_of(line.replace("\x1b[2m", "").replace("\x1b[0m", "")) <= width for line in shown[1:])
    assert "\x1b[31m" not in "".join(shown)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (["ok", "note"], "nothing is wrong"),
        (["warning", "error", "warning"], "1 error, 2 warnings"),
        (["warning"], "1 warning"),
    ],
)
def test_the_last_line_counts(levels: list[Level], said: str) -> None:
    assert summary([Finding("x", level, "") for level in levels]) == said


def test_no_two_checks_have_one_name() -> None:
    names = [one.name for one in CHECKS]
    looks: set[Callable[[Terminal], Iterable[Finding]]] = {one.look for one in CHECKS}
    assert len(set(names)) == len(looks) == len(CHECKS)


def test_it_takes_nothing_but_its_flags(lonely: Program) -> None:
    assert lonely("doctor", "now").code == 2
