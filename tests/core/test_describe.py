from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_job, at, cron, every, once
from daybell.core.describe import describe
from daybell.model.job import StartupTrigger, Trigger


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 18 * * *", "daily at 18:00"),
        ("@daily", "daily at 00:00"),
        ("0 8,20 * * *", "daily at 08:00 and 20:00"),
        ("30 2 * * 0", "02:30 on Sundays"),
        ("0 9 * * mon-fri", "09:00 on Monday to Friday"),
        ("*/5 * * * *", "every 5 min"),
        ("0 */6 * * *", "every 6 h"),
        ("*/25 * * * *", "every 25th minute of every hour"),
        ("0 */5 * * *", "at minute 0 past every fifth hour"),
        ("@hourly", "every hour"),
        ("* * * * * *", "every second"),
        ("*/10 * * * * *", "every 10th second of every minute"),
        ("15 30 2 * * *", "daily at 02:30:15"),
        ("0-5/7 34 2 * * *", "daily at 02:34"),
        ("5 3 * * 0", "03:05 on Sundays"),
        ("7 0 24 12 *", "00:07 on December 24"),
        ("0 8-18 * * 1-5", "every hour from 8 to 18 on Monday to Friday"),
        ("*/15 9-17 * * *", "every 15th minute from 09:00 to 17:59"),
        ("0 2 * * 5L", "02:00 on the last Friday of the month"),
        ("0 2 1 * *", "02:00 on the first day of the month"),
        ("0 0 13 * 5", "00:00 on the 13th day of month and on Fridays"),
        ("not an expression", "not an expression"),
    ],
)
def test_a_cron_expression_is_told_in_a_few_words(expression: str, expected: str) -> None:
    assert describe(a_job(triggers=(cron(expression),))) == expected


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
    ],
)
def test_all_triggers_are_told(triggers: tuple[Trigger, ...], expected: str) -> None:
    assert describe(a_job(triggers=triggers)) == expected


def test_a_disabled_job_still_tells_its_schedule() -> None:
    assert describe(a_job(enabled=False, triggers=(every("5s"),))) == "every 5 s"


@given(st.text(alphabet="0123456789*/,-#Lw @monfri", max_size=30))
def test_it_never_raises(expression: str) -> None:
    assert isinstance(describe(a_job(triggers=(cron(expression),))), str)
