"""Which time zone is this machine in?"""

import logging
from zoneinfo import ZoneInfo

from tzlocal import reload_localzone

log = logging.getLogger(__name__)


def machine_zone() -> ZoneInfo:
    """The zone as it is set now; UTC, with a line in the log, where it is missing or broken."""
    try:
        return reload_localzone()
    except (OSError, ValueError, LookupError) as error:
        log.warning("the machine's time zone cannot be read, using UTC: %s", error)
        return ZoneInfo("UTC")
