"""Which tray suits this machine?"""

import logging
import os
import sys
from collections.abc import Mapping
from functools import partial

from daybell.desktop.session import session_bus_address, user_id
from daybell.desktop.tray.interface import Act, Tray
from daybell.desktop.tray.null import NullTray

log = logging.getLogger(__name__)

NO_ICON = "there is no tray icon"


def open_tray(act: Act, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Tray:
    """The tray of this desktop. Where there is none, one without an icon, that says why."""
    try:
        if platform == "win32":
            from daybell.desktop.tray.windows import open_windows_tray  # noqa: PLC0415 - only where it can work

            return open_windows_tray(act)
        if platform == "darwin":
            from daybell.desktop.tray.macos import open_macos_tray  # noqa: PLC0415 - as above

            return open_macos_tray(act)
        return on_session_bus(act, environ)
    except Exception as error:
        log.debug("no tray icon", exc_info=True)
        return NullTray(f"{NO_ICON}: {str(error) or type(error).__name__}")


def on_session_bus(act: Act, environ: Mapping[str, str]) -> Tray:
    """On the bus of the session, now or when it comes; nothing comes where no session has left a trace."""
    address = partial(session_bus_address, environ, user_id())
    if not environ.get("XDG_RUNTIME_DIR") and address() is None:
        return NullTray(f"{NO_ICON}: no desktop session was found (no D-Bus session bus)")
    from daybell.desktop.bus.connection import dial  # noqa: PLC0415 - only where jeepney is installed
    from daybell.desktop.tray.sni import open_sni_tray  # noqa: PLC0415 - as above

    return open_sni_tray(partial(dial, address), act)
