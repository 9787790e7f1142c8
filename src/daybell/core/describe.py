"""When does a job run, in words short enough for a table?"""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import assert_never

from daybell.core import cron
from daybell.core.zones import LOCAL
from daybell.model.durations import spell
from daybell.model.errors import InvalidCron
from daybell.model.job import CronTrigger, IntervalTrigger, Job, JobTrigger, OnceTrigger, StartupTrigger, Trigger

BY_HAND = "by hand only"
MIDNIGHT = "00:00"
AFTER: dict[str, str] = {
    "success": "after {} succeeds",
    "failure": "after {} fails",
    "any": "after each run of {}",
}
SHORTER = tuple(
    (re.compile(long), short)
    for long, short in (
        (r"^At (.*) every day$", r"daily at \1"),
        (r"^At (?=\d\d:)", ""),
        (r"^At the start of every hour", "every hour"),
        (r"\bon (\w+day)$", r"on \1s"),
        (r" of every month$", " of the month"),
        (r"(?<=\d\d:\d\d) through (?=\d\d:)", " to "),
        (r"\b(\w+) through (\w+)\b", r"\1 to \2"),
        (r"^At minute 0 past every hour from", "every hour from"),
    )
)
"""cronsim's sentences, and what says the same in fewer words."""


def describe(job: Job) -> str:
    """Its schedule, whether or not it is enabled. Never raises."""
    return "; ".join(_words(trigger) for trigger in job.triggers) or BY_HAND


def _words(trigger: Trigger) -> str:
    match trigger:
        case CronTrigger(expression, timezone):
            return _cron(expression) if timezone == LOCAL else f"{_cron(expression)} ({timezone})"
        case IntervalTrigger(every):
            return f"every {_length(every)}"
        case OnceTrigger(at):
            return f"once, {_moment(at)}"
        case StartupTrigger():
            return "at startup"
        case JobTrigger(job=leader, on=on):
            return AFTER[on].format(leader)
        case _:
            assert_never(trigger)


def _cron(expression: str) -> str:
    try:
        parsed = cron.parse(expression)
    except InvalidCron:
        return expression
    if steady := _steady(parsed):
        return steady
    minute, hour, *days = parsed.minutes.split()
    if parsed.seconds == (0,) and minute.isdecimal() and hour.isdecimal():
        return _at_midnight(" ".join(days)).replace(MIDNIGHT, f"{int(hour):02}:{int(minute):02}")
    return _shortened(parsed)


@lru_cache(maxsize=256)
def _at_midnight(days: str) -> str:
    """Many schedules differ in nothing but the time of day."""
    return _shortened(cron.parse(f"0 0 {days}"))


def _shortened(parsed: cron.Cron) -> str:
    words = cron.explain(parsed)
    for long, short in SHORTER:
        words = long.sub(short, words)
    return words[0].lower() + words[1:]


def _steady(parsed: cron.Cron) -> str:
    """For a step that divides its hour or day, so that it really comes at a steady pace."""
    if parsed.seconds != (0,):
        return ""
    if (step := re.fullmatch(r"\*/(\d+) \* \* \* \*", parsed.minutes)) and 60 % int(step[1]) == 0:
        return f"every {step[1]} min"
    if (step := re.fullmatch(r"0 \*/(\d+) \* \* \*", parsed.minutes)) and 24 % int(step[1]) == 0:
        return f"every {step[1]} h"
    return ""


def _length(length: timedelta) -> str:
    parts = re.findall(r"(\d+)([a-z]+)", spell(length))
    return " ".join(f"{number} {'min' if unit == 'm' else unit}" for number, unit in parts)


def _moment(at: datetime) -> str:
    return at.isoformat(" ", "seconds" if at.second else "minutes")
