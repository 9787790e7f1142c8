"""The scripts in the shells themselves: what would somebody see who pressed Tab?"""

import os
import re
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

import pytest

from api.fake_service import FakeService, add
from cli.program import Program
from daybell.cli.flags import SHELLS
from daybell.cli.grammar import Wants, grammar
from daybell.cli.parser import build

HERE = Path(__file__).parent
NEEDED = "install {0}: apt-get install {0}"
VERBS = build()[1]


@pytest.fixture
def shell_home(lonely: Program) -> Program:
    """Two jobs, a directory and a program `daybell` on the PATH."""
    jobs = lonely.home / "config" / "jobs"
    jobs.mkdir(parents=True)
    (jobs / "backup.json").write_text('{"tags": ["night"]}')
    (jobs / "mail.json").write_text("{}")
    return lonely


class Shell:
    """Presses Tab at the end of lines."""

    def __init__(self, name: str, home: Program, work: Path) -> None:
        self._name = name
        self._work = work
        script = work / f"script.{name}"
        script.write_text(home("completion", name).out)
        programs = work / "bin"
        programs.mkdir(exist_ok=True)
        (programs / "daybell").unlink(missing_ok=True)
        (programs / "daybell").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m daybell "$@"\n')
        (programs / "daybell").chmod(0o700)
        path = f"{programs}:{os.environ['PATH']}"
        self._environ = {**os.environ, **home.environ, "SCRIPT": str(script), "PATH": path, "HOME": str(work)}

    def complete(self, *lines: tuple[str, ...]) -> list[set[str]]:
        """The candidates of each line, whose last word is the one to be completed."""
        if self._name == "fish":
            said = [
                self._run("-c", f'source "$SCRIPT"; complete -C {_fish(" ".join(line))}') for line in lines
            ]
            return [{row.partition("\t")[0] for row in text.splitlines()} for text in said]
        shown = ["|".join(line) if self._name == "bash" else " ".join(line) for line in lines]
        options = ["--norc", "--noprofile"] if self._name == "bash" else ["-f"]
        text = self._run(*options, str(HERE / f"shells.{self._name}"), *shown)
        parts = re.split(r"^== .*\n", text, flags=re.MULTILINE)
        assert len(parts) == len(lines) + 1, text
        return [set(part.split()) for part in parts[1:]]

    def _run(self, *argv: str) -> str:
        program = shutil.which(self._name)
        assert program
        done = subprocess.run(
            [program, *argv],
            env=self._environ,
            cwd=self._work,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == ""
        return done.stdout


def _fish(line: str) -> str:
    return "'" + line.replace("\\", "\\\\").replace("'", "\\'") + "'"


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(
    request: pytest.FixtureRequest, shell_home: Program, tmp_path_factory: pytest.TempPathFactory
) -> Shell:
    if shutil.which(request.param) is None:
        pytest.skip(NEEDED.format(request.param))
    return Shell(request.param, shell_home, tmp_path_factory.mktemp("work"))


def test_tab_completes_what_may_stand_there(shell: Shell) -> None:
    table: Mapping[tuple[str, ...], set[str]] = {
        ("daybell", "pa"): {"pause", "paths"},
        ("daybell", "--debug", "pa"): {"pause", "paths"},
        ("daybell", "pause", ""): {"backup", "mail"},
        ("daybell", "pause", "b"): {"backup"},
        ("daybell", "show", "--report", ""): {"md", "json"},
        ("daybell", "show", "--rep"): {"--report"},
        ("daybell", "history", "backup", "--outcome", "fa"): {"failed"},
        ("daybell", "add", "x", "--tag", ""): {"night"},
        ("daybell", "next", "--cron", ""): set(),
        ("daybell", "completion", "z"): {"zsh"},
    }
    assert dict(zip(table, shell.complete(*table), strict=True)) == table


def test_tab_completes_files_and_commands(shell: Shell, shell_home: Program) -> None:
    home = f"{shell_home.home}/"
    file, directory, program = shell.complete(
        ("daybell", "check", f"{home}config/jobs/b"),
        ("daybell", "add", "--cwd", f"{home}conf"),
        ("daybell", "add", "x", "--", "daybel"),
    )
    assert {Path(found).name for found in file} == {"backup.json"}
    assert {Path(found).name for found in directory} == {"config"}
    assert "daybell" in program


def test_each_verb_completes_its_flags(shell: Shell) -> None:
    parser, _names = build()
    found = shell.complete(*(("daybell", name, "--") for name in VERBS))
    for verb, seen in zip(grammar(parser).verbs, found, strict=True):
        assert {flag for option in verb.options for flag in option.flags if flag[:2] == "--"} <= seen


def test_no_tag_is_ever_run(shell: Shell, shell_home: Program, tmp_path: Path) -> None:
    job = shell_home.home / "config" / "jobs" / "backup.json"
    job.write_text('{"tags": ["$(touch evil)", "`touch evil`"]}')
    (seen,) = shell.complete(("daybell", "add", "x", "--tag", ""))
    assert any("touch" in one for one in seen)
    assert not list(shell._work.rglob("evil"))


@pytest.mark.parametrize("name", ["bash", "fish"])
def test_ids_come_from_the_running_app(
    daybell: Program, service: FakeService, name: str, tmp_path: Path
) -> None:
    if shutil.which(name) is None:
        pytest.skip(NEEDED.format(name))
    add(service, "backup")
    run_id = service.run_now("backup")
    jobs, runs = Shell(name, daybell, tmp_path).complete(("daybell", "show", "b"), ("daybell", "retry", ""))
    assert (jobs, runs) == ({"backup"}, {run_id})


@pytest.mark.parametrize("name", SHELLS)
def test_each_script_names_every_verb_and_flag(lonely: Program, name: str) -> None:
    said = lonely("completion", name)
    assert (said.code, said.err) == (0, "")
    for verb in grammar(build()[0]).verbs:
        assert re.search(rf"\b{verb.name}\b", said.out)
        for flag in (flag for option in verb.options for flag in option.flags):
            assert flag in said.out or f"-l {flag[2:]} " in said.out or f"-s {flag[1:]} " in said.out


def test_powershells_brackets_and_quotes_match(lonely: Program) -> None:
    """There is no PowerShell here: what can be told without one."""
    text = lonely("completion", "powershell").out
    assert "Register-ArgumentCompleter -Native -CommandName daybell" in text
    bare = re.sub(r"(?m)^\s*#.*$|'(?:[^']|'')*'|\"(?:[^\"`]|`.)*\"", "", text)
    assert "'" not in bare
    assert '"' not in bare
    for opening, closing in ("()", "[]", "{}"):
        assert bare.count(opening) == bare.count(closing)
    tables = re.findall(r"^\$global:(\w+)\['([^']*)'\] = '([^']*)'$", text, re.MULTILINE)
    assert ("daybellWanted", "show --report", "words md json") in tables
    assert ("daybellPlaces", "pause 0", "jobs") in tables
    assert ("daybellPlaces", "check *", "files") in tables
    assert {name for name, _, _ in tables} == {"daybellFlags", "daybellWanted", "daybellPlaces"}


@pytest.mark.parametrize("argv", [(), ("tcsh",)])
def test_only_these_shells_are_known(
    lonely: Program, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
) -> None:
    assert lonely("completion", *argv).code == 2
    assert "daybell completion: error: " in capsys.readouterr().err


def test_a_commands_own_commands_are_words() -> None:
    parser = ArgumentParser()
    below = parser.add_subparsers().add_parser("settings", help="read or change").add_subparsers(metavar="DO")
    below.add_parser("get").add_argument("--json", action="store_true", help="100%% plain")
    below.add_parser("set").add_argument("file", metavar="FILE", nargs="+")
    (verb,) = grammar(parser).verbs
    assert verb.places == (Wants("words", ("get", "set"), "DO"), Wants("files", (), "FILE", is_endless=True))
    assert [option.about for option in verb.options if "--json" in option.flags] == ["100% plain"]
