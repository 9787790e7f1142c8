"""Which notices suit this machine?"""

import os
import sys
from collections.abc import Mapping

from daybell.desktop.notices.interface import Notices
from daybell.desktop.notices.null import NullNotices
from daybell.desktop.notices.plyer_notices import PlyerNotices
from daybell.desktop.session import session_bus_address, user_id


def open_notices(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Notices:
    """The notices of this desktop; without a session, those that nobody sees."""
    has_session = platform in ("darwin", "win32") or session_bus_address(environ, user_id())
    if not has_session:
        return NullNotices("there are no notices: no desktop session was found (no D-Bus session bus)")
    return PlyerNotices()
