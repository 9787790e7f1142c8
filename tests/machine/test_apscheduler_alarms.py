import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from builders import at
from daybell.core.clocks import Reading, Slept
from daybell.machine.alarms import ApschedulerAlarms
from daybell.machine.bells import PlainBell, open_bell
from daybell.machine.clock import SystemClock
from daybell.machine.clock_watch import ClockWatch
from waiting import until

FAR = at("2199-01-01 00:00")


@pytest.fixture
def alarms() -> Iterator[ApschedulerAlarms]:
    made = ApschedulerAlarms()
    yield made
    made.stop()


def beating(seconds: float) -> PlainBell:
    bell = PlainBell()
    bell.beat = seconds
    return bell


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
    start = time.process_time()
    if not is_early:
        alarms.start(rung.append)
    for _ in range(2):
        for number in range(10_000):
            alarms.set(str(number), FAR - timedelta(seconds=number))
    if is_early:
        alarms.start(rung.append)
    assert time.process_time() - start < (3 if is_early else 6), "of our own: the machine may be busy"
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
    alarms, rung = ApschedulerAlarms(bell=beating(0.05)), threading.Event()
    alarms.start(lambda key: rung.set())
    alarms.set("a", SystemClock().now() + timedelta(hours=11))
    assert not rung.wait(0.1)
    slept = timedelta(hours=12)
    assert rung.wait(5)
    alarms.stop()


def test_a_watch_is_asked_before_what_is_due_rings_and_at_each_beat() -> None:
    order: list[str] = []
    asked = 0

    def watch(within: float) -> None:
        nonlocal asked
        asked += 1
        order.append("asked")

    alarms = ApschedulerAlarms([watch], beating(0.02))
    alarms.set("a", at("2020-01-01 00:00"))
    alarms.start(order.append)
    until(lambda: "a" in order)
    before = asked
    until(lambda: asked > before + 2)
    alarms.stop()
    assert order[0] == "asked"
    assert order.count("a") == 1


def test_a_watch_is_told_how_soon_it_was_to_be_asked_again() -> None:
    told: list[float] = []
    rung = threading.Event()
    alarms = ApschedulerAlarms([told.append])
    alarms.start(lambda key: rung.set())
    until(lambda: len(told) == 1)
    due = SystemClock().now() + timedelta(seconds=0.2)
    alarms.set("a", due)
    assert rung.wait(5)
    alarms.stop()
    assert told[0] == open_bell().beat
    assert 0 <= min(told) <= 0.2


def test_a_watch_that_fails_is_logged_and_stops_neither_the_alarms_nor_the_next_watch(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(within: float) -> None:
        raise ValueError("no luck")

    asked, rung = threading.Event(), threading.Event()
    alarms = ApschedulerAlarms([broken, lambda within: asked.set()], beating(0.02))
    alarms.start(lambda key: rung.set())
    alarms.set("a", SystemClock().now() + timedelta(milliseconds=50))
    assert asked.wait(5)
    assert rung.wait(5)
    alarms.stop()
    assert "a watch failed" in caplog.text
    assert "no luck" in caplog.text


@pytest.mark.parametrize("is_looked_at_first", [False, True])
def test_what_a_watch_finds_is_heard_before_the_alarms_that_ring_late(
    monkeypatch: pytest.MonkeyPatch, *, is_looked_at_first: bool
) -> None:
    """The machine sleeps over two alarms, before it is looked at; the engine must know it when they ring."""
    slept = timedelta(0)
    falls_asleep = threading.Event()

    class Wall(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # as the library calls it
            if is_looked_at_first:
                fall_asleep()
            return datetime.now(tz) + slept  # noqa: TID251 - the real clock beneath the shifted one

    def fall_asleep() -> None:
        nonlocal slept
        if looked.is_set() and falls_asleep.is_set():
            slept = timedelta(hours=3)

    def look() -> Reading:
        if not is_looked_at_first:
            fall_asleep()
        looked.set()
        reading = SystemClock().look()
        return Reading(
            reading.wall + slept.total_seconds(), reading.boot + slept.total_seconds(), reading.monotonic
        )

    monkeypatch.setattr(base, "datetime", Wall)
    mailbox: list[object] = []
    looked = threading.Event()
    alarms = ApschedulerAlarms([ClockWatch(look, mailbox.append).beat], beating(0.05))
    alarms.start(mailbox.append)
    for key, hours in (("a", 1), ("b", 2)):
        alarms.set(key, SystemClock().now() + timedelta(hours=hours))
    assert looked.wait(5)
    falls_asleep.set()
    until(lambda: len(mailbox) == 3)
    alarms.stop()
    found, *late = mailbox
    assert isinstance(found, Slept)
    assert abs(found.length - slept) < timedelta(seconds=1)
    assert late == ["a", "b"]
