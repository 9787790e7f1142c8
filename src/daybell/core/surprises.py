"""What about the schedule of a job may surprise the person who wrote it? Asked when a job is edited."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from daybell.core import cron, zones
from daybell.core.cron_advice import DAY_OF_WEEK, FIELDS, either_day
from daybell.core.day_words import whole_date
from daybell.core.jumps import jumps, times_of
from daybell.core.steps import uneven_steps
from daybell.model.job import CronTrigger, Job, OnceTrigger, Trigger
from daybell.model.status import Problem

DAY = timedelta(days=1)
YEAR = 366 * DAY
"""How far ahead one looks for changes of the clocks."""
CHANGES = 2
"""How many are told: those of the next years are alike."""
RARE = 367 * DAY
"""What comes every year is never further apart."""
WEEKS = {"1-7": "first", "8-14": "second", "15-21": "third", "22-28": "fourth"}
"""What people write who mean the first Monday of the month."""


def warnings(job: Job, file: str, zone: ZoneInfo, now: datetime) -> tuple[Problem, ...]:
    """Each with the key it is about; none of them keeps a valid job from running.

    `zone` is what "local" stands for.
    """
    start = max(now, zones.instant(job.start, zone)) if job.start else now
    end = min(now + YEAR, zones.instant(job.end, zone)) if job.end else now + YEAR
    return tuple(
        Problem(file, f"triggers[{place}].{key}", message)
        for place, trigger in enumerate(job.triggers)
        for key, message in _of_trigger(trigger, zone, start, end)
    )


def _of_trigger(
    trigger: Trigger, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[str, str]]:
    match trigger:
        case CronTrigger(expression, timezone):
            there = zones.zone(timezone, zone)
            yield from (("expression", message) for message in _of_cron(expression, there, start, end))
        case OnceTrigger(at):
            yield from (("at", message) for message in _of_once(at, zone, start))


def _of_cron(expression: str, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[str]:
    parsed = cron.parse(expression)
    yield from _either(cron.fields(expression))
    yield from uneven_steps(expression, start)
    yield from _rare(parsed, zone, start)
    if parsed.at_fixed_times:  # the others just follow the wall
        yield from islice(jumps(times_of(parsed), zone, start, end), CHANGES)


def _either(fields: list[str]) -> Iterator[str]:
    if not either_day(fields):
        return
    day, weekday = fields[-3].lower(), fields[-1].lower()
    both = f'day of month "{day}" and day of week "{weekday}" both restrict: it is due on either'
    if day in WEEKS and FIELDS[DAY_OF_WEEK].number(fields[-1]) is not None:
        nth = f"{weekday}#{list(WEEKS).index(day) + 1}"
        yield f'{both}; for the {WEEKS[day]} one of the month write * and "{nth}"'
    else:
        yield both


def _rare(parsed: cron.Cron, zone: ZoneInfo, start: datetime) -> Iterator[str]:
    first = cron.next_after(parsed, start, zone)
    second = cron.next_after(parsed, first, zone) if first else None
    if first and second and second - first > RARE:
        one, two = (whole_date(due.astimezone(zone)) for due in (first, second))
        yield f"it is rarely due: on {one}, then on {two}"


def _of_once(at: datetime, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    due = zones.instant(at, zone)
    if due <= now:
        yield f"{at.isoformat(' ', 'minutes')} is over: it will not run by itself"
    elif at.tzinfo is None:
        wall = at.replace(tzinfo=UTC)
        there = jumps(lambda low, high: [wall] if low <= wall < high else [], zone, due - DAY, due + DAY)
        yield from there
