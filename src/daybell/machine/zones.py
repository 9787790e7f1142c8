"""Which time zone is this machine in?"""

import logging
import os
import sys
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from zoneinfo import ZoneInfo

from tzlocal import reload_localzone

log = logging.getLogger(__name__)

EVERY = 27.0
"""Seconds between two looks: jobs at a time of a new zone are planned anew that much later."""
UNREADABLE = (OSError, ValueError, LookupError)
"""What a missing or broken zone makes the libraries raise."""
FILES = ("/etc/localtime", "/etc/timezone")
"""What says which zone it is, on Linux and macOS."""
REGISTRY = r"SYSTEM\CurrentControlSet\Control\TimeZoneInformation"
REGISTERED = ("TimeZoneKeyName", "DynamicDaylightTimeDisabled")


def machine_zone() -> ZoneInfo:
    """The zone as it is set now; UTC, with a line in the log, where it is missing or broken."""
    try:
        return read_zone()
    except UNREADABLE as error:
        log.warning("the machine's time zone cannot be read, using UTC: %s", error)
        return ZoneInfo("UTC")


def read_zone() -> ZoneInfo:
    """The zone as it is set now; one of UNREADABLE where it is broken."""
    if sys.platform != "win32":
        time.tzset()  # the C library, which tzlocal asks whether it agrees, has stayed where it was
    return reload_localzone()


if sys.platform == "win32":
    import winreg

    def zone_mark() -> Hashable:
        """Changes whenever the setting does; None where nothing is set."""
        said = []
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, REGISTRY) as key:
            for name in REGISTERED:
                with suppress(OSError):
                    said.append(winreg.QueryValueEx(key, name))
        return (os.environ.get("TZ"), *said) if said else None
else:

    def zone_mark() -> Hashable:
        """Changes whenever the setting does; None where nothing is set."""
        named = os.environ.get("TZ", "").removeprefix(":")
        if named and not named.startswith("/"):
            return named
        said = [_stamp(path) for path in ((named,) if named else FILES)]
        return tuple(said) if any(said) else None


class ZoneWatch:
    """Notices that the machine's zone was changed. For one thread."""

    def __init__(
        self,
        zone: ZoneInfo,
        changed: Callable[[ZoneInfo], None],
        mark: Callable[[], Hashable] = zone_mark,
        read: Callable[[], ZoneInfo] = read_zone,
    ) -> None:
        """`zone` is the one of now; `changed` hears of each other one, on the asking thread."""
        self._zone = zone
        self._changed = changed
        self._mark = mark
        self._read = read
        self._seen = self._mark()
        self._is_lost = False

    def beat(self) -> float:
        """Look whether it is still the same, for the price of two files; in how many seconds to look again.

        One that cannot be read changes nothing; it is tried again, and said once.
        """
        mark = self._mark()
        if mark == self._seen:
            self._is_lost = False
            return EVERY
        try:
            zone = self._take(mark)
        except UNREADABLE as error:
            if not self._is_lost:
                log.warning("the machine's time zone cannot be read, keeping %s: %s", self._zone, error)
            self._is_lost = True
            return EVERY
        self._seen, self._is_lost = mark, False
        if zone is not self._zone:  # one name is one object; a zone without a name is a new one
            self._zone = zone
            self._changed(zone)
        return EVERY

    def _take(self, mark: Hashable) -> ZoneInfo:
        if mark is None:
            raise LookupError("nothing says which it is")
        return self._read()


def _stamp(path: str) -> Hashable:
    """Of a link and of what it leads to; None without either."""
    try:
        link, file = os.lstat(path), os.stat(path)  # noqa: PTH116 two calls a look, for a path that never changes
    except OSError:
        return None
    return link.st_ino, link.st_mtime_ns, file.st_dev, file.st_ino, file.st_mtime_ns
