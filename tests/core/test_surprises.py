from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BERLIN, a_job, at, cron, every, once
from daybell.core.cron import parse
from daybell.core.surprises import warnings
from daybell.model.errors import InvalidCron
from daybell.model.job import JobTrigger, StartupTrigger, Trigger
from daybell.model.status import Problem

NOW = at("2026-06-01 00:00")


def told(trigger: Trigger, now: datetime = NOW, **changes: object) -> list[str]:
    job = a_job(triggers=(trigger,), **changes)
    return [warning.message for warning in warnings(job, "backup.json", BERLIN, now)]


@pytest.mark.parametrize(
    ("expression", "zone", "now", "expected"),
    [
        (
            "30 2 * * *",
            "local",
            "2026-11-01",
            "02:30 does not exist on 28 March 2027 in Europe/Berlin: it runs at 03:00 that day",
        ),
        (
            "15 30 2 * * *",
            "local",
            "2026-11-01",
            "02:30 does not exist on 28 March 2027 in Europe/Berlin: it runs at 03:00 that day",
        ),
        (
            "0,30 2 * * *",
            "Europe/Berlin",
            "2026-11-01",
            (
                "2 times from 02:00 to 02:30 do not exist on 28 March 2027 in Europe/Berlin:"
                " instead it runs once, at 03:00 that day"
            ),
        ),
        (
            "30 1 * * *",
            "America/New_York",
            "2026-06-01",
            "01:30 comes twice on 1 November 2026 in America/New_York: it runs once, the first time",
        ),
        (
            "0-30/15 1 * 11 *",
            "America/New_York",
            "2026-06-01",
            (
                "3 times from 01:00 to 01:30 come twice on 1 November 2026 in America/New_York:"
                " it runs at each of them once, the first time"
            ),
        ),
        (
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-06-01",
            "02:15 does not exist on 4 October 2026 in Australia/Lord_Howe: it runs at 02:30 that day",
        ),
        (
            "0 0 * * *",
            "America/Santiago",
            "2026-06-01",
            "00:00 does not exist on 6 September 2026 in America/Santiago: it runs at 01:00 that day",
        ),
        (
            "0 12 * * *",
            "Pacific/Apia",
            "2011-12-01",
            "12:00 does not exist on 30 December 2011 in Pacific/Apia: it runs at 00:00 on 31 December",
        ),
        ("30 2 * * 1", "local", "2026-06-01", None),  # clocks change on Sundays
        ("*/30 2 * * *", "local", "2026-06-01", None),  # follows the wall
        ("0 */2 * * *", "local", "2026-06-01", None),
        ("0 * * * *", "local", "2026-06-01", None),
        ("30 2 * * *", "UTC", "2026-06-01", None),
    ],
)
def test_times_that_clocks_leave_out_or_show_twice_are_told(
    expression: str, zone: str, now: str, expected: str | None
) -> None:
    assert next(iter(told(cron(expression, zone), at(f"{now} 00:00"))), None) == expected


def test_no_more_than_two_changes_of_the_clocks_are_told() -> None:
    sentences = told(cron("30 2 * * *"), at("2027-03-28 00:00"))  # and a third on 26 March 2028
    assert [sentence.split(" on ")[1].split(" in ")[0] for sentence in sentences] == [
        "28 March 2027",
        "31 October 2027",
    ]


def test_changes_outside_the_life_of_the_job_are_not_told() -> None:
    nightly = cron("30 2 * * *")
    assert len(told(nightly)) == 2
    assert told(nightly, end=at("2026-10-01 00:00")) == []
    assert len(told(nightly, end=at("2026-11-01 00:00"))) == 1
    assert len(told(nightly, start=at("2027-04-01 00:00"))) == 0
    assert len(told(nightly, start=datetime(2026, 5, 1))) == 2  # noqa: DTZ001 - as people write it


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 12 29 2 *", "it is rarely due: on 29 February 2028, then on 29 February 2032"),
        ("0 12 29 2 */7", "it is rarely due: on 29 February 2032, then on 29 February 2060"),
        ("0 12 1 1 *", None),
        ("0 12 13 * 5", 'day of month "13" and day of week "5" both restrict: it is due on either'),
        (
            "0 12 1-7 * mon",
            (
                'day of month "1-7" and day of week "mon" both restrict: it is due on either;'
                ' for the first one of the month write * and "mon#1"'
            ),
        ),
        ("0 12 1-7 * 1-5", 'day of month "1-7" and day of week "1-5" both restrict: it is due on either'),
        ("0 12 * * mon#1", None),
        (
            "0 */5 * * *",
            (
                '"*/5" begins anew with each day: 20:00, then 00:00, 4 hours apart;'
                ' {"type": "interval", "every": "5h"} is steady'
            ),
        ),
    ],
)
def test_rare_days_days_in_either_field_and_uneven_steps_are_told(
    expression: str, expected: str | None
) -> None:
    assert told(cron(expression)) == ([expected] if expected else [])


def test_near_the_end_of_the_calendar_nothing_is_rare() -> None:
    assert told(cron("0 0 29 2 *"), at("9996-03-01 00:00")) == []
    assert told(cron("0 0 29 2 *"), at("9993-03-01 00:00")) == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-07-01", None),
        ("2020-01-01", "2020-01-01 00:00 is over: it will not run by itself"),
        (
            "2027-03-28T02:30",
            "02:30 does not exist on 28 March 2027 in Europe/Berlin: it runs at 03:00 that day",
        ),
        (
            "2026-10-25T02:30",
            "02:30 comes twice on 25 October 2026 in Europe/Berlin: it runs once, the first time",
        ),
        ("2026-10-25T03:00", None),
        ("2026-10-25T02:30+01:00", None),
        ("2026-05-31T23:00Z", "2026-05-31 23:00+00:00 is over: it will not run by itself"),
    ],
)  # fmt: skip
def test_a_single_time_that_is_over_or_that_clocks_jump_over_is_told(
    moment: str, expected: str | None
) -> None:
    assert told(once(datetime.fromisoformat(moment))) == ([expected] if expected else [])


def test_each_warning_names_the_file_and_the_key() -> None:
    triggers = (
        every("7m"),
        StartupTrigger(),
        JobTrigger("mount"),
        cron("0 0 29 2 *"),
        once(at("2020-01-01 00:00")),
    )
    found = warnings(a_job(triggers=triggers), "backup.json", ZoneInfo("UTC"), NOW)
    assert [(warning.file, warning.field) for warning in found] == [
        ("backup.json", "triggers[3].expression"),
        ("backup.json", "triggers[4].at"),
    ]
    assert isinstance(found[0], Problem)


terms = st.from_regex(r"(\*|[1-5]|[1-3]-[4-5])(/[1-9])?", fullmatch=True)
expressions = st.lists(st.lists(terms, min_size=1, max_size=2).map(",".join), min_size=5, max_size=6).map(
    " ".join
)
zones = st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"])


@given(expressions, zones, st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - made aware by `timezones`
def test_any_valid_job_can_be_asked_about(expression: str, zone: str, now: datetime) -> None:
    try:
        parse(expression)
    except InvalidCron:
        return
    assert all(told(cron(expression, zone), now))
