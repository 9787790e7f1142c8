"""Which facts count? Those that have been so for a while: a charger that wobbles changes nothing (K2)."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from daybell.model.facts import Facts

HYSTERESIS = timedelta(seconds=10)
ROUNDING = 0.001
"""Seconds that a look may come early: sums of floating seconds are not exact."""


class Steady(Struct, frozen=True):
    """What counts, what was told last, and since when each of these differs."""

    counted: Facts = Facts()
    told: Facts = Facts()
    since: Mapping[str, float] = MappingProxyType({})
    """By the fact's name, in monotonic seconds: when what is told now was first told."""

    def hear(self, facts: Facts, now: float) -> "Steady":
        """Nothing counts yet that was not so before."""
        since = {
            name: self.since.get(name, now) if told == getattr(self.told, name) else now
            for name, told in _items(facts)
            if told != getattr(self.counted, name)
        }
        return Steady(self.counted, facts, since)

    def settle(self, now: float) -> "Steady":
        """What has been told for long enough counts from here on."""
        edge = now - HYSTERESIS.total_seconds() + ROUNDING
        steady = {name: getattr(self.told, name) for name, since in self.since.items() if since <= edge}
        left = {name: since for name, since in self.since.items() if since > edge}
        return Steady(replace(self.counted, **steady), self.told, left)

    def wait(self, now: float) -> timedelta | None:
        """How long until something more may count; None: nothing waits."""
        if not self.since:
            return None
        return max(timedelta(0), timedelta(seconds=min(self.since.values()) - now) + HYSTERESIS)


def _items(facts: Facts) -> list[tuple[str, object]]:
    return [(name, getattr(facts, name)) for name in Facts.__struct_fields__]
