"""What does the kernel tell of network and power, where no service does?"""

import logging
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from daybell.desktop.bus.loop import BusLoop
from daybell.desktop.surroundings.power import Power, level
from daybell.desktop.surroundings.routes import has_default_route

log = logging.getLogger(__name__)

RTNETLINK = 0
CHANGES = 0x1 | 0x40 | 0x400
"""The groups of rtnetlink that tell of links, and of the routes of IPv4 and IPv6."""
Read = Callable[[], tuple[float | None, bool | None]]
BEAT = 30.0
"""Seconds between two looks at the battery, of which the kernel tells nobody."""
ROUTES, ROUTES_6 = "net/route", "net/ipv6_route"
SUPPLIES = "class/power_supply"


class Routes:
    """Looks for a way to the internet whenever the kernel says that one has changed."""

    def __init__(self, loop: BusLoop, told: Callable[[], None], root: Path) -> None:
        self.is_online: bool | None = None
        self._loop = loop
        self._told = told
        self._proc = root / "proc"
        self._changes: socket.socket | None = None

    def begin(self) -> None:
        """From now on; only on the loop's thread, as `end`."""
        if self._changes is not None:
            return
        try:
            changes = self._open()
        except OSError as error:
            # What is known once and never again would be worse than nothing.
            log.debug("the kernel tells nothing of its routes: %s", error)
            return
        self._changes = changes
        self._loop.watch(changes, self._changed)
        self._look()

    def end(self) -> None:
        if self._changes is not None:
            self._loop.unwatch(self._changes)
        self.close()
        self.is_online = None

    def close(self) -> None:
        """When the loop is over."""
        if self._changes is not None:
            self._changes.close()
            self._changes = None

    def _open(self) -> socket.socket:
        """OSError."""
        if sys.platform != "linux":
            raise OSError("only Linux has such sockets")
        changes = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, RTNETLINK)
        try:
            changes.bind((0, CHANGES))
        except OSError:
            changes.close()
            raise
        changes.setblocking(False)
        return changes

    def _changed(self) -> None:
        # One that was full has lost some: what has changed is looked at anyway.
        with suppress(OSError):
            while self._changes and self._changes.recv(65536):
                pass
        self._look()

    def _look(self) -> None:
        self.is_online = has_default_route(self._read(ROUTES), self._read(ROUTES_6))
        self._told()

    def _read(self, name: str) -> str | None:
        try:
            return (self._proc / name).read_text()
        except OSError:
            return None


def read_battery() -> tuple[float | None, bool | None]:
    """As `by_psutil.battery`."""
    from daybell.desktop.surroundings.by_psutil import battery  # noqa: PLC0415 - only where there is one

    return battery()


class Battery:
    """Looks at the battery every half minute, where there is one."""

    def __init__(
        self, loop: BusLoop, told: Callable[[], None], root: Path, read: Read = read_battery
    ) -> None:
        self.power = Power()
        self._loop = loop
        self._told = told
        self._sys = root / "sys"
        self._read = read
        self.is_on = False

    def begin(self) -> None:
        """From now on; only on the loop's thread, as `end`."""
        if not self.is_on and has_battery(self._sys):
            self.is_on = True
            self._look()

    def end(self) -> None:
        self.is_on = False
        self.power = Power()
        self._loop.call_off(self._look)

    def _look(self) -> None:
        self._loop.call_after(BEAT, self._look)
        percent, on_mains = self._read()
        self.power = Power(on_mains, level(percent, on_mains))
        self._told()


def has_battery(sys: Path) -> bool:
    """One that feeds the machine, not a mouse."""
    return any(
        _read_word(supply / "type") == "Battery" and _read_word(supply / "scope") != "Device"
        for supply in _supplies(sys)
    )


def _supplies(sys: Path) -> list[Path]:
    try:
        return list((sys / SUPPLIES).iterdir())
    except OSError:
        return []


def _read_word(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""
