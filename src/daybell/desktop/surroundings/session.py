"""Is the person there, as the session tells it?"""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from daybell.desktop.bus.mirror import Properties
from daybell.desktop.surroundings.values import flag, number, text

GRAPHICAL = ("x11", "wayland", "mir")
MICRO = 1_000_000


class Presence(Struct, frozen=True):
    """None: nobody can tell."""

    is_idle: bool | None = None
    idle_since: datetime | None = None
    is_locked: bool | None = None


def choose_session(sessions: Mapping[str, Properties], own: str) -> str | None:
    """The path of the one the person sits at: a graphical one, then our `own` by its id, then any of his."""
    of_people = {path: one for path, one in sessions.items() if (text(one, "Class") or "user")[:4] == "user"}
    return max(of_people, key=lambda path: _rank(of_people[path], own), default=None)


def _rank(session: Properties, own: str) -> tuple[bool, bool, bool, bool]:
    return (
        text(session, "Type") in GRAPHICAL,
        text(session, "Id") == own,
        flag(session, "Active") is True,
        flag(session, "Remote") is not True,
    )


def presence(session: Properties, locked_since: datetime | None) -> Presence:
    """Nobody is at a screen that is locked, for as long as it is or as nobody was before."""
    is_idle, is_locked = flag(session, "IdleHint"), flag(session, "LockedHint")
    since = instant(number(session, "IdleSinceHint")) if is_idle else None
    if not is_locked:
        return Presence(is_idle, since, is_locked)
    return Presence(True, min((one for one in (since, locked_since) if one), default=None), True)


def instant(micros: int | None) -> datetime | None:
    """Of microseconds since 1970; None for none, and for what no clock shows."""
    if not micros or micros < 0:
        return None
    try:
        return datetime.fromtimestamp(micros / MICRO, UTC)
    except (OverflowError, OSError, ValueError):
        return None
