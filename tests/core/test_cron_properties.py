from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim
from hypothesis import assume, example, given
from hypothesis import strategies as st

from builders import at
from daybell.core import cron
from daybell.core.zones import instant
from daybell.model.errors import InvalidCron

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
SANTIAGO = "America/Santiago"
APIA = "Pacific/Apia"
DUBLIN = "Europe/Dublin"

PLACES = [
    (BERLIN, "2026-03-29 01:00"),
    (BERLIN, "2026-10-25 01:00"),
    (NEW_YORK, "2026-03-08 07:00"),
    (NEW_YORK, "2026-11-01 06:00"),
    (LORD_HOWE, "2026-04-04 15:00"),
    (LORD_HOWE, "2026-10-03 15:30"),
    (SANTIAGO, "2026-04-05 03:00"),
    (SANTIAGO, "2026-09-06 04:00"),
    (APIA, "2011-12-30 10:00"),
    (DUBLIN, "2026-03-29 01:00"),
    (DUBLIN, "2026-10-25 01:00"),
    ("America/St_Johns", "2006-10-29 02:31"),
    ("Asia/Kathmandu", "2026-05-05 00:00"),
    ("UTC", "2026-05-05 00:00"),
]
"""Zones, each with an instant at which the clocks change there, and two without."""


def a_field(low: int, high: int) -> st.SearchStrategy[str]:
    numbers = st.lists(st.integers(low, high), min_size=1, max_size=3)
    ranges = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return st.one_of(
        st.sampled_from(["*", "*/2", "*/10", "*/15"]),
        numbers.map(lambda found: ",".join(map(str, found))),
        ranges.map(lambda ends: "{}-{}".format(*ends)),
    )


expressions = st.tuples(
    st.sampled_from(["", "30 ", "*/20 ", "59,0 "]),
    a_field(0, 59),
    a_field(0, 4) | st.sampled_from(["*", "23"]),
    st.sampled_from(["*", "29", "25,30"]),
).map(lambda parts: "{}{} {} {} * *".format(*parts))
places = st.sampled_from(PLACES)
shifts = st.integers(-6 * 3600, 6 * 3600).map(lambda count: count * SECOND)


def matches(text: str, number: int) -> bool:
    """Does one field match? Knows only the forms that `a_field` makes."""
    first, _, step = text.partition("/")
    if first == "*":
        return number % int(step or 1) == 0
    spans = [[int(end) for end in term.split("-")] for term in text.split(",")]
    return any(span[0] <= number <= span[-1] for span in spans)


def on_wall(expression: str, wall: datetime) -> bool:
    minute, hour, day, *_ = expression.split()[-5:]
    return matches(minute, wall.minute) and matches(hour, wall.hour) and matches(day, wall.day)


def all_due(expression: str, start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """Debian's rule, word by word, minute by minute, without cronsim."""
    first, last = (moment.astimezone(zone).replace(tzinfo=None) for moment in (start, end))
    if cron.parse(expression).at_fixed_times:
        walls = (first + n * MINUTE for n in range(int((last - first) / MINUTE) + 60))
        minutes = {instant(wall, zone) for wall in walls if on_wall(expression, wall)}
    else:
        moments = (start + n * MINUTE for n in range(int((end - start) / MINUTE)))
        minutes = {m for m in moments if on_wall(expression, m.astimezone(zone).replace(tzinfo=None))}
    found = sorted(
        minute + second * SECOND for minute in minutes for second in cron.parse(expression).seconds
    )
    return [moment for moment in found if start <= moment < end]


@given(expressions, places)
@example("0 */2 * * *", (LORD_HOWE, "2026-04-04 15:00"))
@example("30 0-59 1-3 * * *", (BERLIN, "2026-10-25 01:00"))
def test_C5_nothing_is_skipped_and_nothing_comes_twice_around_a_change(
    expression: str, place: tuple[str, str]
) -> None:
    zone, change = ZoneInfo(place[0]), at(place[1])
    start, end = change - timedelta(hours=5), change + timedelta(hours=5)
    parsed, due, found = cron.parse(expression), start - SECOND, []
    while (due := cron.next_after(parsed, due, zone) or end) < end:
        found.append(due)
    assert found == all_due(expression, start, end, zone)
    assert all(one < other for one, other in pairwise(found))


@given(expressions, places, shifts)
def test_the_newest_instant_is_the_last_before_the_next(
    expression: str, place: tuple[str, str], shift: timedelta
) -> None:
    zone, until = ZoneInfo(place[0]), at(place[1]) + shift
    parsed = cron.parse(expression)
    newest = cron.latest_until(parsed, until, zone)
    assert newest is not None
    assert newest <= until
    assert cron.next_after(parsed, newest - SECOND, zone) == newest
    following = cron.next_after(parsed, newest, zone)
    assert following is not None
    assert following > until


@given(expressions, st.floats(0, 3e9), places)
def test_C4_the_next_instant_is_always_later(expression: str, after: float, place: tuple[str, str]) -> None:
    moment = datetime.fromtimestamp(after, UTC)
    due = cron.next_after(cron.parse(expression), moment, ZoneInfo(place[0]))
    assert due is not None
    assert due > moment
    assert due.tzinfo is UTC


dates = st.tuples(
    a_field(1, 31) | st.sampled_from(["L", "LW", "29", "31", "1-7", "*/7", "15,L"]),
    a_field(1, 12) | st.sampled_from(["2", "FEB", "APR-JUN"]),
    a_field(0, 6) | st.sampled_from(["5L", "MON#1", "TUE#5", "SUN", "7", "MON-FRI"]),
).map(" ".join)
walls = st.datetimes(datetime(1971, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - a wall shows no zone


def is_valid(expression: str) -> bool:
    try:
        cron.parse(expression)
    except InvalidCron:
        return False
    return True


@given(a_field(0, 59), a_field(0, 23), dates, walls)
@example("0", "0", "29 2 *", datetime(2096, 2, 29))  # noqa: DTZ001 - as above
@example("*", "*", "* * *", datetime(2026, 12, 31, 23, 59, 59, 999_999))  # noqa: DTZ001 - as above
def test_a_wall_is_read_as_cronsim_reads_it(minute: str, hour: str, date: str, wall: datetime) -> None:
    expression = f"{minute} {hour} {date}"
    assume(is_valid(expression))
    assert cron._next_on_wall(cron.parse(expression).minutes, wall) == next(CronSim(expression, wall), None)


@given(
    st.tuples(a_field(0, 59), a_field(0, 4), dates).map(" ".join).filter(is_valid),
    places,
    st.integers(0, 400),
    st.floats(0, 1),
)
@example("30 2 29 3 *", (BERLIN, "2026-03-29 01:00"), 300, 0.999)
@example("30 2 25 10 *", (BERLIN, "2026-10-25 01:00"), 300, 0.5)
@example("0 12 30 12 *", (APIA, "2011-12-30 10:00"), 200, 0.99)
def test_an_instant_is_the_same_seen_from_far_and_from_near(
    expression: str, place: tuple[str, str], days: int, share: float
) -> None:
    """However many changes of the zone's offset lie between."""
    zone, parsed = ZoneInfo(place[0]), cron.parse(expression)
    after = at(place[1]) - timedelta(days=days)
    due = cron.next_after(parsed, after, zone)
    assert due is not None
    for between in (after + share * (due - after), due - SECOND):
        if after <= between < due:
            assert cron.next_after(parsed, between, zone) == due
