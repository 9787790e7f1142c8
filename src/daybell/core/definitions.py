"""What job does a file define, and what is wrong with it if it defines none?"""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from daybell.core import cron, documents, shapes, versions, zones
from daybell.core.conditions import check_percent, check_wifi
from daybell.core.documents import show
from daybell.core.lettering import is_line
from daybell.core.ping_urls import check_url
from daybell.core.plain import plain
from daybell.core.references import NAMES, REFERENCE, is_name
from daybell.core.shapes import Remark
from daybell.model.durations import Duration
from daybell.model.errors import InvalidCron, InvalidTimezone
from daybell.model.job import (
    CatchUp,
    CommandHandler,
    Conditions,
    CronTrigger,
    IntervalTrigger,
    Job,
    JobTrigger,
    Keep,
    Limits,
    Notify,
    Retry,
)
from daybell.model.sizes import Size

SHORTEST = timedelta(seconds=1)
"""Of an interval: what starts more often belongs into one long-running program."""
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
EXIT_CODES = range(256)
HIGHEST = 1000
"""Of priorities: more would only hide that two jobs compete."""
RESERVED = re.compile(r"con|nul|aux|prn|(com|lpt)[0-9]")
"""Names that Windows gives to devices, with any ending."""
NICE = range(-20, 20)
SMALLEST = Size(1 << 20)
"""Of a limit on memory: below, nothing even starts."""
FACTORS = 100
"""Of the factor by which waits grow: more is a slip of the pen."""
LONGEST_JITTER = Duration(days=1)
LONGEST_AGE = 36500
"""Days; what lies further back runs over the beginning of the calendar."""
LEAST_OUTPUT = Size(64 << 10)
"""Of what is kept of a run's output: with less of it nobody finds out what went wrong."""
MOST_ARTIFACTS = Size(1 << 40)
"""Of the files that are kept of a run: more is a slip of the pen."""
EXAMPLES = {
    "handler": '{"type": "command", "argv": ["program", "argument"]}',
    "argv": '["program", "argument"]',
    "expression": '"30 2 * * *"',
    "every": '"5m"',
    "at": '"2026-12-24T18:00:00"',
    "job": '"mount-disk"',
}


def parse_job(job_id: str, file: str, content: bytes, zone: ZoneInfo) -> Job:
    """The job that this file defines; InvalidDefinition carries every problem, with its remedy.

    `zone` is what "local" stands for.
    """
    return versions.read(file, content, Job, _rules(zone), id=job_id)


def dump_job(job: Job) -> bytes:
    """The file that defines this job: what `parse_job` reads, without keys that stand at their default."""
    members = plain(job)
    handler = members.pop("handler")
    del members["id"]
    first: dict[str, object] = {"$schema": documents.JOB_SCHEMA, "schema": job.schema}
    return documents.dump({**first, **members, "handler": handler})


@lru_cache(maxsize=1)
def _rules(zone: ZoneInfo) -> shapes.Rules:
    zoned = {
        (CronTrigger, "timezone"): partial(check_timezone, machine=zone),
        (Job, ""): partial(_check_job, zone=zone),
    }
    return shapes.Rules(CHECKS | zoned, EXAMPLES)


def check_timezone(name: str, machine: ZoneInfo) -> Iterator[Remark]:
    try:
        zones.zone(name, machine)
    except InvalidTimezone as refusal:
        yield "", str(refusal)


def _check_id(job_id: str) -> Iterator[Remark]:
    if not SLUG.fullmatch(job_id):
        rule = "at most 64 of a-z, 0-9, - and _, beginning with a letter or digit"
        yield "", f"the file's name is the job's id, expected {rule}, found {show(job_id)}"
    elif RESERVED.fullmatch(job_id):
        yield "", f'Windows keeps the name "{job_id}" for itself, rename the file'


def _check_name(name: str) -> Iterator[Remark]:
    if not is_line(name):
        yield "", f"expected one line of text, found {show(name)}"


def _check_expression(expression: str) -> Iterator[Remark]:
    try:
        cron.parse(expression)
    except InvalidCron as refusal:
        yield "", str(refusal)


def _check_every(length: Duration) -> Iterator[Remark]:
    if length < SHORTEST:
        yield "", f'expected at least "1s", found "{length}"'


def check_positive(length: Duration) -> Iterator[Remark]:
    if not length:
        yield "", f'expected more than no time at all, found "{length}"'


def _check_argv(argv: tuple[str, ...]) -> Iterator[Remark]:
    if not argv or not argv[0].strip():
        yield "", f"expected a program, and then its arguments, found {show(argv)}"
    for place, argument in enumerate(argv):
        yield from _check_nul(argument, f"[{place}]")


def _check_cwd(cwd: str) -> Iterator[Remark]:
    if not cwd:
        yield (
            "",
            'expected a directory such as "~/Pictures", found ""; leave the key out for the home directory',
        )
    yield from _check_nul(cwd, "")


def _check_env(env: dict[str, str]) -> Iterator[Remark]:
    for name, value in env.items():
        if not name or "=" in name or "\0" in name:
            yield f".{name}", f"expected the name of a variable, without =, found {show(name)}"
        if value.startswith(REFERENCE) and not is_name(value.removeprefix(REFERENCE)):
            yield f".{name}", f'expected "keyring:" and the name of a secret, {NAMES}, found {show(value)}'
        yield from _check_nul(value, f".{name}")


def _check_nul(text: str, below: str) -> Iterator[Remark]:
    if "\0" in text:
        yield below, "expected text without the character \\u0000, which no program can be given"


