import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from builders import at
from daybell.machine.alarms import ApschedulerAlarms
from daybell.machine.clock import SystemClock
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


def test_an_alarm_that_became_due_while_the_machine_slept_rings_after_the_wake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wall clock goes on in sleep, and what the library waits by does not."""
    slept = timedelta(0)

    class Wall(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # as the library calls it
            return datetime.now(tz) + slept  # noqa: TID251 - the real clock beneath the shifted one

    monkeypatch.setattr(base, "datetime", Wall)
    alarms, rung = ApschedulerAlarms(beat=0.05), threading.Event()
    alarms.start(lambda key: rung.set())
    alarms.set("a", SystemClock().now() + timedelta(hours=11))
    assert not rung.wait(0.1)
    slept = timedelta(hours=12)
    assert rung.wait(5)
    alarms.stop()
