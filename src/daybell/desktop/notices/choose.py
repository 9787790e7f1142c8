"""Which notices suit this machine?"""

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec

from daybell.desktop.notices.interface import Notices, Pressed
from daybell.desktop.notices.null import NullNotices
from daybell.desktop.notices.plyer_notices import PlyerNotices
from daybell.desktop.session import session_bus_address, user_id


def is_installed(library: str) -> bool:
    return find_spec(library) is not None


def open_notices(
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    pressed: Pressed | None = None,
    has_library: Callable[[str], bool] = is_installed,
) -> Notices:
    """The best notices of this desktop, and beneath them what is left where those fail.

    `pressed` hears of the buttons; without it none is drawn.
    """
    simple = PlyerNotices(NullNotices("no desktop took the notice"))
    if platform in ("darwin", "win32"):
        if not has_library("desktop_notifier"):
            return simple
        from daybell.desktop.notices.desktop_notifier_notices import (  # noqa: PLC0415 - it loads asyncio
            open_desktop_notifier_notices,
        )

        return open_desktop_notifier_notices(pressed, simple)
    address = session_bus_address(environ, user_id())
    if address is None:
        return NullNotices("there are no notices: no desktop session was found (no D-Bus session bus)")
    from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415 - only where it is installed

    from daybell.desktop.notices.dbus_notices import DbusNotices  # noqa: PLC0415 - as above

    return DbusNotices(partial(open_dbus_connection, address), pressed, simple)
