import os
from pathlib import Path

import pytest

from daybell.handlers.program import Program, check_command, find_program, working_directory
from daybell.model.job import CommandHandler
from daybell.model.status import Problem


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    script(tmp_path / "bin" / "tool")
    (tmp_path / "notes.txt").write_text("not a program")
    return tmp_path


def script(path: Path) -> None:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("cwd", "expected"),
    [(None, "."), ("~", "."), ("~/a", "a"), ("a", "a"), ("~nobody-here/a", "~nobody-here/a")],
)
def test_the_working_directory_is_found_from_home(home: Path, cwd: str | None, expected: str) -> None:
    assert working_directory(CommandHandler(argv=("tool",), cwd=cwd)) == home / expected


def test_an_absolute_working_directory_stays(home: Path) -> None:
    assert working_directory(CommandHandler(argv=("tool",), cwd="/")) == Path("/")


@pytest.mark.parametrize("name", ["tool", "bin/tool", "./bin/tool", "~/bin/tool"])
def test_a_program_is_found_on_the_path_and_from_the_working_directory(home: Path, name: str) -> None:
    found = find_program(CommandHandler(argv=(name,)), {"PATH": str(home / "bin")})
    assert isinstance(found, Program)
    assert Path(found.path) == home / "bin" / "tool"


def test_the_commands_own_path_counts(home: Path) -> None:
    (home / "other").mkdir()
    script(home / "other" / "special")
    handler = CommandHandler(argv=("special",), env={"PATH": str(home / "other")})
    assert check_command(handler, "backup.json") == []


def test_each_look_is_at_the_machine_as_it_is_now(home: Path) -> None:
    handler = CommandHandler(argv=("late",), env={"PATH": f"{home / 'bin'}{os.pathsep}{home / 'other'}"})
    (home / "other").mkdir()
    seen = [bool(check_command(handler, "backup.json"))]
    for path in (home / "other" / "late", home / "bin" / "late"):
        script(path)
        seen.append(bool(check_command(handler, "backup.json")))
        path.unlink()
        seen.append(bool(check_command(handler, "backup.json")))
    assert seen == [True, False, True, False, True]


def test_the_shell_finds_its_programs_itself(home: Path) -> None:
    assert check_command(CommandHandler(argv=("no-such-thing | wc",), shell=True), "backup.json") == []


@pytest.mark.parametrize(
    ("handler", "field", "message"),
    [
        (
            CommandHandler(argv=("rsync", "-a")),
            "handler.argv[0]",
            (
                "program not found: 'rsync' is not on the job's PATH: "
                "install it or write its full path in handler.argv[0]"
            ),
        ),
        (
            CommandHandler(argv=("bin/rsync",)),
            "handler.argv[0]",
            "program not found: '{home}/bin/rsync' does not exist: correct 'bin/rsync' in handler.argv[0]",
        ),
        (
            CommandHandler(argv=("./notes.txt",)),
            "handler.argv[0]",
            "'{home}/notes.txt' is not an executable file: make it executable or change handler.argv[0]",
        ),
        (
            CommandHandler(argv=("tool",), cwd="~/nowhere"),
            "handler.cwd",
            "the directory '{home}/nowhere' does not exist: create it or change handler.cwd",
        ),
        (
            CommandHandler(argv=("tool",), cwd="notes.txt"),
            "handler.cwd",
            "the directory '{home}/notes.txt' is not a directory: create it or change handler.cwd",
        ),
        (CommandHandler(argv=()), "handler.argv", "no program is named: write one into handler.argv[0]"),
        (
            CommandHandler(argv=(" ",), shell=True),
            "handler.argv",
            "no program is named: write one into handler.argv[0]",
        ),
    ],
)
def test_a_problem_names_file_field_and_remedy(
    home: Path, handler: CommandHandler, field: str, message: str
) -> None:
    expected = Problem(file="backup.json", field=field, message=message.format(home=home))
    assert check_command(handler, "backup.json") == [expected]


@pytest.mark.skipif(os.name == "nt", reason="Windows looks at no first line")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("#!/bin/sh\n", ""),
        ("#!/usr/bin/env tool\n", ""),
        ("no script", ""),
        (
            "#!/no/such/python\n",
            "names '/no/such/python', which does not exist: install it or correct the line",
        ),
        (
            "#!/usr/bin/env python9\n",
            "names 'python9', which is not on the job's PATH: install it or write its full path there",
        ),
        (
            "#!/bin/sh\r\necho\r\n",
            "ends as on Windows, so that its interpreter is not found: save it with Unix line ends",
        ),
    ],
)
def test_a_script_without_its_interpreter_is_a_problem(home: Path, content: str, message: str) -> None:
    program = home / "bin" / "mine"
    program.write_bytes(content.encode())
    program.chmod(0o755)
    said = f"the first line of '{program}' {message}"
    expected = [Problem("backup.json", "handler.argv[0]", said)] if message else []
    assert check_command(CommandHandler(argv=("mine",)), "backup.json") == expected
    program.unlink()
    assert check_command(CommandHandler(argv=("mine",)), "backup.json") != []


def test_the_environment_of_jobs_counts_and_not_this_process(home: Path) -> None:
    handler = CommandHandler(argv=("tool",))
    assert check_command(handler, "backup.json", {"PATH": str(home)}) != []
    assert check_command(handler, "backup.json", {"PATH": str(home / "bin")}) == []
