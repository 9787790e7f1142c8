"""What is wrong with a cron expression, and what to write instead?"""

import re
from collections.abc import Callable

from msgspec import Struct

Accepts = Callable[[int, str], bool]
"""Would this text do as the field in this place of FIELDS?"""


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


def either_day(fields: list[str]) -> bool:
    """Debian's rule: one matching day field is enough, unless one of the two begins with a star."""
    return not any(text.startswith("*") for text in (fields[-3], fields[-1]))


def refusal(fields: list[str], accepts: Accepts) -> str:
    """What is wrong with the first field that is; cronsim refuses some days that no month has as a whole."""
    for place, text in enumerate(fields, start=len(FIELDS) - len(fields)):
        if not accepts(place, text):
            return f"{FIELDS[place].name}: {_advice(place, text, accepts)}"
    return never(fields)


def never(fields: list[str]) -> str:
    _, _, day, month, weekday = fields[-5:]
    return f'it is never due: no day is "{day}" in month "{month}" on weekday "{weekday}"'


def _advice(place: int, text: str, accepts: Accepts) -> str:
    """What is wrong with this field, and what to write instead."""
    field = FIELDS[place]
    term = next(term for term in text.split(",") if not accepts(place, term))
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