def _check_exit_codes(codes: tuple[int, ...]) -> Iterator[Remark]:
    if not codes:
        yield "", "expected at least one exit code, else no run could succeed, found []"
    for place, code in enumerate(codes):
        if code not in EXIT_CODES:
            yield f"[{place}]", f"expected an exit code from 0 to 255, found {code}"


def _check_command(handler: CommandHandler) -> Iterator[Remark]:
    if handler.shell and len(handler.argv) != 1:
        line = show(" ".join(handler.argv))
        yield (
            ".argv",
            f'with "shell": true, expected one command line, found {len(handler.argv)}, write [{line}]',
        )


def _check_jitter(window: Duration) -> Iterator[Remark]:
    if window > LONGEST_JITTER:
        yield "", f'expected at most "{LONGEST_JITTER}", found "{window}"'


def _check_other(job_id: str) -> Iterator[Remark]:
    if not SLUG.fullmatch(job_id):
        yield "", f"expected the id of another job, found {show(job_id)}"


def _check_needs(job_ids: tuple[str, ...]) -> Iterator[Remark]:
    for place, job_id in enumerate(job_ids):
        yield from ((f"[{place}]", message) for _, message in _check_other(job_id))


def check_at_least_one(number: int) -> Iterator[Remark]:
    if number < 1:
        yield "", f"expected at least 1, found {number}"


def _check_multiplier(factor: float) -> Iterator[Remark]:
    if not 1 <= factor <= FACTORS:
        yield "", f"expected a number from 1 to {FACTORS}, found {factor:g}"


def _check_nice(nice: int) -> Iterator[Remark]:
    if nice not in NICE:
        yield "", f"expected a whole number from {NICE[0]} to {NICE[-1]}, found {nice}"


def _check_memory(size: Size) -> Iterator[Remark]:
    if size < SMALLEST:
        yield "", f'expected at least "{SMALLEST}", found "{size}"'


def check_days(days: int) -> Iterator[Remark]:
    if not 1 <= days <= LONGEST_AGE:
        yield "", f"expected a number of days from 1 to {LONGEST_AGE}, found {days}"


def _check_output(size: Size) -> Iterator[Remark]:
    if size < LEAST_OUTPUT:
        yield "", f'expected at least "{LEAST_OUTPUT}", found "{size}"'


def _check_artifacts(size: Size) -> Iterator[Remark]:
    if size > MOST_ARTIFACTS:
        yield "", f'expected at most "{MOST_ARTIFACTS}", found "{size}"'


def _check_span(job: Job, zone: ZoneInfo) -> Iterator[Remark]:
    if job.start and job.end and zones.instant(job.end, zone) < zones.instant(job.start, zone):
        yield "end", "expected an instant later than start"


def _check_wishes(wishes: tuple[str, ...]) -> Iterator[Remark]:
    if "recovery" in wishes and "failure" not in wishes:
        yield "", 'a recovery is told only of a failure that was told, add "failure"'


def _check_job(job: Job, zone: ZoneInfo) -> Iterator[Remark]:
    yield from _check_concurrency(job)
    yield from _check_span(job, zone)


def _check_concurrency(job: Job) -> Iterator[Remark]:
    if job.overlap == "concurrent" and job.max_concurrent < 2:
        yield "max_concurrent", 'with "overlap": "concurrent", say how many at once: expected at least 2'
    if job.overlap != "concurrent" and job.max_concurrent != 1:
        yield "max_concurrent", 'means something only with "overlap": "concurrent"; leave one of both out'


def _check_group(group: str) -> Iterator[Remark]:
    if not group.strip():
        yield "", 'expected a name such as "disk", found ""; leave the key out for no group'


def _check_priority(priority: int) -> Iterator[Remark]:
    if abs(priority) > HIGHEST:
        yield "", f"expected a number from -{HIGHEST} to {HIGHEST}, found {priority}"


CHECKS: dict[tuple[type, str], shapes.Check] = {
    (Job, "id"): _check_id,
    (Job, "name"): _check_name,
    (Job, "group"): _check_group,
    (Job, "priority"): _check_priority,
    (Job, "timeout"): check_positive,
    (Job, "max_runs"): check_at_least_one,
    (Job, "jitter"): _check_jitter,
    (Job, "needs"): _check_needs,
    (JobTrigger, "job"): _check_other,
    (Retry, "max_attempts"): check_at_least_one,
    (Retry, "multiplier"): _check_multiplier,
    (Conditions, "idle"): check_positive,
    (Conditions, "battery_above"): check_percent,
    (Conditions, "wifi"): check_wifi,
    (Conditions, "max_wait"): check_positive,
    (Limits, "nice"): _check_nice,
    (Limits, "memory"): _check_memory,
    (Limits, "cpu_time"): check_positive,
    (Keep, "runs"): check_at_least_one,
    (Keep, "days"): check_days,
    (Keep, "output"): _check_output,
    (Keep, "artifacts"): _check_artifacts,
    (CatchUp, "window"): check_positive,
    (Job, "late_after"): check_positive,
    (Job, "too_long_after"): check_positive,
    (Notify, "on"): _check_wishes,
    (Job, "ping"): check_url,
    (CronTrigger, "expression"): _check_expression,
    (IntervalTrigger, "every"): _check_every,
    (CommandHandler, ""): _check_command,
    (CommandHandler, "argv"): _check_argv,
    (CommandHandler, "cwd"): _check_cwd,
    (CommandHandler, "env"): _check_env,
    (CommandHandler, "success_exit_codes"): _check_exit_codes,
}
