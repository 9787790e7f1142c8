"""`check`: are the files valid? Without the app, by the same rules."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from daybell.api.client import Json
from daybell.cli.failure import Exit, Failure
from daybell.cli.terminal import Terminal
from daybell.cli.words import counted
from daybell.core.tables import clean

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from daybell.model.status import Problem

SETTINGS = "settings.json"


def check(args: Namespace, terminal: Terminal) -> int:
    paths = [Path(name) for name in args.files] or own_files(terminal)
    zone, problems = _settings(paths, terminal)
    for path in paths:
        if path.name != SETTINGS:
            problems += _job(path, zone)
    if args.json:
        listed: list[Json] = [
            {"file": problem.file, "field": problem.field, "message": problem.message} for problem in problems
        ]
        terminal.print_json({"problems": listed})
    else:
        _tell(paths, problems, terminal)
    return Exit.INVALID if problems else Exit.OK


def own_files(terminal: Terminal) -> list[Path]:
    """All that the app would read."""
    directories = terminal.directories
    settings = [directories.settings_file] if directories.settings_file.exists() else []
    return settings + sorted(directories.jobs.glob("[!.]*.json"))


def _settings(paths: list[Path], terminal: Terminal) -> "tuple[ZoneInfo, list[Problem]]":
    """The default zone, by which jobs are read, and what is wrong with the settings files that are meant."""
    from daybell.core.settings import parse_settings  # noqa: PLC0415 - commands that ask the app start faster
    from daybell.core.zones import zone  # noqa: PLC0415 - as above
    from daybell.machine.zones import machine_zone  # noqa: PLC0415 - as above
    from daybell.model.errors import InvalidSettings, InvalidTimezone  # noqa: PLC0415 - as above

    machine = machine_zone()
    default, problems = machine, []
    for path in dict.fromkeys([terminal.directories.settings_file, *paths]):
        if path.name != SETTINGS or (path not in paths and not path.exists()):
            continue
        try:
            settings = parse_settings(path.name, _read(path), machine)
            default = zone(settings.scheduler.default_timezone, machine)
        except InvalidSettings as error:
            problems += list(error.problems) if path in paths else []
        except InvalidTimezone:
            default = machine
    return default, problems


def _job(path: Path, zone: "ZoneInfo") -> "list[Problem]":
    from daybell.core.definitions import parse_job  # noqa: PLC0415 - commands that ask the app start faster
    from daybell.handlers.program import check_command  # noqa: PLC0415 - as above
    from daybell.model.errors import InvalidDefinition  # noqa: PLC0415 - as above

    try:
        job = parse_job(path.stem, path.name, _read(path), zone)
    except InvalidDefinition as error:
        return list(error.problems)
    return list(check_command(job.handler, path.name))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}", Exit.NOT_FOUND) from error


def _tell(paths: list[Path], problems: "list[Problem]", terminal: Terminal) -> None:
    from daybell.model.errors import describe_problem  # noqa: PLC0415 - commands that ask the app start faster

    terminal.print(*(clean(describe_problem(problem)) for problem in problems))
    if not paths:
        terminal.say(f"there are no job files in {terminal.directories.jobs}")
    elif not problems:
        terminal.say(f"{counted(len(paths), 'file')}, no problems")
    else:
        terminal.say(f"{counted(len(problems), 'problem')} in {counted(len(paths), 'file')}")
