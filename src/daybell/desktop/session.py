"""Where is the session bus of this desktop, if there is one?"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


def session_bus_address(
    environ: Mapping[str, str], user_id: int, exists: Callable[[Path], bool] = Path.exists
) -> str | None:
    """The address to connect to; never one that would start a bus of its own."""
    address = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if address and not address.startswith("autolaunch:"):
        return address
    runtime = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{user_id}")
    return f"unix:path={runtime / 'bus'}" if exists(runtime / "bus") else None


def user_id() -> int:
    """-1 where users have no numbers."""
    if sys.platform == "win32":
        return -1
    return os.getuid()
