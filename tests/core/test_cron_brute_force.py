"""Is a cron expression due when a scan of every minute of a year says so?

The scan shares nothing with what it judges: it reads the fields by itself, and looks at the wall of every
minute that passes.
"""

import calendar
import re
from array import array
from bisect import bisect, bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain, compress, count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daybell.core import cron
from daybell.model.errors import InvalidCron

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)
"""Of an hour: these clocks change at no other time."""
MINUTES = 24 * 60
"""Of a day."""
YEARS = {
    "Europe/Berlin": 2026,
    "America/New_York": 2026,
    "Australia/Lord_Howe": 2026,  # half an hour
    "America/Santiago": 2026,  # at midnight
    "Europe/Dublin": 2026,  # the offset of winter is the odd one
    "Pacific/Apia": 2011,  # without 30 December
}
MOST = 400
"""Instants after which one asks for the next, of an expression that has more."""
NEAR, WHILE = 3 * 3600, 11 * 60 + 7
"""Seconds on either side of a jump, and the steps in which one asks there."""
SELDOM = 7
"""How often one asks for the newest instant as well: it takes longer."""
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


class Year:
    """A year of UTC in a zone: what the wall shows in each of its minutes, in minutes since `base`."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.start = datetime(YEARS[zone], 1, 1, tzinfo=UTC)
        self.end = datetime(YEARS[zone] + 1, 1, 1, tzinfo=UTC)
        self.base = self.start.date() - DAY
        self.walls = array("l")
        for quarter in range((self.end - self.start) // QUARTER):
            wall = (self.start + quarter * QUARTER).astimezone(self.zone)
            first = (wall.date() - self.base).days * MINUTES + wall.hour * 60 + wall.minute
            self.walls.extend(range(first, first + QUARTER // MINUTE))
        self.again: set[int] = set()
        """The minutes in which the wall shows what it has shown before."""
        self.left_out: dict[int, slice] = {}
        """What the wall jumps over, by the minute at the end of the jump."""
        self._find_jumps()

    def _find_jumps(self) -> None:
        latest = self.walls[0] - 1
        for minute, wall in enumerate(self.walls):
            if wall <= latest:
                self.again.add(minute)
            elif wall > latest + 1:
                self.left_out[minute] = slice(latest + 1, wall)
            latest = max(latest, wall)

    def jumps(self) -> list[int]:
        """In seconds since the year's beginning."""
        starts = [minute for minute in self.again if minute - 1 not in self.again]
        return [minute * 60 for minute in sorted([*starts, *self.left_out])]

    def dates(self) -> Iterator[date]:
        """Each that the wall can show."""
        return (self.base + day * DAY for day in range(self.walls[-1] // MINUTES + 2))


@lru_cache
def year_in(zone: str) -> Year:
    return Year(zone)


def numbers(field: str, low: int, high: int, names: Sequence[str] = ()) -> set[int]:
    """What the plain terms of a field name; those of `L` and `#` name none."""

    def number(text: str) -> int:
        return low + names.index(text) if text in names else int(text)

    found: set[int] = set()
    for term in field.split(","):
        span, _, step = term.partition("/")
        if re.fullmatch(r"LW?|\dL|\w+#\d", span):
            continue
        ends = span.split("-")
        first = low if span == "*" else number(ends[0])
        last = high if span == "*" or (step and len(ends) == 1) else number(ends[-1])
        if last < first:  # as in fri-sun
            last = high
        found.update(range(first, last + 1, int(step or 1)))
    return found


def is_day_of_month(field: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    weekdays = [one for one in range(1, last + 1) if day.replace(day=one).isoweekday() <= 5]
    special = {"L": last, "LW": weekdays[-1]}
    days = numbers(field, 1, 31) | {special[term] for term in field.split(",") if term in special}
    return day.day in days


def is_day_of_week(field: str, day: date) -> bool:
    """Sunday is 0 and 7."""
    if {day.isoweekday(), day.isoweekday() % 7} & numbers(field, 0, 7, WEEKDAYS):
        return True
    last = calendar.monthrange(day.year, day.month)[1]
    for term in field.split(","):
        which, mark, nth = term.partition("#")
        if term.endswith("L") and int(term[:-1]) % 7 == day.isoweekday() % 7 and day.day > last - 7:
            return True
        name = WEEKDAYS.index(which) if which in WEEKDAYS else which
        if mark and int(name) % 7 == day.isoweekday() % 7 and (day.day - 1) // 7 + 1 == int(nth):
            return True
    return False


def is_date(fields: list[str], day: date) -> bool:
    """Debian's rule: both must match if either begins with a star, else one is enough."""
    of_month, month, of_week = fields
    if day.month not in numbers(month, 1, 12, MONTHS):
        return False
    both = [is_day_of_month(of_month, day), is_day_of_week(of_week, day)]
    return all(both) if of_month[0] == "*" or of_week[0] == "*" else any(both)


def scan(fields: list[str], year: Year) -> list[int]:
    """The minutes of the year in which five fields are due."""
    minute, hour, *days = fields
    minutes, hours = numbers(minute, 0, 59), numbers(hour, 0, 23)
    of_day = bytes(n // 60 in hours and n % 60 in minutes for n in range(MINUTES))
    wanted = b"".join(of_day if is_date(days, day) else bytes(MINUTES) for day in year.dates())
    matching = compress(count(), map(wanted.__getitem__, year.walls))
    if minute[0] == "*" or hour[0] == "*":
        return list(matching)
    at_the_end_of_a_jump = {end for end, left_out in year.left_out.items() if 1 in wanted[left_out]}
    return sorted(set(matching) - year.again | at_the_end_of_a_jump)


class Scanned:
    """What is due in a year, each instant in seconds since its beginning."""

    def __init__(self, expression: str, year: Year) -> None:
        *second, minute, hour, day, month, weekday = expression.split()
        self.year = year
        self.minutes = scan([minute, hour, day, month, weekday], year)
        self.seconds = sorted(numbers(second[0] if second else "0", 0, 59))
        self.count = len(self.minutes) * len(self.seconds)

    def __getitem__(self, place: int) -> int:
        minute, second = divmod(place, len(self.seconds))
        return self.minutes[minute] * 60 + self.seconds[second]

    def place_after(self, moment: int) -> int:
        """Of the first instant later than that; after the last one, how many there are."""
        minute, second = divmod(moment, 60)
        place = bisect_left(self.minutes, minute)
        is_due = place < len(self.minutes) and self.minutes[place] == minute
        return place * len(self.seconds) + (bisect(self.seconds, second) if is_due else 0)

    def asked(self) -> list[int]:
        """Each instant, or MOST of them, the year's beginning, and each while around the jumps."""
        around = chain(*(range(jump - NEAR, jump + NEAR, WHILE) for jump in self.year.jumps()))
        return [-1, *(self[place] for place in range(0, self.count, self.count // MOST + 1)), *around]


def disagreements(expression: str, zone: str) -> Iterator[str]:
    """Where the expression is not due when the scan says so."""
    year = year_in(zone)
    scanned = Scanned(expression, year)
    try:
        parsed = cron.parse(expression)
    except InvalidCron:  # it is never due
        yield from (f"refused, but due in minute {minute}" for minute in scanned.minutes[:1])
        return
    for number, moment in enumerate(scanned.asked()):
        asked, place = year.start + moment * SECOND, scanned.place_after(moment)
        due = min(cron.next_after(parsed, asked, year.zone) or year.end, year.end)
        expected = year.start + scanned[place] * SECOND if place < scanned.count else year.end
        if due != expected:
            yield f"after {asked} due {due}, expected {expected}"
        if place and number % SELDOM == 0:
            newest = cron.latest_until(parsed, asked, year.zone)
            expected = year.start + scanned[place - 1] * SECOND
            if newest != expected:
                yield f"until {asked} newest {newest}, expected {expected}"


def a_field(
    low: int, high: int, names: Sequence[str] = (), others: Sequence[str] = ()
) -> st.SearchStrategy[str]:
    one = st.integers(low, high).map(str)
    span = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    step = st.integers(1, high + 2)
    terms = [
        one,
        span.map(lambda ends: "{}-{}".format(*ends)),
        st.tuples(span, step).map(lambda parts: f"{parts[0][0]}-{parts[0][1]}/{parts[1]}"),
        st.tuples(one, step).map(lambda parts: "{}/{}".format(*parts)),
    ]
    if names:
        ends = st.tuples(*[st.integers(0, len(names) - 1)] * 2).map(sorted)
        terms.append(ends.map(lambda ends: "-".join(names[end] for end in ends)))
    if special := [*names, *others]:
        terms.append(st.sampled_from(special))
    return st.one_of(
        st.just("*"),
        step.map("*/{}".format),
        st.lists(st.one_of(terms), min_size=1, max_size=3).map(",".join),
    )


expressions = st.tuples(
    st.just("") | st.sampled_from(["0 ", "30 ", "15,45 ", "*/20 ", "50-59/3 ", "* "]),
    a_field(0, 59),
    a_field(0, 23) | a_field(0, 4),  # where clocks jump
    st.just("*") | a_field(1, 31, others=("L", "LW")),
    st.just("*") | a_field(1, 12, MONTHS),
    st.just("*") | a_field(0, 7, WEEKDAYS, ("5L", "0L", "7L", "1#1", "FRI#5", "SUN#2", "FRI-SUN", "5-0")),
).map(lambda parts: "{}{} {} {} {} {}".format(*parts))


@settings(max_examples=40)
@given(expressions, st.sampled_from(sorted(YEARS)))
@example("30 2 * * *", "Europe/Berlin")
@example("0,30 2,3 * * *", "Europe/Berlin")
@example("0 */2 * * *", "Europe/Berlin")
@example("30 1 * * *", "America/New_York")
@example("0 * * * *", "America/New_York")
@example("*/30 1-2 * * *", "America/New_York")
@example("15 1,2 * * *", "Australia/Lord_Howe")
@example("0 */2 * * *", "Australia/Lord_Howe")
@example("45 * * * *", "Australia/Lord_Howe")
@example("0 0 * * *", "America/Santiago")
@example("30 23 * * 6", "America/Santiago")
@example("*/20 0 * * *", "America/Santiago")
@example("30 1 * * *", "Europe/Dublin")
@example("0 0 * * *", "Pacific/Apia")
@example("0 12 30 12 *", "Pacific/Apia")
@example("30 12 * 12 5", "Pacific/Apia")
@example("*/10 * 29-31 12 *", "Pacific/Apia")
@example("15,45 30,31 2 * * *", "Europe/Berlin")
@example("* 30 2 * * *", "Europe/Berlin")
@example("*/20 */30 1 * * *", "America/New_York")
@example("0 0 13 * 5", "Europe/Berlin")
@example("0 0 */2 * 5", "Europe/Berlin")
@example("0 0 L,15 * FRI#2", "America/New_York")
@example("0 0 LW */3 5L", "Australia/Lord_Howe")
@example("0 0 30 2 *", "Europe/Berlin")
def test_C5_it_is_due_when_a_scan_of_a_years_minutes_says_so(expression: str, zone: str) -> None:
    assert list(disagreements(expression, zone)) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("30 2 29 3 *", ["03-29 01:00"]),  # 03:00 on the wall
        ("*/30 2 29 3 *", []),
        ("30 2 25 10 *", ["10-25 00:30"]),
        ("*/30 2 25 10 *", ["10-25 00:00", "10-25 00:30", "10-25 01:00", "10-25 01:30"]),
        ("0 0 13 3 5", ["03-05 23:00", "03-12 23:00", "03-19 23:00", "03-26 23:00"]),
        ("0 0 */2 3 5", ["03-12 23:00", "03-26 23:00"]),
        ("0 12 LW 2 *", ["02-27 11:00"]),
        ("0 12 * 2 5L", ["02-27 11:00"]),
        ("0 12 * 2 FRI#2", ["02-13 11:00"]),
        ("0 12 1/15 2 *", ["02-01 11:00", "02-16 11:00"]),
    ],
)
def test_the_scan_itself_knows_the_rules(expression: str, expected: list[str]) -> None:
    year = year_in("Europe/Berlin")
    found = [year.start + timedelta(minutes=moment) for moment in scan(expression.split(), year)]
    assert [f"{moment:%m-%d %H:%M}" for moment in found] == expected
