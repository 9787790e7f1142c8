from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from daybell.cli.times import between, full, moment, relative, short, took

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, "–"),
        ("2026-11-20T14:05:00Z", "14:05"),
        ("2026-11-20T00:00:00Z", "00:00"),
        ("2026-11-19T23:59:00Z", "Thu 23:59"),
        ("2026-11-21T02:30:00Z", "Sat 02:30"),
        ("2026-11-26T02:30:00Z", "Thu 02:30"),
        ("2026-11-27T02:30:00Z", "27 Nov 02:30"),
        ("2026-01-03T02:30:00Z", "3 Jan 02:30"),
        ("2027-01-03T02:30:00Z", "3 Jan 2027"),
        ("2026-11-20T15:05:00+01:00", "14:05"),
    ],
)
def test_short_times_say_only_what_is_not_plain(text: str | None, shown: str) -> None:
    assert short(text, NOW, UTC) == shown


def test_days_begin_where_the_person_is() -> None:
    assert short("2026-11-20T23:30:00Z", NOW, ZoneInfo("Europe/Berlin")) == "Sat 00:30"


def test_each_instant_has_the_offset_of_its_own_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert full("2026-10-24T22:00:00Z", berlin) == "Sun 2026-10-25 00:00:00 +02:00"
    assert full("2026-10-25T22:00:00Z", berlin) == "Sun 2026-10-25 23:00:00 +01:00"
    assert full(None) == ""


def test_an_instant_without_an_offset_is_in_utc() -> None:
    assert moment("2026-11-20T12:00:00") == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0ms"),
        (-1, "0ms"),
        (0.0994, "99ms"),
        (0.0996, "0.1s"),
        (0.44, "0.4s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (59.4, "59s"),
        (59.6, "1m 00s"),
        (185, "3m 05s"),
        (3599.9, "1h 00m"),
        (7620, "2h 07m"),
        (86_400 * 3 + 3600 * 4, "3d 04h"),
    ],
)
def test_two_units_are_enough(seconds: float, shown: str) -> None:
    assert took(timedelta(seconds=seconds)) == shown


def test_what_has_not_ended_took_no_time_yet() -> None:
    assert took(between("2026-11-20T12:00:00Z", None)) == "–"
    assert between("2026-11-20T12:00:00Z", "2026-11-20T12:00:03Z") == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "now"),
        (-0.9, "now"),
        (1, "in 1 s"),
        (-59, "59 s ago"),
        (60, "in 1 min"),
        (-3599, "59 min ago"),
        (3600, "in 1 h"),
        (-47.9 * 3600, "47 h ago"),
        (48 * 3600, "Sun 12:00"),
        (-20 * 86400, "31 Oct 12:00"),
    ],
)
def test_what_is_near_is_told_by_how_near_it_is(seconds: float, shown: str) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert relative((now + timedelta(seconds=seconds)).isoformat(), now, UTC) == shown


def test_what_has_not_happened_is_not_near() -> None:
    assert relative(None, datetime(2026, 11, 20, tzinfo=UTC)) == "–"
