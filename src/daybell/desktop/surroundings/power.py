"""Is the machine on mains or on its battery, and how full is that?"""

from msgspec import Struct

from daybell.desktop.bus.mirror import Properties
from daybell.desktop.surroundings.values import flag, measure


class Power(Struct, frozen=True):
    """None: nobody can tell."""

    on_mains: bool | None = None
    battery: int | None = None


def power_of(upower: Properties | None, device: Properties | None) -> Power:
    """As UPower tells it: `device` is the one that stands for all batteries."""
    on_battery = flag(upower or {}, "OnBattery")
    on_mains = None if on_battery is None else not on_battery
    if device is None or flag(device, "IsPresent") is not True:
        return Power(on_mains)
    return Power(on_mains, level(measure(device, "Percentage"), on_mains))


def level(percent: float | None, on_mains: bool | None) -> int | None:  # noqa: FBT001 - a fact
    """Whole percent; one that is empty, though it need not give anything, is none."""
    if percent is None or not 0 <= percent <= 100:
        return None
    found = int(percent)
    return None if found == 0 and on_mains is not False else found
