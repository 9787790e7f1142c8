"""How does a loop outlive what one click or one message does?"""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)


def guarded(act: Callable[[], object]) -> None:
    """Call it; what it raises goes to the log."""
    try:
        act()
    except Exception:
        log.exception("the desktop could not do what was asked")
