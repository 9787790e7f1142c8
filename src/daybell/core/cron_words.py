"""What does a cron expression say, in words short enough for a table?"""

import re
from functools import lru_cache

from daybell.core import cron
from daybell.core.cron_advice import FIELDS, Field, either_day
from daybell.model.errors import InvalidCron

MONTH, WEEKDAY = FIELDS[4:]
EVERY_DAY = "every day"
SHORTER = tuple(
    (re.compile(long), short)
    for long, short in (
        (r"^At (?=\d\d:)", ""),
        (r"^(\d\d:.*) every day$", r"\1"),
        (r"^At the start of every hour", "every hour"),
        (r"^At minute 0 past every hour from", "every hour from"),
        (r"\bpast every hour$", "of every hour"),
        (r"\b(second(?:s? [\d, and]*\d| from \d+ through \d+)?) (?:at (?=minute)|(?=every ))", r"\1 of "),
        (r" of every month$", " of the month"),
        (r"\bday of month\b", "day of the month"),
        (r"\bevery day of the month from (\d+) through (\d+)", r"days \1 to \2 of the month"),
        (r"^in every month from", "every day from"),
        (r"\bin every month from", "from"),
        (r"\b([2-5])([123])th\b", lambda found: found[1] + ("1st", "2nd", "3rd")[int(found[2]) - 1]),
        (r"(?<=\d\d:\d\d) through (?=\d\d:)", " to "),
        (r"\b(\w+) through (\w+)\b", r"\1 to \2"),
    )
)
"""cronsim's sentences, and what says the same in fewer words."""
STEADY = (
    (re.compile(r"\*/(\d+) \* \*"), 60, "s"),
    (re.compile(r"0 \*/(\d+) \*"), 60, "min"),
    (re.compile(r"0 0 \*/(\d+)"), 24, "h"),
)
"""Second, minute and hour that come at a steady pace if the step divides that number."""


def in_words(expression: str) -> str:
    """When it is due; an expression that is not valid stands for itself."""
    try:
        parsed = cron.parse(expression)
    except InvalidCron:
        return expression
    minute, hour, day, month, weekday = parsed.minutes.split()
    second = "0" if parsed.seconds == (0,) else cron.fields(expression)[0]
    times = _times(second, minute, hour)
    if dates := _dates(day, month, weekday):
        return f"{times} {dates}"
    return f"daily at {times}" if times[0].isdigit() else times


def _times(second: str, minute: str, hour: str) -> str:
    if second == "0" and minute.isdecimal() and hour.isdecimal():
        return f"{int(hour):02}:{int(minute):02}"
    for pattern, whole, unit in STEADY:
        step = pattern.fullmatch(f"{second} {minute} {hour}")
        if step and step[1] != "1" and whole % int(step[1]) == 0:
            return f"every {step[1]} {unit}"
    words = _shortened(cron.explain([second, minute, hour, "*", "*", "*"]))
    return words[0].lower() + words[1:]


@lru_cache(maxsize=256)
def _dates(day: str, month: str, weekday: str) -> str:
    """Many schedules differ in nothing but the time of day. Nothing where it is each day."""
    months, weekdays = _listed(MONTH, month), _listed(WEEKDAY, weekday)
    of_month, of_week = _on(day, "*", "*"), _on("*", "*", weekdays)
    is_either = either_day([day, month, weekday])
    if not is_either and EVERY_DAY in (of_month, of_week):
        words = _on(day, months, weekdays)
        return "" if words == EVERY_DAY else _each(words)
    if is_either:
        words = f"{of_month} or {_each(of_week)}"
    else:
        words = f"{of_month} if it is {of_week.removeprefix('on ').replace(' and ', ' or ')}"
    in_months = _on("*", months, "*").removeprefix(EVERY_DAY)
    return f"{words},{in_months}" if in_months else words


def _on(day: str, month: str, weekday: str) -> str:
    return _shortened(cron.explain(["0", "0", "0", day, month, weekday]).removeprefix("At 00:00 "))


def _each(words: str) -> str:
    """On Fridays, if it is on Friday."""
    return re.sub(r"^on (\w+day)(?= in | from |$)", r"on \1s", words)


def _shortened(words: str) -> str:
    for long, short in SHORTER:
        words = long.sub(short, words)
    return words


def _listed(field: Field, text: str) -> str:
    """With the names that a step stands for: nobody can tell which "every second month" are."""
    terms: list[str] = []
    for term in text.split(","):
        span, _, step = term.partition("/")
        if not step or int(step) == 1:
            terms.append(span)
            continue
        first, _, last = span.partition("-")
        start = field.low if span == "*" else field.number(first) or 0
        end = (field.number(last) or 0) if last else field.high
        terms += [str(n % 7 if field is WEEKDAY else n) for n in range(start, end + 1, int(step))]
    return ",".join(dict.fromkeys(terms))
