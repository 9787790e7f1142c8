"""At which instants is a cron expression due? The only door to cronsim.

cronsim finds times on a wall clock that never jumps. The jumps of real ones are dealt with here, by
Debian's rule: a job at fixed times neither loses a run to a jump nor runs twice, and one with a star as
its minute or hour simply follows the wall. Seconds are applied after the minute was found.
"""

import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from msgspec import Struct

from daybell.core.zones import SECOND, instant, offset, offset_change
from daybell.model.errors import InvalidCron

DAY = timedelta(days=1)
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


class Field(Struct, frozen=True):
    """What one field of an expression may hold."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    """What may stand for the numbers, beginning with the lowest."""
    also: str = ""

    @property
    def allowed(self) -> str:
        words = f" or {self.names[0].lower()}-{self.names[-1].lower()}" if self.names else ""
        return f"*, {self.low}-{self.high}{words}, lists (1,4), ranges (1-4), steps (*/4){self.also}"

    def number(self, text: str) -> int | None:
        """The number that a plain number or name stands for."""
        if text in self.names:
            return self.low + self.names.index(text)
        if re.fullmatch(r"\d{1,2}", text, re.ASCII) and self.low <= int(text) <= self.high:
            return int(text)
        return None


MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS = (
    Field("second", 0, 59),
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31, also=", L (the last day), LW (the last weekday)"),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 0, 7, WEEKDAYS, ", 5L (the last Friday), 5#2 (the second Friday)"),
)
DAY_OF_MONTH, DAY_OF_WEEK = 3, 5


@lru_cache(maxsize=65536)
def parse(expression: str) -> Cron:
    """Read five or six fields (six put seconds first) or a nickname; InvalidCron says what to write."""
    fields = _fields(expression)
    try:
        seconds = CronSim(" ".join(fields), WALL).seconds
    except CronSimError:
        raise InvalidCron(_refusal(fields)) from None
    minutes = " ".join(fields[-5:])
    if not _is_ever_due(minutes):
        raise InvalidCron(_never(fields))
    return Cron(expression, minutes, tuple(sorted(seconds)))


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


def explain(cron: Cron) -> str:
    """The expression as an English sentence without a full stop."""
    return CronSim(" ".join(_fields(cron.expression)), WALL).explain()


def _fields(expression: str) -> list[str]:
    """The fields in capitals, five or six."""
    if len(expression) > LONGEST:
        raise InvalidCron(f"expected at most {LONGEST} characters, found {len(expression)}")
    text = NICKNAMES.get(expression.strip().lower(), expression)
    fields = text.upper().split()
    if text.strip().startswith("@"):
        raise InvalidCron(_unknown_nickname(text.strip()))
    if len(fields) not in (5, 6):
        named = ", ".join(field.name for field in FIELDS[1:])
        raise InvalidCron(
            f"expected five fields ({named}) or six (second first), found {len(fields) or 'none'}"
        )
    # cronsim counts Sunday as 0 alone, so that the natural "fri-sun" would run backwards.
    fields[-1] = re.sub(r"\b([1-6]|MON|TUE|WED|THU|FRI|SAT)-(?:SUN|0)\b", r"\1-7", fields[-1])
    return fields


def _unknown_nickname(text: str) -> str:
    if text.lower() == "@reboot":
        return 'for a job that runs whenever Daybell starts, write the trigger {"type": "startup"} instead'
    close = get_close_matches(text.lower(), NICKNAMES, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"expected one of {', '.join(NICKNAMES)}, found {text!r}{meant}"


def _refusal(fields: list[str]) -> str:
    """What is wrong with the first field that is; cronsim refuses some days that no month has as a whole."""
    for place, text in enumerate(fields, start=len(FIELDS) - len(fields)):
        if not _accepts(place, text):
            return f"{FIELDS[place].name}: {_advice(place, text)}"
    return _never(fields)


def _never(fields: list[str]) -> str:
    _, _, day, month, weekday = fields[-5:]
    return f'it is never due: no day is "{day}" in month "{month}" on weekday "{weekday}"'


def _accepts(place: int, text: str) -> bool:
    fields = ["*"] * len(FIELDS)
    fields[place] = text
    try:
        CronSim(" ".join(fields), WALL)
    except CronSimError:
        return False
    return bool(text)


def _advice(place: int, text: str) -> str:
    """What is wrong with this field, and what to write instead."""
    field = FIELDS[place]
    term = next(term for term in text.split(",") if not _accepts(place, term))
    if "?" in term:
        return f'found "{term}", write * for any'
    if place == DAY_OF_MONTH and (day := re.fullmatch(r"W?(\d+)W?", term)) and "W" in term:
        return f'"{term}", the nearest weekday, is not supported: write {day[1]}, or LW for the last weekday'
    if place == DAY_OF_WEEK and (last := re.fullmatch(r"L(\w+)|(\w+)L", term)):
        number = field.number(last[1] or last[2])
        return f'found "{term}", write {5 if number is None else number}L for the last one of the month'
    ends = [field.number(end) for end in term.split("-")]
    if len(ends) == 2 and None not in ends:
        return f'the range "{term.lower()}" runs backwards, write "{_unwrapped(field, term)}"'
    return f'found "{term.lower()}", allowed are {field.allowed}'


def _unwrapped(field: Field, term: str) -> str:
    """The backward range, as one to the field's end and one from its beginning: "fri-sun,mon"."""
    start, end = term.lower().split("-")
    low, high = (1, 7) if field.names is WEEKDAYS else (field.low, field.high)
    first, last = str(low), str(high)
    if start.isalpha():
        first, last = (field.names[(n - field.low) % len(field.names)].lower() for n in (low, high))
    return ",".join("-".join(dict.fromkeys(ends)) for ends in ((start, last), (first, end)))


def _is_ever_due(minutes: str) -> bool:
    return _next_on_wall(minutes, WALL) is not None


def _next_on_wall(minutes: str, wall: datetime) -> datetime | None:
    return next(CronSim(minutes, wall), None)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _minute_after(cron: Cron, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Go from one change of the zone's offset to the next; between two, wall and UTC run alike."""
    floor, shift = after, offset(after, zone)
    wall = _latest_wall(after, zone) if cron.at_fixed_times else _wall(after, zone)
    while (match := _next_on_wall(cron.minutes, wall)) is not None:
        found = max(floor, match.replace(tzinfo=UTC) - shift)
        change = offset_change(zone, floor, floor + DAY)
        if found < (change or floor + DAY):
            return found
        if change is None:
            # A change later on may shift the match by hours, so stay well before it.
            floor = max(floor + DAY - SECOND, found - 2 * DAY)
            wall = _wall(floor, zone)
        else:
            floor = change
            # What a jump left out is still to come for fixed times, and what comes again is over.
            wall = _wall(change - SECOND, zone) if cron.at_fixed_times else _wall(change, zone) - SECOND
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
    seconds = ",".join(map(str, cron.seconds))
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
