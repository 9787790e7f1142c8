"""At which instants is a cron expression due? The only door to cronsim.

cronsim says what the fields mean and which dates match, on a wall clock that never jumps. The jumps of
real ones are dealt with here, by Debian's rule: a job at fixed times neither loses a run to a jump nor
runs twice, and one with a star as its minute or hour simply follows the wall. Seconds are applied after
the minute was found.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from cronsim.explain import Expression
from msgspec import Struct

from daybell.core.cron_advice import FIELDS, Field, never, refusal
from daybell.core.zones import SECOND, instant, offset, offset_change
from daybell.model.errors import InvalidCron

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SPAN = 3 * DAY
"""No zone has ever changed its offset twice within it."""
WALL = datetime(2000, 1, 1)  # noqa: DTZ001 - where any time on a wall will do; walls show no zone
LONGEST = 1000
"""Characters of an expression; every minute of an hour, written out, takes 170."""
NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
SECONDS, MINUTES, HOURS = range(3)
"""Places among the fields."""


class Cron(Struct, frozen=True):
    """A valid expression that is due again and again."""

    expression: str
    """As it was written."""
    minutes: str
    """Its five fields in capitals, nicknames spelled out."""
    seconds: tuple[int, ...] = (0,)
    """Of each minute, in order."""

    @property
    def at_fixed_times(self) -> bool:
        """Neither minute nor hour starts with a star: Debian's test for what a jump may not swallow."""
        minute, hour, *_ = self.minutes.split()
        return not minute.startswith("*") and not hour.startswith("*")


@lru_cache(maxsize=65536)
def parse(expression: str) -> Cron:
    """Read five or six fields (six put seconds first) or a nickname; InvalidCron says what to write."""
    found = fields(expression)
    *second, minute, hour, day, month, weekday = found
    try:
        seconds = _numbers(SECONDS, *second or ("0",))
        _numbers(MINUTES, minute)
        _numbers(HOURS, hour)
        dates = _dates(day, month, weekday)
    except CronSimError:
        raise InvalidCron(refusal(found, _accepts)) from None
    if dates is None:
        raise InvalidCron(never(found))
    return Cron(expression, " ".join(found[-5:]), seconds)


