import json
import os
import subprocess
import sys
from importlib.metadata import version
from io import BytesIO, TextIOWrapper

import pytest

from api.fake_service import FakeService, add
from cli.program import NOW, Program, content
from daybell.cli.failure import exit_code_of
from daybell.cli.main import main, split
from daybell.cli.parser import build
from daybell.cli.terminal import Terminal, wants_colour

HEAVY = {
    "apscheduler",
    "starlette",
    "uvicorn",
    "msgspec",
    "platformdirs",
    "asyncio",
    "dataclasses",
    "difflib",
}


def run(home: Program, *argv: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, **home.environ}
    return subprocess.run(
        [sys.executable, *argv], env=environ, capture_output=True, text=True, timeout=30, check=False
    )


def test_commands_that_ask_load_nothing_heavy(daybell: Program, service: FakeService) -> None:
    """So that each of them takes less than 0.1 s."""
    add(service, "backup")
    for command in (["status"], ["list"], ["show", "backup"], ["history"], ["pause", "backup"]):
        script = (
            "import sys; from daybell.__main__ import main\n"
            f"code = main({command!r})\n"
            "print(sorted(name for name in sys.modules), file=sys.stderr); sys.exit(code)"
        )
        said = run(daybell, "-c", script)
        loaded = set(said.stderr.splitlines()[-1].strip("[]").replace("'", "").split(", "))
        own = {
            name for name in loaded if name.startswith(("daybell.engine", "daybell.core", "daybell.machine"))
        }
        own |= {name for name in loaded if name.startswith("daybell.store.")}
        own -= {"daybell.store.directories", "daybell.core", "daybell.core.amounts", "daybell.core.tables"}
        assert (said.returncode, loaded & HEAVY, own) == (0, set(), set())


def test_it_runs_as_a_module(daybell: Program, service: FakeService) -> None:
    said = run(daybell, "-m", "daybell", "list", "--json")
    assert (said.returncode, json.loads(said.stdout), said.stderr) == (0, [], "")


def test_nothing_is_cut_for_a_file(daybell: Program, service: FakeService) -> None:
    add(service, "a" * 150)
    environ = {key: value for key, value in os.environ.items() if key != "COLUMNS"} | daybell.environ
    said = subprocess.run(
        [sys.executable, "-m", "daybell", "list"], env=environ, capture_output=True, text=True, check=True
    )
    assert "a" * 150 in said.stdout


