"""Quiet hours are times on the wall, every day."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BERLIN, at
from daybell.core.quiet import quiet_until
from daybell.model.settings import QuietHours

NIGHT = QuietHours(time(22), time(7))
NOON = QuietHours(time(12), time(13, 30))
JUMP = QuietHours(time(1), time(2, 30))
"""Its end does not exist in one night of spring, and comes twice in one of autumn."""


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        (None, "2026-06-01 23:00 Europe/Berlin", None),
        (NIGHT, "2026-06-01 21:59:59 Europe/Berlin", None),
        (NIGHT, "2026-06-01 22:00 Europe/Berlin", "2026-06-02 07:00 Europe/Berlin"),
        (NIGHT, "2026-06-02 06:59:59 Europe/Berlin", "2026-06-02 07:00 Europe/Berlin"),
        (NIGHT, "2026-06-02 07:00 Europe/Berlin", None),
        (NOON, "2026-06-02 12:15 Europe/Berlin", "2026-06-02 13:30 Europe/Berlin"),
        (NOON, "2026-06-02 13:30 Europe/Berlin", None),
        (NOON, "2026-06-02 11:00 Europe/Berlin", None),
        (JUMP, "2026-03-29 01:30 Europe/Berlin", "2026-03-29 03:00 Europe/Berlin"),
        (JUMP, "2026-10-25 02:10 Europe/Berlin", "2026-10-25 02:30 Europe/Berlin"),
        (JUMP, "2026-10-25 02:40 Europe/Berlin", None),
        (JUMP, "2026-10-25 02:10 Europe/Berlin +1", "2026-10-25 02:30 Europe/Berlin +1"),
    ],
)
def test_it_is_quiet_until_the_end_on_the_wall(hours: QuietHours | None, now: str, end: str | None) -> None:
    assert quiet_until(hours, at(now), BERLIN) == (end and at(end))


times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
nights = st.sampled_from(["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-06-01"])


@given(times, times, nights, st.integers(0, 24 * 60))
def test_when_the_quiet_ends_it_is_not_quiet(start: time, end: time, night: str, minutes: int) -> None:
    """So whoever waits for the end waits once."""
    now: datetime = at(f"{night} 12:00") + timedelta(minutes=minutes)
    until = quiet_until(QuietHours(start, end), now, BERLIN)
    if until is not None:
        assert now < until <= now + timedelta(days=1, hours=1)
        assert start == end or quiet_until(QuietHours(start, end), until, BERLIN) is None
