"""What does it mean, what macOS answers about its surroundings?"""

REACHABLE, WANTS_CONNECTION = 0x2, 0x4
"""Flags of SCNetworkReachability."""
LOCKED = "CGSSessionScreenIsLocked"


def is_online(flags: int | None) -> bool | None:
    """Whether anything at all can be reached, without dialling first."""
    return None if flags is None else flags & (REACHABLE | WANTS_CONNECTION) == REACHABLE


def is_locked(session: dict[str, object] | None) -> bool | None:
    """From the dictionary of the session, which has the key only while the screen is locked."""
    return None if session is None else bool(session.get(LOCKED))
