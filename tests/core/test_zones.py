import io
import struct
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from builders import BERLIN, at
from daybell.core import zones
from daybell.model.errors import InvalidTimezone


def test_local_is_the_machines_zone() -> None:
    assert zones.zone("local", BERLIN) is BERLIN


def test_an_iana_name_is_that_zone() -> None:
    assert zones.zone("Australia/Lord_Howe", BERLIN) == ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Europe/Berln", 'found "Europe/Berln", did you mean "Europe/Berlin"'),
        ("berlin", 'did you mean "Europe/Berlin"'),
        ("new york", 'did you mean "America/New_York"'),
        ("../../etc/passwd", "expected a time zone such as"),
        ("", 'expected a time zone such as "Europe/Berlin", or "local", found ""$'),
        ("x" * 100_000, f'found "{"x" * 60}"$'),
    ],
)
def test_an_unknown_zone_is_refused_with_what_was_meant(name: str, message: str) -> None:
    with pytest.raises(InvalidTimezone, match=message):
        zones.zone(name, BERLIN)


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        ("2026-01-15 12:00", "Europe/Berlin", "2026-01-15 11:00"),
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29 01:00"),
        ("2026-03-29 02:00", "Europe/Berlin", "2026-03-29 01:00"),
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25 00:30"),
        ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03 15:30"),
        ("2026-09-06 00:00", "America/Santiago", "2026-09-06 04:00"),
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-30 10:00"),
    ],
)
def test_a_time_on_the_wall_names_the_first_such_instant_or_the_end_of_the_jump(
    wall: str, zone: str, expected: str
) -> None:
    assert zones.instant(datetime.fromisoformat(wall), ZoneInfo(zone)) == at(expected)


def test_a_zone_s_name_finds_it_again_and_one_without_a_name_is_the_machine_s() -> None:
    assert zones.name(BERLIN) == "Europe/Berlin"
    nameless = ZoneInfo.from_file(io.BytesIO(tzif()))
    assert zones.name(nameless) == zones.LOCAL


def tzif() -> bytes:
    """The file of a zone that is always UTC."""
    header = b"TZif2" + bytes(15)
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = header + counts + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    return block + block + b"\nUTC0\n"


def test_a_moment_with_an_offset_needs_no_zone() -> None:
    moment = datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert zones.instant(moment, BERLIN) == at("2026-03-29 07:30")


@pytest.mark.parametrize("fraction", [timedelta(0), timedelta(microseconds=1), timedelta(milliseconds=999)])
def test_the_change_of_an_offset_is_found_to_the_second(fraction: timedelta) -> None:
    change = at("2026-03-29 01:00")
    after = change - timedelta(hours=7) - fraction
    assert zones.offset_change(BERLIN, after, after + timedelta(days=1)) == change
    assert zones.offset_change(BERLIN, after, change) == change
    assert zones.offset_change(BERLIN, change, change + timedelta(days=1)) is None
