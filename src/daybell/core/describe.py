"""When does a job run, in words short enough for a table, and as its file says it?"""

import re
from datetime import datetime, timedelta
from typing import assert_never

from daybell.core.cron_words import in_words
from daybell.core.zones import LOCAL
from daybell.model.durations import spell
from daybell.model.job import (
    CronTrigger,
    IntervalTrigger,
    Job,
    JobTrigger,
    OnceTrigger,
    StartupTrigger,
    Trigger,
)

BY_HAND = "by hand only"
AFTER: dict[str, str] = {
    "success": "after {} succeeds",
    "failure": "after {} fails",
    "any": "after each run of {}",
}


def describe(job: Job) -> str:
    """Its schedule, whether or not it is enabled. Never raises."""
    return "; ".join(_words(trigger) for trigger in job.triggers) or BY_HAND


def as_written(job: Job) -> str:
    """Its triggers as its file has them; empty where there are none."""
    return "; ".join(_as_written(trigger) for trigger in job.triggers)


def _words(trigger: Trigger) -> str:
    match trigger:
        case CronTrigger(expression, timezone):
            return in_words(expression) if timezone == LOCAL else f"{in_words(expression)} ({timezone})"
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


def _as_written(trigger: Trigger) -> str:
    match trigger:
        case CronTrigger(expression, timezone):
            return expression if timezone == LOCAL else f"{expression} ({timezone})"
        case IntervalTrigger(every):
            return f"every {spell(every)}"
        case OnceTrigger(at):
            return at.isoformat()
        case StartupTrigger():
            return "at start"
        case JobTrigger(job=leader, on=on):
            return f"after job {leader} ({on})"
        case _:
            assert_never(trigger)


def _length(length: timedelta) -> str:
    parts = re.findall(r"(\d+)([a-z]+)", spell(length))
    return " ".join(f"{number} {'min' if unit == 'm' else unit}" for number, unit in parts)


def _moment(at: datetime) -> str:
    return at.isoformat(" ", "seconds" if at.second else "minutes")