def next_after(cron: Cron, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant strictly later than `after`, in UTC; None when there is none for 50 years."""
    try:
        minute = _minute_after(cron, after - cron.seconds[-1] * SECOND, zone)
    except OverflowError:  # the calendar ends with the year 9999
        return None
    if minute is None:
        return None
    return next(moment for second in cron.seconds if (moment := minute + second * SECOND) > after)


def latest_until(cron: Cron, until: datetime, zone: ZoneInfo) -> datetime | None:
    """The newest instant not later than `until`, in UTC; None when there is none for 50 years.

    It is one of those that `next_after` names: cronsim's guess is only taken where the two agree.
    """
    try:
        guess = _guess_until(cron, until, zone)
        if guess is None or _is_newest(cron, guess, until, zone):
            return guess
        return _search_until(cron, until, zone)
    except OverflowError:  # the calendar begins with the year 1
        return None


def explain(fields: Sequence[str]) -> str:
    """What these fields of a valid expression say, as an English sentence without a full stop."""
    return Expression(list(fields)).explain()


def fields(expression: str) -> list[str]:
    """The fields in capitals, five or six, nicknames spelled out. InvalidCron where there are not so many."""
    if len(expression) > LONGEST:
        raise InvalidCron(f"expected at most {LONGEST} characters, found {len(expression)}")
    text = NICKNAMES.get(expression.strip().lower(), expression)
    found = text.upper().split()
    if text.strip().startswith("@"):
        raise InvalidCron(_unknown_nickname(text.strip()))
    if len(found) not in (5, 6):
        named = ", ".join(field.name for field in FIELDS[1:])
        raise InvalidCron(
            f"expected five fields ({named}) or six (second first), found {len(found) or 'none'}"
        )
    # cronsim counts Sunday as 0 alone, so that the natural "fri-sun" would run backwards.
    found[-1] = re.sub(r"\b([1-6]|MON|TUE|WED|THU|FRI|SAT)-(?:SUN|0)\b", r"\1-7", found[-1])
    return [_closed(field, text) for field, text in zip(FIELDS[-len(found) :], found, strict=True)]


def _closed(field: Field, text: str) -> str:
    """With no step in a range of one number: cronsim takes "5-5/10" for "5/10", which runs on to the end."""

    def one(span: re.Match[str]) -> str:
        first, last = field.number(span[1]), field.number(span[2])
        return span[1] if first is not None and first == last else span[0]

    return re.sub(r"(?<![^,])(\w+)-(\w+)/0*[1-9]\d*(?![^,])", one, text, flags=re.ASCII)


def _unknown_nickname(text: str) -> str:
    if text.lower() == "@reboot":
        return 'for a job that runs whenever Daybell starts, write the trigger {"type": "startup"} instead'
    close = get_close_matches(text.lower(), NICKNAMES, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"expected one of {', '.join(NICKNAMES)}, found {text!r}{meant}"


def _accepts(place: int, text: str) -> bool:
    stars = ["*"] * len(FIELDS)
    stars[place] = text
    try:
        CronSim(" ".join(stars), WALL)
    except CronSimError:
        return False
    return bool(text)


# Many expressions share a field: what it means is kept, rather than a search for each of them.
@lru_cache(maxsize=1024)
def _numbers(place: int, text: str) -> tuple[int, ...]:
    """What one field of the clock names, in order. CronSimError."""
    read = CronSim(" ".join(["*"] * place + [text] + ["*"] * (len(FIELDS) - place - 1)), WALL)
    return tuple(sorted((read.seconds, read.minutes, read.hours)[place]))


@lru_cache(maxsize=256)
def _dates(day: str, month: str, weekday: str) -> CronSim | None:
    """Is asked which dates match, and nothing else; None when none ever does. CronSimError."""
    dates = CronSim(f"0 0 {day} {month} {weekday}", WALL)
    return dates if _first_date(dates, WALL.date()) else None


def _first_date(dates: CronSim, day: date) -> date | None:
    """That day, or the first one later that matches; None when there is none for 50 years."""
    last = day.year + 50
    while day.month not in dates.months or not dates.match_day(day):
        day = day + DAY if day.month in dates.months else (day.replace(day=28) + 4 * DAY).replace(day=1)
        if day.year > last:
            return None
    return day


def _next_on_wall(minutes: str, wall: datetime) -> datetime | None:
    """The first whole minute later than `wall`."""
    minute, hour, *days = minutes.split()
    numbers, hours, dates = _numbers(MINUTES, minute), _numbers(HOURS, hour), _dates(*days)
    if dates is None:
        return None
    earliest = wall.replace(second=0, microsecond=0) + MINUTE
    day = _first_date(dates, earliest.date())
    if day == earliest.date():
        at = (earliest.hour, earliest.minute)
        times = ((hour, minute) for hour in hours if hour >= earliest.hour for minute in numbers)
        if (found := next((one for one in times if one >= at), None)) is not None:
            return datetime.combine(day, time(*found))
        day = _first_date(dates, day + DAY)
    return None if day is None else datetime.combine(day, time(hours[0], numbers[0]))


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _minute_after(cron: Cron, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Go from one change of the zone's offset to the next; between two, wall and UTC run alike."""
    floor, shift = after, offset(after, zone)
    wall = _latest_wall(after, zone) if cron.at_fixed_times else _wall(after, zone)
    match = _next_on_wall(cron.minutes, wall)
    while match is not None:
        found = max(floor, match.replace(tzinfo=UTC) - shift)
        seen = min(found, floor + SPAN)
        if (change := offset_change(zone, floor, seen)) is not None:
            floor = change
            # What a jump left out is still to come for fixed times, and what comes again is over.
            wall = _wall(change - SECOND, zone) if cron.at_fixed_times else _wall(change, zone) - SECOND
            match = _next_on_wall(cron.minutes, wall)
        elif seen == found:
            return found
        else:
            # A change later on may shift the match by hours, so stay well before it.
            floor = max(seen, found - 2 * DAY)
        shift = offset(floor, zone)
    return None


def _latest_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """The latest time the wall has shown so far: later than now while it shows an hour again."""
    if not moment.astimezone(zone).fold:
        return _wall(moment, zone)
    change = offset_change(zone, moment - DAY, moment) or moment
    return _wall(change - SECOND, zone)


def _guess_until(cron: Cron, until: datetime, zone: ZoneInfo) -> datetime | None:
    """Right, but on days on which the zone's offset changes."""
    wall = _wall(until, zone).replace(microsecond=0) + SECOND
    seconds = "*" if len(cron.seconds) == 60 else ",".join(map(str, cron.seconds))
    match = next(CronSim(f"{seconds} {cron.minutes}", wall, reverse=True), None)
    return None if match is None else instant(match, zone)


def _is_newest(cron: Cron, moment: datetime, until: datetime, zone: ZoneInfo) -> bool:
    later = next_after(cron, moment, zone)
    return next_after(cron, moment - SECOND, zone) == moment and (later is None or later > until)


def _search_until(cron: Cron, until: datetime, zone: ZoneInfo) -> datetime:
    """Widen the span until an instant lies in it, then halve it until that is the newest."""
    span = DAY
    while (found := next_after(cron, until - span, zone)) is None or found > until:
        span *= 2
    end = until
    while end - found >= SECOND:
        middle = found + (end - found) / 2
        later = next_after(cron, middle, zone)
        if later is None or later > until:
            end = middle
        else:
            found = later
    return found
