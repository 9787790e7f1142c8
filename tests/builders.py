"""Values for tests: whole and valid, changed only where a test cares."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from daybell.model.durations import Duration
from daybell.model.job import CommandHandler, CronTrigger, IntervalTrigger, Job, OnceTrigger
from daybell.model.run import Run
from daybell.model.status import Statistics

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    """The instant, in UTC, of "2026-03-29 02:30 Europe/Berlin"; UTC where no zone is named.

    A time that comes twice means the first one, unless "+1" follows the zone.
    """
    day, time, *zone = text.split()
    wall = datetime.fromisoformat(f"{day}T{time}")
    name = zone[0] if zone else "UTC"
    return wall.replace(tzinfo=ZoneInfo(name), fold=int(len(zone) > 1)).astimezone(UTC)


def a_job(**changes: object) -> Job:
    """A job that runs by hand only, unless the changes say otherwise."""
    return msgspec.structs.replace(Job(id="backup", handler=CommandHandler(argv=("true",))), **changes)


def a_run(**changes: object) -> Run:
    """A scheduled run that succeeded in two seconds."""
    run = Run(
        run_id="20260103T023000-aaaa",
        job_id="backup",
        cause="schedule",
        due=at("2026-01-03 02:30"),
        started=at("2026-01-03 02:30:00.004"),
        finished=at("2026-01-03 02:30:02"),
        outcome="succeeded",
        exit_code=0,
        attempts=1,
    )
    return msgspec.structs.replace(run, **changes)


def no_statistics() -> Statistics:
    return Statistics(since=at("2026-01-01 00:00"))


def cron(expression: str, timezone: str = "local") -> CronTrigger:
    return CronTrigger(expression=expression, timezone=timezone)


def every(length: str, anchor: datetime | None = None) -> IntervalTrigger:
    return IntervalTrigger(every=Duration.parse(length), anchor=anchor)


def once(moment: datetime) -> OnceTrigger:
    return OnceTrigger(at=moment)
