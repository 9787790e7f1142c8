"""Is the machine on the internet, on which networks, and does somebody pay by the byte?"""

from collections.abc import Sequence

from msgspec import Struct

from daybell.desktop.bus.mirror import Properties
from daybell.desktop.surroundings.values import number, text

ASLEEP, GLOBAL = 10, 70
"""NetworkManager's states: the first in which there is no network, and the one with the internet."""
FULL = 4
"""Its connectivity; 1 to 3 are none, a portal that wants a password, and a network that leads nowhere."""
METERED = {1: True, 3: True, 2: False, 4: False}
"""3 and 4 are guesses."""
ACTIVATED = 2
WIRED, WIRELESS = "802-3-ethernet", "802-11-wireless"
OWN_POINT = 3
"""The mode of an access point that this machine is itself."""


class Connection(Struct, frozen=True):
    """A network it is on."""

    kind: str
    """WIRED, WIRELESS; others, such as a VPN, lie on top of these."""
    name: str | None = None
    """Of a Wi-Fi network; None where nobody can tell."""

    @property
    def is_wireless(self) -> bool:
        return self.kind == WIRELESS


class Links(Struct, frozen=True):
    """None: nobody can tell."""

    wifi: str | None = None
    is_wired: bool | None = None


def is_online(general: Properties) -> bool | None:
    """What was checked counts more than what should be."""
    state, connectivity = number(general, "State"), number(general, "Connectivity")
    if state is not None and ASLEEP <= state < GLOBAL:
        return False
    if connectivity in (1, 2, 3, FULL):
        return connectivity == FULL
    return True if state == GLOBAL else None


def is_metered(general: Properties) -> bool | None:
    return METERED.get(number(general, "Metered") or 0)


def connection_of(active: Properties | None, name: str | None) -> Connection | None:
    """Of an active connection; None while it has not answered. One that is on its way counts for nothing."""
    if active is None:
        return None
    kind = text(active, "Type") or ""
    return Connection(kind if number(active, "State") == ACTIVATED else "", name)


def links(connections: Sequence[Connection | None]) -> Links:
    """None among them is one of which nothing is known yet."""
    known = [one for one in connections if one is not None]
    unless_found = None if len(known) < len(connections) else False
    names = [one.name for one in known if one.is_wireless]
    is_wired = any(one.kind == WIRED for one in known) or unless_found
    if names:
        unless_named = None if None in names else ""
        return Links(next((name for name in names if name), unless_named), is_wired)
    return Links(None if unless_found is None else "", is_wired)


def point_name(point: Properties) -> str | None:
    """Of the access point it is on; empty where that is the machine itself, None where it is hidden."""
    if number(point, "Mode") == OWN_POINT:
        return ""
    ssid = point.get("Ssid")
    return bytes(ssid).decode(errors="replace") or None if isinstance(ssid, bytes | bytearray) else None
