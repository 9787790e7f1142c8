"""Facts: what the machine's surroundings are like, as far as anybody can tell."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace


class Facts(Struct, frozen=True):
    """None: nobody can tell."""

    on_mains: bool | None = None
    """False: it runs on its battery."""
    battery: int | None = None
    """Percent; None also for a machine without one."""
    is_online: bool | None = None
    is_metered: bool | None = None
    """Whoever pays for this network pays by the byte."""
    wifi: str | None = None
    """The name of the Wi-Fi network that it is on; empty: it is on none."""
    is_wired: bool | None = None
    """It is on a network by a cable."""
    is_idle: bool | None = None
    """Nobody is at keyboard and mouse, or the screen is locked."""
    idle_since: datetime | None = None
    """In UTC; None while somebody is there."""
    is_locked: bool | None = None


def remarkable(facts: Facts) -> Facts:
    """Those that change seldom enough to be remembered: not the battery's level, nor who is at the keys."""
    return replace(facts, battery=None, is_idle=None, idle_since=None, is_locked=None)
