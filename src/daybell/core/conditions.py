"""Do a job's conditions hold, and what is lacking if not?"""

from collections.abc import Collection, Iterator
from datetime import datetime

from msgspec import Struct

from daybell.core.documents import show
from daybell.core.shapes import Remark
from daybell.model.durations import spell
from daybell.model.facts import Facts
from daybell.model.job import Conditions

POWER, NETWORK, WIFI, IDLE = "power", "network", "wifi", "idle"
CANNOT_TELL = "and nobody here can tell which one this is"


class Unmet(Struct, frozen=True):
    """One condition that does not hold."""

    words: str
    """What is waited for: "mains power"."""
    met_at: datetime | None = None
    """When it will, if nothing else happens until then."""


def unmet(conditions: Conditions, facts: Facts, now: datetime) -> list[Unmet]:
    """What nobody can tell is taken as met (K2), but for a Wi-Fi that is named: that one must be known."""
    return [*_power(conditions, facts), *_network(conditions, facts), *_idle(conditions, facts, now)]


def unmet_conditions(conditions: Conditions, facts: Facts, now: datetime) -> list[str]:
    """In words."""
    return [one.words for one in unmet(conditions, facts, now)]


SUBJECTS = {
    "on_mains": POWER,
    "battery": POWER,
    "is_online": NETWORK,
    "is_metered": NETWORK,
    "wifi": WIFI,
    "is_wired": WIFI,
    "is_idle": IDLE,
    "idle_since": IDLE,
    "is_locked": IDLE,
}
"""What each fact is about."""


def only(facts: Facts, subjects: Collection[str]) -> Facts:
    """What is about these: the rest is nobody's business, such as which network a laptop is on."""
    return Facts(**{name: getattr(facts, name) for name, subject in SUBJECTS.items() if subject in subjects})


def asked(conditions: Conditions) -> frozenset[str]:
    """What somebody must be able to tell for these to mean anything: "power", "network", "wifi", "idle"."""
    wanted = {
        POWER: conditions.power is not None or conditions.battery_above is not None,
        NETWORK: conditions.network is not None,
        WIFI: bool(conditions.wifi),
        IDLE: conditions.idle is not None,
    }
    return frozenset(name for name, is_asked in wanted.items() if is_asked)


def check_percent(percent: int | None) -> Iterator[Remark]:
    if percent is not None and not 0 <= percent < 100:
        yield "", f"expected percent from 0 to 99, found {percent}"


def check_wifi(names: tuple[str, ...]) -> Iterator[Remark]:
    for place, name in enumerate(names):
        if not name.strip():
            yield f"[{place}]", f"expected the name of a Wi-Fi network, found {show(name)}"


def _power(conditions: Conditions, facts: Facts) -> Iterator[Unmet]:
    if facts.on_mains is not False:
        return
    least = conditions.battery_above
    if conditions.power == "ac":
        yield Unmet("mains power")
    elif least is not None and facts.battery is not None and facts.battery <= least:
        yield Unmet(f"mains power or more than {least} % of battery")


def _network(conditions: Conditions, facts: Facts) -> Iterator[Unmet]:
    if conditions.network is not None and facts.is_online is False:
        yield Unmet("a network")
    elif conditions.network == "unmetered" and facts.is_metered:
        yield Unmet("a network that is not metered")
    if not conditions.wifi or (facts.is_wired and conditions.or_wired):
        return
    if facts.wifi not in conditions.wifi:
        names = " or ".join(conditions.wifi)
        yield Unmet(f"the Wi-Fi {names}" if facts.wifi is not None else f"the Wi-Fi {names}, {CANNOT_TELL}")


def _idle(conditions: Conditions, facts: Facts, now: datetime) -> Iterator[Unmet]:
    length = conditions.idle
    if length is None or facts.is_idle is None:
        return
    words = f"{spell(length)} without anybody at the keyboard"
    if not facts.is_idle:
        yield Unmet(words)
    elif facts.idle_since is not None and facts.idle_since + length > now:
        yield Unmet(words, facts.idle_since + length)
