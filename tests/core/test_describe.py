from datetime import datetime

import pytest

from builders import a_job, at, cron, every, once
from daybell.core.describe import as_written, describe
from daybell.model.job import JobTrigger, StartupTrigger, Trigger


@pytest.mark.parametrize(
    ("triggers", "expected"),
    [
        ((), "by hand only"),
        ((cron("0 18 * * *", "Europe/Berlin"),), "daily at 18:00 (Europe/Berlin)"),
        ((every("5s"),), "every 5 s"),
        ((every("90m"),), "every 1 h 30 min"),
        ((once(datetime(2026, 12, 24, 18)),), "once, 2026-12-24 18:00"),  # noqa: DTZ001 - as people write it
        ((once(at("2026-12-24 18:00:05")),), "once, 2026-12-24 18:00:05+00:00"),
        ((StartupTrigger(), every("1d")), "at startup; every 1 d"),
        ((JobTrigger("mount-disk"),), "after mount-disk succeeds"),
        ((JobTrigger("mount-disk", "failure"),), "after mount-disk fails"),
        ((JobTrigger("mount-disk", "any"),), "after each run of mount-disk"),
        ((cron("0 0 13 * 5", "UTC"),), "00:00 on the 13th day of the month or on Fridays (UTC)"),
    ],
)
def test_all_triggers_are_told(triggers: tuple[Trigger, ...], expected: str) -> None:
    assert describe(a_job(triggers=triggers)) == expected


def test_a_disabled_job_still_tells_its_schedule() -> None:
    assert describe(a_job(enabled=False, triggers=(every("5s"),))) == "every 5 s"


@pytest.mark.parametrize(
    ("triggers", "expected"),
    [
        ((), ""),
        ((cron("30 2 * * *"),), "30 2 * * *"),
        ((cron("@daily", "Europe/Berlin"),), "@daily (Europe/Berlin)"),
        ((every("90m"),), "every 1h30m"),
        ((once(datetime(2026, 12, 24, 18)),), "2026-12-24T18:00:00"),  # noqa: DTZ001 - as people write it
        ((once(at("2026-12-24 18:00")),), "2026-12-24T18:00:00+00:00"),
        ((StartupTrigger(), JobTrigger("mount-disk")), "at start; after job mount-disk (success)"),
        ((JobTrigger("mount-disk", "any"),), "after job mount-disk (any)"),
    ],
)
def test_a_schedule_is_told_as_it_was_written(triggers: tuple[Trigger, ...], expected: str) -> None:
    assert as_written(a_job(triggers=triggers)) == expected