def test_a_reader_that_leaves_is_no_error(daybell: Program, service: FakeService) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    said = subprocess.run(
        [sys.executable, "-m", "daybell", "status"],
        env={**os.environ, **daybell.environ},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (said.returncode, said.stderr) == (141, b"")


def test_a_narrow_encoding_is_no_error(daybell: Program, service: FakeService) -> None:
    add(service, "backup")
    said = subprocess.run(
        [sys.executable, "-m", "daybell", "status"],
        env={**os.environ, **daybell.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (said.returncode, said.stderr) == (0, b"")


@pytest.mark.parametrize("argv", [(), ("--help",)])
def test_help_lists_every_command(
    lonely: Program, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
) -> None:
    said = lonely(*argv)
    out = capsys.readouterr().out
    _parser, commands = build()
    assert said.code == (0 if argv else 2)
    assert [
        line.split()[0] for line in out.splitlines() if line[:5].strip() and line[:4] == "    "
    ] == commands
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize("command", build()[1])
def test_every_command_explains_itself(
    lonely: Program, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert lonely(command, "--help").code == 0
    assert capsys.readouterr().out.startswith(f"usage: daybell {command}")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("statsu",), "there is no command 'statsu'; did you mean `daybell stats` or `daybell status`?"),
        (("hisotry",), "there is no command 'hisotry'; did you mean `daybell history`?"),
        (("frobnicate",), "there is no command 'frobnicate'; `daybell --help` lists them all"),
        (("status", "backup"), "`daybell status` does not take 'backup'; see its --help"),
        (("list", "--", "ls"), "only `daybell add` takes a command after --"),
        (("start", "--seconds", "5"), "--seconds belongs to --demo"),
    ],
)
def test_a_wrong_command_line_is_told(lonely: Program, argv: tuple[str, ...], sentence: str) -> None:
    assert lonely(*argv) == (2, "", f"daybell: {sentence}\n")


@pytest.mark.parametrize(
    "argv", [("history", "-n", "0"), ("history", "-n", "x"), ("stop", "--timeout", "soon"), ("run",)]
)
def test_a_wrong_value_is_usage(
    lonely: Program, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
) -> None:
    assert lonely(*argv).code == 2
    assert f"daybell {argv[0]}: error: " in capsys.readouterr().err


@pytest.mark.parametrize("argv", [("--debug", "status"), ("status", "--debug")])
def test_debug_shows_where_an_error_came_from(lonely: Program, argv: tuple[str, ...]) -> None:
    with pytest.raises(Exception, match="Daybell is not running"):
        lonely(*argv)


def test_debug_after_the_dashes_is_the_commands_own(daybell: Program, service: FakeService) -> None:
    add(service, "x")
    assert daybell("add", "x", "--", "prog", "--debug").code == 7


@pytest.mark.parametrize("argv", [("version",), ("--version",)])
def test_version_is_the_packages(lonely: Program, argv: tuple[str, ...]) -> None:
    assert lonely(*argv) == (0, f"daybell {version('daybell')}\n", "")
    assert json.loads(lonely("version", "--json").out) == {"version": version("daybell"), "json": 1}


def test_paths_name_every_place(lonely: Program) -> None:
    out = lonely("paths").out
    assert f"jobs      {lonely.home}/config/jobs\n" in out
    assert json.loads(lonely("paths", "--json").out)["socket"] == f"{lonely.home}/run/api.sock"


@pytest.mark.parametrize(
    ("words", "ours", "theirs"),
    [
        (["add", "x"], ["add", "x"], []),
        (["add", "x", "--", "a", "--", "b"], ["add", "x"], ["a", "--", "b"]),
        (["--"], [], []),
    ],
)
def test_the_first_dashes_begin_the_command(words: list[str], ours: list[str], theirs: list[str]) -> None:
    assert split(words) == (ours, theirs)


@pytest.mark.parametrize(
    ("environ", "platform", "is_terminal", "wanted"),
    [
        ({}, "linux", True, True),
        ({}, "linux", False, False),
        ({"NO_COLOR": "1"}, "linux", True, False),
        ({"NO_COLOR": ""}, "linux", True, True),
        ({"TERM": "dumb"}, "linux", True, False),
        ({}, "win32", True, False),
        ({"WT_SESSION": "1"}, "win32", True, True),
    ],
)
def test_colour_is_for_those_who_look(
    environ: dict[str, str],
    platform: str,
    is_terminal: bool,  # noqa: FBT001 - a table
    wanted: bool,  # noqa: FBT001 - a table
) -> None:
    assert wants_colour(environ, platform, is_terminal=is_terminal) is wanted


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("invalid_definition", 5),
        ("invalid_cron", 5),
        ("invalid_settings", 5),
        ("invalid_request", 2),
        ("job_not_found", 4),
        ("run_not_found", 4),
        ("conflict", 7),
        ("already_running", 7),
        ("not_running", 3),
        ("internal", 1),
    ],
)
def test_each_error_has_its_exit_code(code: str, exit_code: int) -> None:
    assert exit_code_of(code) == exit_code


class Interrupting(TextIOWrapper):
    def write(self, text: str, /) -> int:
        raise KeyboardInterrupt


def test_an_interrupt_is_no_traceback(daybell: Program, service: FakeService) -> None:
    terminal = Terminal(Interrupting(BytesIO()), TextIOWrapper(BytesIO()), daybell.environ, NOW)
    assert main(["status"], terminal) == 130


class Broken(TextIOWrapper):
    def write(self, text: str, /) -> int:
        raise RuntimeError("this should not be")


def test_a_mistake_of_ours_is_a_traceback_only_on_demand(daybell: Program, service: FakeService) -> None:
    err = TextIOWrapper(BytesIO())
    terminal = Terminal(Broken(BytesIO()), err, daybell.environ, NOW)
    assert main(["status"], terminal) == 1
    assert content(err) == (
        "daybell: something went wrong inside: RuntimeError('this should not be'); --debug shows where\n"
    )
    with pytest.raises(RuntimeError):
        main(["status", "--debug"], terminal)
