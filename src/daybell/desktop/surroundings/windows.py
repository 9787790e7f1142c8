"""What does it mean, what Windows answers about its surroundings?"""

from collections.abc import Sequence

from daybell.desktop.surroundings.power import Power, level

UNKNOWN = 255
NO_BATTERY = 0x80
INTERNET = 3
CONNECTIVITY = {1: False, 2: False, INTERNET: True, 4: False}
"""Of NL_NETWORK_CONNECTIVITY_LEVEL_HINT: none, local, internet, and a portal that wants a password."""
COST = {1: False, 2: True, 3: True}
"""Of NL_NETWORK_CONNECTIVITY_COST_HINT: unrestricted, so much and no more, by the byte."""
LOCKED = {0: True, 1: False}
"""Of WTSINFOEX; all others are unknown."""
MOST_BYTES = 32
"""Of the name of a Wi-Fi network."""


def power_of(line: int, flags: int, percent: int) -> Power:
    """From SYSTEM_POWER_STATUS: ACLineStatus, BatteryFlag, BatteryLifePercent."""
    on_mains = {0: False, 1: True}.get(line)
    has_battery = flags != UNKNOWN and not flags & NO_BATTERY
    return Power(on_mains, level(percent, on_mains) if has_battery and percent != UNKNOWN else None)


def is_online(hint: int | None) -> bool | None:
    return CONNECTIVITY.get(hint or 0)


def is_metered(cost: int | None, roams: int) -> bool | None:
    """Abroad, whatever is free at home is not."""
    return True if roams and cost in COST else COST.get(cost or 0)


def wifi_of(names: Sequence[bytes | None]) -> str | None:
    """Of all interfaces: None is one that cannot be asked, empty one that is on no network."""
    named = [name[:MOST_BYTES].decode(errors="replace") for name in names if name]
    return next(iter(named), None if None in names else "")
