"""Which runs keep the machine awake now, and when is that to be asked again?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from daybell.model.facts import Facts
from daybell.model.settings import AwakeConfig


class Lease(Struct, frozen=True):
    """One run that asks for it."""

    job_id: str
    title: str
    since: datetime


class Vigil(Struct, frozen=True):
    """What came of it."""

    leases: tuple[Lease, ...] = ()
    """Those that count."""
    until: datetime | None = None
    """When the next of them does not any more."""

    @property
    def reason(self) -> str | None:
        """For whoever asks the system; None: the machine may sleep."""
        return f"running {', '.join(sorted({one.title for one in self.leases}))}" if self.leases else None


def vigil(asked: Iterable[Lease], facts: Facts, config: AwakeConfig, now: datetime) -> Vigil:
    """Each for so long and no longer; none on a low battery, where nothing is worse than an empty one."""
    if facts.on_mains is False and facts.battery is not None and facts.battery <= config.battery:
        return Vigil()
    longest: timedelta = config.longest
    held = tuple(one for one in asked if one.since + longest > now)
    return Vigil(held, min((one.since + longest for one in held), default=None))
