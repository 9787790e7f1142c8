"""Can this command be started, and as what exactly?"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from daybell.core.search_path import overlaid
from daybell.core.shebang import LONGEST, Interpreter, interpreter
from daybell.model.job import CommandHandler
from daybell.model.status import Problem

Which = Callable[[str, str], str | None]
"""The file of the program of this name on this path."""


class Program(Struct, frozen=True, kw_only=True):
    """A command as it stands in a job, resolved on this machine."""

    path: str
    """The file to execute; empty where the shell finds it."""
    cwd: Path


def check_command(handler: CommandHandler, file: str, base: Mapping[str, str] | None = None) -> list[Problem]:
    """What keeps the command of this job file from starting, as far as one can tell beforehand.

    `base` is the environment that all jobs get; without one, that of this process.
    """
    base = os.environ if base is None else base
    env = overlaid(base, handler.env, sys.platform) if handler.env else base
    found = find_program(handler, env, _still_there)
    if isinstance(found, Program):
        message = _without_interpreter(found.path, env.get("PATH", os.defpath)) if found.path else ""
        return [Problem(file=file, field="handler.argv[0]", message=message)] if message else []
    return [Problem(file=file, field=found.field, message=found.message)]


def _search(name: str, path: str) -> str | None:
    return shutil.which(name, path=path)


def find_program(
    handler: CommandHandler, env: Mapping[str, str], which: Which = _search
) -> Program | Problem:
    """Find the program where the command's own environment says, or say what to do about it."""
    cwd = working_directory(handler)
    if not cwd.is_dir():
        is_file = "is not a directory" if cwd.exists() else "does not exist"
        return _problem(
            "handler.cwd", f"the directory {str(cwd)!r} {is_file}: create it or change handler.cwd"
        )
    if not handler.argv or not handler.argv[0].strip():
        return _problem("handler.argv", "no program is named: write one into handler.argv[0]")
    if handler.shell:
        return Program(path="", cwd=cwd)
    name = os.path.expanduser(handler.argv[0])  # noqa: PTH111 a Path would turn "./x" into "x"
    if os.path.dirname(name):  # noqa: PTH120 as above
        return _program_at(cwd / name, handler.argv[0], cwd)
    path = which(name, env.get("PATH", os.defpath))
    if path is None:
        return _problem(
            "handler.argv[0]",
            f"program not found: {name!r} is not on the job's PATH: "
            "install it or write its full path in handler.argv[0]",
        )
    return Program(path=os.path.abspath(path), cwd=cwd)  # noqa: PTH100 links stay as they are


def working_directory(handler: CommandHandler) -> Path:
    """The home directory where the job names none; what is relative is relative to it."""
    home = Path("~").expanduser()
    if handler.cwd is None:
        return home
    return home / os.path.expanduser(handler.cwd)  # noqa: PTH111 Path raises for unknown users


def _without_interpreter(program: str, path: str) -> str:
    """Why the script cannot be run although it is there; empty where it can, or is none."""
    named = _interpreter(program)
    if named is None:
        return ""
    line = f"the first line of {program!r}"
    if named.is_of_dos:
        return f"{line} ends as on Windows, so that its interpreter is not found: save it with Unix line ends"
    if not os.path.exists(named.path):  # noqa: PTH110 a Path for each job takes longer than the look
        return f"{line} names {named.path!r}, which does not exist: install it or correct the line"
    if named.searched and _still_there(named.searched, path) is None:
        return (
            f"{line} names {named.searched!r}, which is not on the job's PATH: "
            "install it or write its full path there"
        )
    return ""


def _interpreter(program: str) -> Interpreter | None:
    """Of a script on a system that looks at the first line."""
    if os.name == "nt":
        return None
    try:
        seen = os.stat(program)  # noqa: PTH116 as above
        return _interpreter_of(program, seen.st_mtime_ns, seen.st_size)
    except OSError:  # a program that nobody may read can still be run
        return None


@lru_cache(maxsize=256)
def _interpreter_of(program: str, _changed: int, _size: int) -> Interpreter | None:
    """As it was when it was changed then. OSError."""
    with open(program, "rb") as file:  # noqa: PTH123 as above
        return interpreter(file.read(LONGEST))


def _still_there(name: str, path: str) -> str | None:
    """None exactly where a search finds nothing; where it was found before is looked at first."""
    before = _found_before(name, path)
    return before if before is not None and shutil.which(before) else _search(name, path)


@lru_cache(maxsize=256)
def _found_before(name: str, path: str) -> str | None:
    found = _search(name, path)
    return found and os.path.abspath(found)  # noqa: PTH100 links stay as they are


def _program_at(path: Path, written: str, cwd: Path) -> Program | Problem:
    found = shutil.which(str(path))
    if found is not None:
        return Program(path=found, cwd=cwd)
    if not path.exists():
        return _problem(
            "handler.argv[0]",
            f"program not found: {str(path)!r} does not exist: correct {written!r} in handler.argv[0]",
        )
    return _problem(
        "handler.argv[0]",
        f"{str(path)!r} is not an executable file: make it executable or change handler.argv[0]",
    )


def _problem(field: str, message: str) -> Problem:
    return Problem(file="", field=field, message=message)
