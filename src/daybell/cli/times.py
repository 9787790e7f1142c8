"""How are instants and lengths of time told to a person? Pure: the present moment comes in as an argument."""

from datetime import UTC, datetime, timedelta, tzinfo

NOTHING = "–"
WEEK = timedelta(days=6)
"""Within this distance the day's name says which one is meant."""
FAR = timedelta(days=2)
"""Beyond this a day and a time say more than a number of hours."""
UNITS = (("h", 3600), ("min", 60), ("s", 1))
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(text: str) -> datetime:
    """An instant of the API; one without an offset is in UTC."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


def short(text: str | None, now: datetime, zone: tzinfo | None = None) -> str:
    """On the wall of the zone (None: this machine's): "14:05" today, else "Tue 14:05" or "3 Dec 14:05"."""
    if text is None:
        return NOTHING
    there, here = moment(text).astimezone(zone), now.astimezone(zone)
    clock = f"{there:%H:%M}"
    if there.date() == here.date():
        return clock
    if abs(there.date() - here.date()) <= WEEK:
        return f"{WEEKDAYS[there.weekday()]} {clock}"
    day = f"{there.day} {MONTHS[there.month - 1]}"
    return f"{day} {clock}" if there.year == here.year else f"{day} {there.year}"


def relative(text: str | None, now: datetime, zone: tzinfo | None = None) -> str:
    """How long ago, or how long until then, as in "5 min ago" or "in 3 h"; beyond two days as `short`."""
    if text is None:
        return NOTHING
    seconds = (moment(text) - now).total_seconds()
    if abs(seconds) >= FAR.total_seconds():
        return short(text, now, zone)
    unit, size = next((unit, size) for unit, size in UNITS if abs(seconds) >= size or size == 1)
    length = f"{int(abs(seconds) / size)} {unit}"
    if abs(seconds) < 1:
        return "now"
    return f"in {length}" if seconds > 0 else f"{length} ago"


def full(text: str | None, zone: tzinfo | None = None) -> str:
    """With the date, the second and the offset: "Mon 2026-11-23 14:05:09 +01:00"."""
    if text is None:
        return ""
    there = moment(text).astimezone(zone)
    offset = f"{there:%z}"
    return f"{WEEKDAYS[there.weekday()]} {there:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}"


def took(length: timedelta | None) -> str:
    """As in "40ms", "0.4s", "12s", "3m 05s", "2h 07m", "3d 04h": two units are enough to compare runs by."""
    if length is None:
        return NOTHING
    seconds = max(0.0, length.total_seconds())
    if seconds < 0.0995:
        return f"{round(seconds * 1000)}ms"
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    for unit, size, smaller, step in (("d", 86_400, "h", 3600), ("h", 3600, "m", 60), ("m", 60, "s", 1)):
        if whole >= size:
            return f"{whole // size}{unit} {whole % size // step:02}{smaller}"
    return f"{whole}s"


def between(start: str | None, end: str | None) -> timedelta | None:
    """None where one of the two has not happened."""
    return moment(end) - moment(start) if start is not None and end is not None else None
