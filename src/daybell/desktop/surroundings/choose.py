"""Who can tell of this machine's surroundings?"""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from daybell.desktop.session import user_id
from daybell.desktop.surroundings.interface import Surroundings
from daybell.desktop.surroundings.null import NoSurroundings
from daybell.desktop.surroundings.polled import PolledSurroundings
from daybell.machine.clock import SystemClock

log = logging.getLogger(__name__)

SOCKETS = (Path("/run/dbus/system_bus_socket"), Path("/var/run/dbus/system_bus_socket"))
DELAYS = (1, 5, 30, 120, 600)
"""Seconds; one that is restarted is back at once, and a system without one hardly ever gets one."""


def open_surroundings(
    woke: Callable[[], None], environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Surroundings:
    """Those of this machine; where nobody can tell anything, ones that say why.

    `woke` is called, on another thread, as soon as the system says that it woke. Not every wake is said, and
    it may be said twice.
    """
    try:
        if platform == "linux":
            return on_system_bus(woke, environ)
        if platform == sys.platform:
            return polled(woke)
    except Exception as error:
        log.debug("nobody tells of the surroundings", exc_info=True)
        return NoSurroundings(str(error) or type(error).__name__)
    return NoSurroundings(f"this is not {platform}")


def on_system_bus(
    woke: Callable[[], None], environ: Mapping[str, str], root: Path = Path("/")
) -> Surroundings:
    """On the bus of the system, now or when it comes; what the kernel tells stands below `root`."""
    from daybell.desktop.bus.connection import connect  # noqa: PLC0415 - only where jeepney is installed
    from daybell.desktop.surroundings.linux import LinuxSurroundings  # noqa: PLC0415 - as above
    from daybell.desktop.surroundings.logind import Person  # noqa: PLC0415 - as above

    dial = partial(connect, system_bus_address(environ), "system bus", takes_files=True)
    person = Person(user_id(), environ.get("XDG_SESSION_ID", ""), SystemClock().now)
    return LinuxSurroundings(dial, person, woke, DELAYS, root)


def polled(woke: Callable[[], None]) -> Surroundings:
    """Of a system that is asked every half minute; OSError where nobody knows how."""
    if sys.platform == "win32":
        from daybell.desktop.surroundings.windows_calls import WindowsCalls  # noqa: PLC0415 - only there

        return PolledSurroundings(WindowsCalls(SystemClock().now), woke)
    if sys.platform == "darwin":
        from daybell.desktop.surroundings.macos_calls import MacCalls  # noqa: PLC0415 - only there

        return PolledSurroundings(MacCalls(SystemClock().now), woke)
    raise OSError(f"Daybell does not know whom to ask on {sys.platform}")


def system_bus_address(environ: Mapping[str, str], exists: Callable[[Path], bool] = Path.exists) -> str:
    """Where it is, or would be."""
    if address := environ.get("DBUS_SYSTEM_BUS_ADDRESS", ""):
        return address
    return f"unix:path={next(filter(exists, SOCKETS), SOCKETS[0])}"
