"""`check`: are the files valid, and do they mean what they seem to? Without the app, by the same rules."""

import os
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from daybell.api.client import Json
from daybell.cli.failure import Exit, Failure
from daybell.cli.terminal import Terminal
from daybell.cli.words import counted
from daybell.core.tables import clean

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from daybell.api.shapes import EnvironmentShape
    from daybell.model.job import Job
    from daybell.model.status import Problem

SETTINGS = "settings.json"
PATIENCE = 2.0
"""Seconds for the app."""


def check(args: Namespace, terminal: Terminal) -> int:
    paths = [Path(name) for name in args.files] or own_files(terminal)
    problems, warnings = examine(paths, terminal, is_whole=not args.files)
    if args.json:
        terminal.print_json({"problems": _listed(problems), "warnings": _listed(warnings)})
    else:
        _tell(paths, problems, warnings, terminal)
    return Exit.INVALID if problems else Exit.OK


def examine(
    paths: list[Path], terminal: Terminal, *, is_whole: bool
) -> "tuple[list[Problem], list[Problem]]":
    """What is wrong with these files, and what may surprise; `is_whole`: there are no other jobs."""
    zone, problems = _settings(paths, terminal)
    base = _base(terminal)
    warnings: list[Problem] = []
    jobs: dict[str, Job] = {}
    for path in paths:
        if path.name != SETTINGS:
            job, wrong, surprising = _job(path, zone, base, terminal)
            problems += wrong
            warnings += surprising
            if job is not None:
                jobs[job.id] = job
    problems += _without_secrets(jobs, terminal)
    return problems + _together(jobs, is_whole=is_whole), warnings


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


def _job(
    path: Path, zone: "ZoneInfo", base: Mapping[str, str], terminal: Terminal
) -> "tuple[Job | None, list[Problem], list[Problem]]":
    """What it defines, what is wrong with it, and if nothing is, what may surprise."""
    from daybell.core.definitions import parse_job  # noqa: PLC0415 - commands that ask the app start faster
    from daybell.handlers.limits import check_limits  # noqa: PLC0415 - as above
    from daybell.handlers.program import check_command  # noqa: PLC0415 - as above
    from daybell.model.errors import InvalidDefinition  # noqa: PLC0415 - as above
    from daybell.store.foresight import foreseen  # noqa: PLC0415 - as above

    try:
        content = _read(path)
        job = parse_job(path.stem, path.name, content, zone)
    except InvalidDefinition as error:
        return None, list(error.problems), []
    problems = [*check_command(job.handler, path.name, base), *check_limits(job.limits, path.name)]
    return job, problems, [*foreseen(job, content, path.name, zone, terminal.now)]


def _base(terminal: Terminal) -> Mapping[str, str]:
    """With the PATH that jobs get, as the app says, else the login shell, else this terminal."""
    from daybell.api.client import ApiError, NotRunning  # noqa: PLC0415 - commands that ask the app start faster
    from daybell.api.reach import client_of  # noqa: PLC0415 - as above
    from daybell.machine.login_shell import login_path  # noqa: PLC0415 - as above

    try:
        answer = client_of(terminal.directories).get("/api/v1/environment", timeout=PATIENCE)
    except (ApiError, NotRunning):
        path = login_path(terminal.environ)
    else:
        variables = cast("EnvironmentShape", answer)["variables"]
        path = next((one["job"] for one in variables if one["name"] == "PATH"), None)
    return os.environ if path is None else {"PATH": path}


def _without_secrets(jobs: "dict[str, Job]", terminal: Terminal) -> "list[Problem]":
    """What refers to secrets that are not there; the keyring is asked only where something does."""
    from daybell.core.references import secrets_of  # noqa: PLC0415 - as above
    from daybell.core.secret_words import lacking, without_keyring  # noqa: PLC0415 - as above

    names = dict.fromkeys(name for job in jobs.values() for name in secrets_of(job.handler).values())
    if not names:
        return []
    from contextlib import closing  # noqa: PLC0415 - as above

    from daybell.desktop.secrets.choose import open_keyring  # noqa: PLC0415 - as above
    from daybell.model.errors import SecretUnavailable  # noqa: PLC0415 - as above

    absent, why = [], ""
    try:
        with closing(open_keyring(terminal.environ)) as keyring:
            absent = [name for name in names if not keyring.has(name)]
    except SecretUnavailable as refusal:
        why = str(refusal)
    found = [(job.handler, f"{job.id}.json") for job in jobs.values()]
    if why:
        return [one for handler, file in found for one in without_keyring(handler, file, why)]
    return [one for handler, file in found for one in lacking(handler, file, absent)]


def _together(jobs: "dict[str, Job]", *, is_whole: bool) -> "list[Problem]":
    """What is wrong with how they depend on each other; `is_whole`: there are no others."""
    from daybell.core.dependencies import circular, missing  # noqa: PLC0415 - as above

    absent = missing(jobs, frozenset()) if is_whole else []
    return [*circular(jobs).values(), *absent]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}", Exit.NOT_FOUND) from error


def _listed(problems: "list[Problem]") -> list[Json]:
    return [
        {"file": problem.file, "field": problem.field, "message": problem.message} for problem in problems
    ]


def _tell(
    paths: list[Path], problems: "list[Problem]", warnings: "list[Problem]", terminal: Terminal
) -> None:
    from daybell.model.errors import describe_problem  # noqa: PLC0415 - commands that ask the app start faster

    terminal.print(*(clean(describe_problem(problem)) for problem in problems))
    terminal.print(*(clean(f"warning: {describe_problem(warning)}") for warning in warnings))
    besides = f", {counted(len(warnings), 'warning')}" if warnings else ""
    if not paths:
        terminal.say(f"there are no job files in {terminal.directories.jobs}")
    elif not problems:
        terminal.say(f"{counted(len(paths), 'file')}, no problems{besides}")
    else:
        terminal.say(f"{counted(len(problems), 'problem')} in {counted(len(paths), 'file')}{besides}")
