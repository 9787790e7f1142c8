"""Where does a step not come at a steady pace, because it begins anew?"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.core import cron
from daybell.core.cron_advice import DAY_OF_MONTH, DAY_OF_WEEK, either_day
from daybell.core.day_words import MONTHS, WEEKDAYS, day_and_month
from daybell.model.errors import InvalidCron

MOST, FARTHEST = 366, timedelta(days=2 * 366)
"""How many steps are looked at, and how far ahead: each cycle ends several times within both."""
MONTH = 4
OTHER = {DAY_OF_MONTH: DAY_OF_WEEK, DAY_OF_WEEK: DAY_OF_MONTH}


class Unit(Struct, frozen=True):
    """What a field counts."""

    name: str
    cycle: str
    """With which it begins anew."""
    count: Callable[[datetime], int]
    """Of whole units since the beginning of time."""
    show: Callable[[datetime], str]
    letter: str = ""
    """For the same length as an interval."""


UNITS = (
    Unit("second", "minute", lambda at: int(at.timestamp()), lambda at: f":{at:%S}", "s"),
    Unit("minute", "hour", lambda at: int(at.timestamp()) // 60, lambda at: f":{at:%M}", "m"),
    Unit("hour", "day", lambda at: int(at.timestamp()) // 3600, lambda at: f"{at:%H:%M}", "h"),
    Unit("day", "month", datetime.toordinal, day_and_month, "d"),
    Unit("month", "year", lambda at: at.year * 12 + at.month, lambda at: MONTHS[at.month - 1]),
    Unit("day", "week", datetime.toordinal, lambda at: WEEKDAYS[at.weekday()]),
)


def uneven_steps(expression: str, now: datetime) -> Iterator[str]:
    """A sentence for each field of a valid expression whose step is not kept: where it comes sooner."""
    fields = cron.fields(expression)
    fields = fields if len(fields) == len(UNITS) else ["0", *fields]
    for place, text in enumerate(fields):
        step = re.fullmatch(r"(?:\*|\w+(?:-\w+)?)/(\d+)", text)
        pair = _hasty(_alone(fields, place), UNITS[place], int(step[1]), now) if step else None
        if step and pair:
            yield _sentence(fields, place, step[1], pair)


def _alone(fields: list[str], place: int) -> str:
    """The expression with one value each where smaller units are counted, and no other say in which days."""
    changed = list(fields)
    for smaller in range(min(place, DAY_OF_MONTH)):
        number = re.match(r"\d+", fields[smaller])
        changed[smaller] = number[0] if number else "0"
    if place == MONTH:
        changed[DAY_OF_MONTH], changed[DAY_OF_WEEK] = "1", "*"
    elif place in OTHER and either_day(fields):
        changed[OTHER[place]] = "*"
    return " ".join(changed)


def _hasty(expression: str, unit: Unit, step: int, now: datetime) -> tuple[datetime, datetime] | None:
    """The next two instants in a row that are fewer units apart than that."""
    try:
        parsed = cron.parse(expression)
    except InvalidCron:  # without the other day field, it is never due
        return None
    wall = ZoneInfo("UTC")
    one = cron.next_after(parsed, now, wall)
    for _ in range(MOST):
        two = cron.next_after(parsed, one, wall) if one else None
        if one is None or two is None or two - now > FARTHEST:
            return None
        if unit.count(two) - unit.count(one) < step:
            return one, two
        one = two
    return None


def _sentence(fields: list[str], place: int, step: str, pair: tuple[datetime, datetime]) -> str:
    unit, (one, two) = UNITS[place], pair
    apart = unit.count(two) - unit.count(one)
    units = unit.name if apart == 1 else f"{unit.name}s"
    uneven = f"{unit.show(one)}, then {unit.show(two)}, {apart} {units} apart"
    is_all = all(text.isdecimal() for text in fields[:place]) and set(fields[place + 1 :]) <= {"*"}
    steady = f'; {{"type": "interval", "every": "{step}{unit.letter}"}} is steady'
    return (
        f'"{fields[place].lower()}" begins anew with each {unit.cycle}: {uneven}'
        f"{steady if is_all and unit.letter else ''}"
    )
