"""What do the settings say, and what is wrong with them?"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from daybell.core import shapes, versions
from daybell.core.definitions import check_days, check_positive, check_timezone
from daybell.core.ping_urls import check_url
from daybell.core.shapes import Remark
from daybell.model.durations import Duration
from daybell.model.errors import InvalidDefinition, InvalidSettings
from daybell.model.settings import NoticeConfig, PingConfig, QuietHours, Retention, SchedulerConfig, Settings
from daybell.model.sizes import Size

SOONEST = timedelta(minutes=1)
"""Of a reminder, and of pings: what comes sooner only disturbs."""
LONGEST_SILENCE = timedelta(days=1)
"""Between two pings: what comes more seldom watches over nothing."""
LEAST_BYTES = Size(1 << 20)
"""Of all output together: less would hardly hold that of one run."""
FOR_EVER = "write null to keep all"
EXAMPLES = {"from": '"22:00"', "to": '"07:00"'}


def parse_settings(file: str, content: bytes, zone: ZoneInfo) -> Settings:
    """The settings in this file; InvalidSettings carries every problem, with its remedy.

    `zone` is what "local" stands for.
    """
    checks: dict[tuple[type, str], shapes.Check] = {
        (SchedulerConfig, "default_timezone"): partial(check_timezone, machine=zone),
        (SchedulerConfig, "shutdown_timeout"): check_positive,
        (SchedulerConfig, "max_concurrent_runs"): _check_runs,
        (SchedulerConfig, "groups"): _check_groups,
        (NoticeConfig, "reminder"): _check_reminder,
        (QuietHours, ""): _check_hours,
        (PingConfig, "url"): check_url,
        (PingConfig, "every"): _check_every,
        (Retention, "days"): _check_days,
        (Retention, "runs"): _check_rows,
        (Retention, "bytes"): _check_bytes,
    }
    rules = shapes.Rules(checks, EXAMPLES)
    try:
        return versions.read(file, content, Settings, rules)
    except InvalidDefinition as refusal:
        raise InvalidSettings(refusal.problems) from None


def _check_reminder(length: Duration) -> Iterator[Remark]:
    if length < SOONEST:
        yield "", f'expected at least "1m", found "{length}"; write null for no reminders'


def _check_every(length: Duration) -> Iterator[Remark]:
    if not SOONEST <= length <= LONGEST_SILENCE:
        yield "", f'expected from "1m" to "1d", found "{length}"'


def _check_hours(hours: QuietHours) -> Iterator[Remark]:
    if hours.start == hours.end:
        found = f'found "{hours.start:%H:%M}" twice'
        yield "", f"expected two different times, {found}; for no notices at all, see notify of each job"


def _check_groups(groups: dict[str, int]) -> Iterator[Remark]:
    for name, count in groups.items():
        if count < 1:
            yield f".{name}", f"expected at least 1 run at once, found {count}"


def _check_runs(count: int) -> Iterator[Remark]:
    if count < 1:
        yield "", f"expected at least 1 run at once, found {count}; leave the key out to let Daybell choose"


def _check_days(days: int) -> Iterator[Remark]:
    yield from ((where, f"{message}; {FOR_EVER}") for where, message in check_days(days))


def _check_rows(count: int) -> Iterator[Remark]:
    if count < 1:
        yield "", f"expected at least 1, found {count}; {FOR_EVER}"


def _check_bytes(size: Size) -> Iterator[Remark]:
    if size < LEAST_BYTES:
        yield "", f'expected at least "{LEAST_BYTES}", found "{size}"; {FOR_EVER}'
