"""Which zone is meant, and which instants do the times on its clocks name?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from daybell.model.errors import InvalidTimezone

LOCAL = "local"
LONGEST = 60
"""Characters of a name that are compared with those of zones."""
SECOND = timedelta(seconds=1)


def zone(name: str, machine: ZoneInfo) -> ZoneInfo:
    """The zone of this IANA name, or the machine's for "local"; InvalidTimezone says what was meant."""
    if name == LOCAL:
        return machine
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidTimezone(_unknown(name)) from None


def name(zone: ZoneInfo) -> str:
    """Its IANA name, by which `zone` finds it again."""
    return zone.key or LOCAL


def offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    """What is added to UTC at this instant to get the time on the wall."""
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def offset_change(zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The instant, to the second, at which the zone's offset changes between the two; None where it does not.

    The two must be so close that it changes at most once.
    """
    if offset(after, zone) == offset(until, zone):
        return None
    return _change(zone, after, until)


def instant(moment: datetime, zone: ZoneInfo) -> datetime:
    """In UTC. A moment without an offset is a time on the zone's wall.

    One that comes twice means the first; one that the clocks jump over means the end of the jump.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    # Inside a jump, zoneinfo's two readings lie on either side of it, in the wrong order.
    return _change(zone, second, first) if second < first else first


def _change(zone: ZoneInfo, after: datetime, until: datetime) -> datetime:
    before = offset(after, zone)
    low, high = 0, -((after - until) // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(after + middle * SECOND, zone) == before else (low, middle)
    return (after + high * SECOND).replace(microsecond=0)


def _unknown(name: str) -> str:
    name = name[:LONGEST]
    known = {zone.lower(): zone for zone in available_timezones()}
    close = get_close_matches(name.lower(), known, n=1) or list(_cities(name.lower(), known))
    meant = f', did you mean "{known[close[0]]}"?' if close else ""
    return f'expected a time zone such as "Europe/Berlin", or "local", found "{name}"{meant}'


def _cities(name: str, known: dict[str, str]) -> Iterator[str]:
    """Zones found by the city alone, as in "berlin"."""
    places = {zone.rsplit("/", 1)[-1]: zone for zone in sorted(known)}
    for place in get_close_matches(name.replace(" ", "_"), places, n=1):
        yield places[place]
