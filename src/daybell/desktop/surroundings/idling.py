"""Is the person there, where the system only says how long ago the last key was pressed?"""

from datetime import datetime, timedelta

from daybell.desktop.surroundings.session import Presence

AWAY = timedelta(minutes=1)
"""Whoever reads also touches nothing for a while."""
SAME = timedelta(seconds=5)
"""Two moments this near are one, seen through two clocks."""


def presence_of(
    untouched: timedelta | None,
    is_locked: bool | None,  # noqa: FBT001 - a fact
    now: datetime,
    before: datetime | None,
) -> Presence:
    """`before` is the moment since when it was idle a look ago: it stays the same while it is."""
    if untouched is None:
        return Presence(True if is_locked else None, before or now if is_locked else None, is_locked)
    if untouched < AWAY and not is_locked:
        return Presence(False, None, is_locked)
    since = now - untouched
    if before is not None and (is_locked or abs(before - since) < SAME):
        since = min(before, since)
    return Presence(True, since, is_locked)
