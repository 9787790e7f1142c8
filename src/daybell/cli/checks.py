"""What does `doctor` look at? One function a subject; what it means, `core.checkup` knows."""

import os
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import cast
from zoneinfo import ZoneInfo

from daybell.api.client import ApiError, NotRunning
from daybell.api.reach import client_of
from daybell.api.shapes import EnvironmentShape, StatusShape
from daybell.cli.check import examine, own_files
from daybell.cli.looks import Check
from daybell.cli.terminal import Terminal
from daybell.core import checkup
from daybell.core.checkup import App
from daybell.core.findings import Finding
from daybell.core.tellers import tellers
from daybell.machine.clock import clocks_of, open_clock
from daybell.machine.login_shell import is_known, login_path, login_shell
from daybell.machine.zones import UNREADABLE, machine_zone, read_zone
from daybell.model.errors import InvalidSettings, describe_problem
from daybell.model.settings import Settings
from daybell.store.directories import socket_path
from daybell.store.inspection import disks, places
from daybell.store.settings import read_settings

PATIENCE = 2.0
"""Seconds for the app, and for the desktop."""
EXAMPLE = "America/New_York"
"""A zone that no zone data lacks."""


def environment(_terminal: Terminal) -> Iterator[Finding]:
    words = ".".join(map(str, sys.version_info[:3]))
    yield from checkup.python(sys.version_info[:2], words, version("daybell"), sys.platform)


def files(terminal: Terminal) -> Iterator[Finding]:
    directories = terminal.directories
    yield from checkup.home(list(places(directories)), str(directories.config))


def desktop(terminal: Terminal) -> Iterator[Finding]:
    if sys.platform in {"darwin", "win32"}:
        from daybell.desktop.notices.choose import is_installed  # noqa: PLC0415 - not on Linux

        yield checkup.buttons(has_library=is_installed("desktop_notifier"))
        return
    from daybell.desktop.presence import presence  # noqa: PLC0415 - it needs jeepney, which only Linux has

    yield from checkup.session(presence(terminal.environ))


def surroundings(terminal: Terminal) -> Iterator[Finding]:
    from daybell.desktop.surroundings.choose import open_surroundings  # noqa: PLC0415 - only for this

    asked = open_surroundings(lambda: None, terminal.environ)
    try:
        asked.start(lambda _: None)
        yield from tellers({str(name): source for name, source in asked.sources().items()})
    finally:
        asked.stop()


def zones(_terminal: Terminal) -> Iterator[Finding]:
    yield checkup.zone_data(_trouble_of(lambda: ZoneInfo.no_cache(EXAMPLE)))
    trouble = _trouble_of(read_zone)
    yield checkup.local_zone("" if trouble else machine_zone().key or "", trouble)


def clock(terminal: Terminal) -> Iterator[Finding]:
    clocks = clocks_of(sys.platform)
    missing = [name for name in (clocks.boot, clocks.monotonic) if not _ticks(name)]
    yield from checkup.clock(terminal.now, missing)


def room(terminal: Terminal) -> Iterator[Finding]:
    try:
        settings = read_settings(terminal.directories.settings_file, machine_zone())
    except InvalidSettings:  # told with the jobs
        settings = Settings()
    yield from checkup.disk(list(disks(terminal.directories)), settings.retention.free_disk)


def path(terminal: Terminal) -> Iterator[Finding]:
    """What jobs get, as the app says; where it does not run, whether the login shell would say it."""
    try:
        answer = client_of(terminal.directories).get("/api/v1/environment", timeout=PATIENCE)
    except (ApiError, NotRunning):
        if sys.platform == "win32":
            return
        shell = login_shell(terminal.environ) or ""
        is_answered = login_path(terminal.environ) is not None
        yield checkup.environment(shell if is_known(shell) else "", "", is_known=is_answered)
        return
    found = cast("EnvironmentShape", answer)
    is_answered = found["source"] == "login_shell"
    yield checkup.environment(found["shell"], found["word"], is_known=is_answered)


def app(terminal: Terminal) -> Iterator[Finding]:
    yield checkup.instance(_app(terminal), version("daybell"))


def socket(terminal: Terminal) -> Iterator[Finding]:
    if sys.platform == "win32":
        return
    directories = terminal.directories
    place = directories.socket
    is_usual = place == directories.run / "api.sock" == socket_path(directories.run)
    yield checkup.socket(len(os.fsencode(place)), str(place), is_usual=is_usual)


def jobs(terminal: Terminal) -> Iterator[Finding]:
    paths = own_files(terminal)
    problems, warnings = examine(paths, terminal, is_whole=True)
    yield from checkup.definitions(len(paths), [*map(describe_problem, problems)], len(warnings))


def autostart(terminal: Terminal) -> Iterator[Finding]:
    from daybell.desktop.autostart.choose import is_this_program, open_autostart  # noqa: PLC0415 - only for this

    yield checkup.autostart(open_autostart(terminal.environ).entries(), is_this_program)


CHECKS = (
    Check("python", environment),
    Check("app", app, PATIENCE + 0.5),
    Check("files", files),
    Check("socket", socket),
    Check("disk", room),
    Check("jobs", jobs),
    Check("clock", clock),
    Check("zones", zones),
    Check("bus", desktop, PATIENCE),
    Check("machine", surroundings, PATIENCE),
    Check("path", path, PATIENCE + 4),
    Check("autostart", autostart, PATIENCE),
)
"""In the order in which they are told; a further one is a further line."""


def _app(terminal: Terminal) -> App:
    try:
        answer = client_of(terminal.directories).get("/api/v1/status", timeout=PATIENCE)
    except NotRunning:
        return App()
    except ApiError as error:
        return App(trouble=error.message)
    now = cast("StatusShape", answer)["scheduler"]
    return App(now["pid"], now["version"], now["state"])


def _trouble_of(look: Callable[[], ZoneInfo]) -> str:
    """Why a zone cannot be read; empty where it can."""
    try:
        look()
    except UNREADABLE as error:
        return str(error.args[-1]) if error.args else type(error).__name__
    return ""


def _ticks(name: str) -> bool:
    try:
        return open_clock(name)() >= 0
    except (AttributeError, OSError):
        return False
