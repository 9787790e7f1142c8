import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from builders import at
from daybell.machine.alarms import ApschedulerAlarms
from waiting import until

FAR = at("2199-01-01 00:00")


@pytest.fixture
def alarms() -> Iterator[ApschedulerAlarms]:
    made = ApschedulerAlarms()
    yield made
    made.stop()


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_there_is_one_thread_with_a_name_and_it_ends(alarms: ApschedulerAlarms) -> None:
    alarms.start(lambda key: None)
    assert names().count("alarms") == 1
    alarms.stop()
    assert "alarms" not in names()


def test_it_rings_on_its_own_thread(alarms: ApschedulerAlarms) -> None:
    seen: list[str] = []
    alarms.start(lambda key: seen.append(threading.current_thread().name))
    alarms.set("a", datetime.min.replace(tzinfo=UTC) + timedelta(days=365 * 1990))
    until(lambda: seen == ["alarms"])


@pytest.mark.parametrize("is_early", [True, False])
def test_ten_thousand_are_set_and_moved_in_seconds(alarms: ApschedulerAlarms, *, is_early: bool) -> None:
    rung: list[str] = []
    start = time.monotonic()
    if not is_early:
        alarms.start(rung.append)
    for _ in range(2):
        for number in range(10_000):
            alarms.set(str(number), FAR - timedelta(seconds=number))
    if is_early:
        alarms.start(rung.append)
    assert time.monotonic() - start < (3 if is_early else 6)
    alarms.set("9", at("2020-01-01 00:00"))
    until(lambda: rung == ["9"])


def test_apscheduler_is_silent_about_each_alarm(
    alarms: ApschedulerAlarms, caplog: pytest.LogCaptureFixture
) -> None:
    rung: list[str] = []
    with caplog.at_level(logging.INFO):
        alarms.start(rung.append)
        alarms.set("a", at("2020-01-01 00:00"))
        until(lambda: rung == ["a"])
    assert caplog.text == ""
