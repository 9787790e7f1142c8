"""Which tray suits this machine?"""

import logging
import os
import sys
from collections.abc import Mapping

from daybell.desktop.session import session_bus_address, user_id
from daybell.desktop.tray.interface import Act, Tray
from daybell.desktop.tray.null import NullTray

log = logging.getLogger(__name__)


def open_tray(act: Act, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Tray:
    """The tray of this desktop. Where there is none, one without an icon, that says why."""
    try:
        if platform == "win32":
            from daybell.desktop.tray.windows import open_windows_tray  # noqa: PLC0415 - only where it can work

            return open_windows_tray(act)
        if platform == "darwin":
            from daybell.desktop.tray.macos import open_macos_tray  # noqa: PLC0415 - as above

            return open_macos_tray(act)
        return on_session_bus(act, session_bus_address(environ, user_id()))
    except Exception as error:
        log.debug("no tray icon", exc_info=True)
        return NullTray(f"there is no tray icon: {str(error) or type(error).__name__}")


def on_session_bus(act: Act, address: str | None) -> Tray:
    if address is None:
        return NullTray("there is no tray icon: no desktop session was found (no D-Bus session bus)")
    from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415 - only where it is installed

    from daybell.desktop.tray.sni import open_sni_tray  # noqa: PLC0415 - as above

    try:
        connection = open_dbus_connection(address)
    except Exception as error:  # noqa: BLE001 - jeepney raises its own, OSError and ValueError
        return NullTray(f"there is no tray icon: the session bus at {address} does not answer ({error})")
    return open_sni_tray(connection, act)
