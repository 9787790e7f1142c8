import json
import os
import struct
import subprocess
import sys
from importlib.metadata import version
from inspect import signature
from io import BytesIO, TextIOWrapper

import pytest

from api.fake_service import FakeService, add
from cli.ann import settle
from cli.program import NOW, Program, content
from daybell.cli.commands import COMMANDS
from daybell.cli.failure import exit_code_of
from daybell.cli.grammar import grammar
from daybell.cli.main import found, main, split
from daybell.cli.parser import build
from daybell.cli.terminal import Terminal, columns, wants_colour

TOO_MUCH = {
    *("apscheduler", "msgspec", "platformdirs", "starlette", "uvicorn"),
    *("asyncio", "calendar", "concurrent.futures", "dataclasses", "difflib", "email", "hashlib"),
    *("http.client", "importlib.metadata", "inspect", "logging", "queue", "random", "shlex", "shutil"),
    *("signal", "ssl", "subprocess", "tempfile", "textwrap", "threading", "webbrowser", "zoneinfo"),
}
"""What no command that asks the app may load: each is worth a millisecond or many."""
CHEAP = {
    *("__main__", "api", "cli", "core", "machine", "machine.own_command", "model", "store"),
    *("api.client", "api.conversation", "api.peers", "api.reach", "api.shapes"),
    *("cli.asking", "cli.commands", "cli.examples", "cli.failure", "cli.flags", "cli.main", "cli.parser"),
    *("cli.reading", "cli.terminal", "cli.times", "cli.words"),
    *("core.tables", "store.directories"),
}
"""What every one of them may load of ourselves."""


def run(home: Program, *argv: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, **home.environ}
    return subprocess.run(
        [sys.executable, *argv], env=environ, capture_output=True, text=True, timeout=30, check=False
    )


def loaded(home: Program, *argv: str) -> set[str]:
    """The modules that a command needs beyond those that Python itself, and a measurement, begin with."""
    script = (
        "import sys; before = set(sys.modules)\n"
        "from daybell.__main__ import main\n"
        f"code = main({argv!r})\n"
        "print(*sorted(set(sys.modules) - before), file=sys.stderr); sys.exit(code)"
    )
    said = run(home, "-c", script)
    assert said.returncode == 0, said.stderr
    return set(said.stderr.splitlines()[-1].split())


def ours(modules: set[str]) -> set[str]:
    """Our own among them, beside those that are cheap."""
    return {one.removeprefix("daybell.") for one in modules if one.startswith("daybell.")} - CHEAP


@pytest.mark.parametrize(
    ("argv", "own"),
    [
        (("status",), {"cli.status", "cli.standing"}),
        (("list",), {"cli.look", "cli.standing", "core.amounts"}),
        (("show", "backup"), {"cli.look", "cli.standing", "core.amounts"}),
        (("history",), {"cli.past", "model.durations"}),
        (("pause", "backup"), {"cli.act"}),
        (("stats",), {"cli.insight"}),
    ],
)
def test_commands_that_ask_load_nothing_heavy(
    daybell: Program, service: FakeService, argv: tuple[str, ...], own: set[str]
) -> None:
    """So that each of them takes no longer than five times as long as Python alone."""
    settle(service)
    add(service, "backup")
    modules = loaded(daybell, *argv)
    too_much = TOO_MUCH - {"shlex"} if argv[0] == "show" else TOO_MUCH
    assert modules & too_much == set()
    assert ours(modules) == own


def test_each_command_is_where_its_entry_says() -> None:
    for name in COMMANDS:
        assert list(signature(found(name)).parameters)[:2] == ["args", "terminal"] or name == "start"


def test_one_branch_reads_what_the_whole_tree_reads(lonely: Program) -> None:
    whole = {verb.name: verb for verb in grammar(build()[0]).verbs}
    for name in COMMANDS:
        assert grammar(build(name)[0]).verbs == (whole[name],)
    assert list(whole) == list(COMMANDS)


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


@pytest.mark.parametrize("argv", [(), ("--help",), ("help",)])
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
    help_page = capsys.readouterr().out
    assert help_page.startswith(f"usage: daybell {command}")
    assert lonely("help", command).code == 0
    assert capsys.readouterr().out == help_page


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("statsu",), "there is no command 'statsu'; did you mean `daybell stats` or `daybell status`?"),
        (("hisotry",), "there is no command 'hisotry'; did you mean `daybell history`?"),
        (("frobnicate",), "there is no command 'frobnicate'; `daybell --help` lists them all"),
        (("status", "backup"), "`daybell status` does not take 'backup'; see `daybell status --help`"),
        (("status", "--wacth"), "`daybell status` does not take '--wacth'; did you mean --watch?"),
        (("stop", "--tiemout", "3"), "`daybell stop` does not take '--tiemout' '3'; did you mean --timeout?"),
        (("--versoin",), "`daybell` does not take '--versoin'; did you mean --version?"),
        (("-V",), "`daybell` does not take '-V'; see `daybell --help`"),
        (
            ("help", "statsu"),
            "there is no command 'statsu'; did you mean `daybell stats` or `daybell status`?",
        ),
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


@pytest.mark.parametrize(("asked", "width"), [("100", 100), ("0", 7), ("-5", 7), ("wide", 7), ("", 7)])
def test_a_window_may_be_as_wide_as_somebody_says(
    monkeypatch: pytest.MonkeyPatch, asked: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", asked)
    monkeypatch.setattr("sys.__stdout__", None)  # as where a program has no window
    assert columns(7) == width


def test_a_window_is_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    monkeypatch.delenv("COLUMNS", raising=False)
    with os.fdopen(theirs, "w") as window:
        monkeypatch.setattr("sys.__stdout__", window)
        assert columns(7) == 7  # one that does not know
        fcntl = pytest.importorskip("fcntl")
        fcntl.ioctl(ours, pytest.importorskip("termios").TIOCSWINSZ, struct.pack("HHHH", 24, 91, 0, 0))
        assert columns(7) == 91
    os.close(ours)


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
