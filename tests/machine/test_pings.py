"""The line of pings: who waits, who is left out, and what is told."""

import logging
import math
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from builders import a_run, at
from daybell.core.pings import Delivery, Ping
from daybell.machine.ping_courier import Courier
from daybell.machine.pings import LONGEST, PACE, Pace, Pinger
from daybell.model.durations import Duration
from daybell.model.events import RunFinished, RunStarted
from daybell.model.run import ProcessIdentity
from daybell.model.settings import PingConfig
from ping_servers import PingServer, says_nothing, strange_server
from waiting import until

NOW = at("2026-03-02 12:00")
URL = "https://hc-ping.com/s3cr3t"
ALIVE = "https://hc-ping.com/alive-s3cr3t"
OWN = PingConfig(ALIVE, Duration(minutes=5))
SWIFT = Pace(gather=0, idle=0.01)


class FakeClock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return self.seconds


class FakeSender:
    """It says what it is told to; shut, it waits until it is opened or stopped."""

    def __init__(self) -> None:
        self.batches: list[list[Ping]] = []
        self.delivery: Delivery | Exception = Delivery()
        self.gate = threading.Event()
        self.gate.set()
        self.is_stopped = False

    def deliver(self, pings: Sequence[Ping]) -> list[Delivery]:
        self.batches.append(list(pings))
        assert self.gate.wait(10)
        if isinstance(self.delivery, Exception):
            raise self.delivery
        return [self.delivery] * len(pings)

    def hurry(self) -> None:
        self.gate.set()

    def stop(self) -> None:
        self.is_stopped = True
        self.gate.set()

    @property
    def sent(self) -> list[Ping]:
        return [ping for batch in self.batches for ping in batch]


class World:
    """A pinger, and what stands around it."""

    def __init__(self, own: PingConfig = OWN, pace: Pace = SWIFT) -> None:
        self.sender = FakeSender()
        self.clock = FakeClock()
        self.url: str | None = URL
        self.pinger = Pinger(lambda _: self.url, own, self.clock, self.sender, pace)

    def run(self, number: int = 0) -> None:
        run = a_run(run_id=f"run-{number}")
        self.pinger.hear([RunFinished(at=NOW, run=run)])

    def fare(self, delivery: Delivery | Exception) -> None:
        """A run whose ping fares like this."""
        self.sender.delivery = delivery
        count = len(self.sender.batches)
        self.run()
        until(lambda: len(self.sender.batches) > count)
        self.rest()

    def rest(self) -> None:
        """Until nothing is under way."""
        until(lambda: not threads())


@pytest.fixture
def world() -> Iterator[World]:
    one = World()
    yield one
    one.sender.gate.set()
    one.pinger.stop()


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "pings"]


def test_a_run_pings_without_anybody_waiting(world: World) -> None:
    world.sender.gate.clear()
    process = ProcessIdentity(7, 1.0, "b")
    world.pinger.hear([RunStarted(at=NOW, run_id="r", job_id="backup", process=process)])
    until(lambda: len(world.sender.batches) == 1)
    for number in range(3):
        world.run(number)
    world.sender.gate.set()
    until(lambda: len(world.sender.sent) == 4)
    assert [len(batch) for batch in world.sender.batches] == [1, 3]


def test_there_is_a_thread_only_while_there_are_pings(world: World) -> None:
    for count in (1, 2):
        assert threads() == []
        world.run()
        world.rest()
        assert len(world.sender.batches) == count


def test_a_job_without_an_address_costs_no_thread(world: World) -> None:
    world.url = None
    world.run()
    assert threads() == []


def test_of_a_thousand_that_wait_the_newest_two_hundred_are_sent(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.sender.gate.clear()
    world.run()
    until(lambda: len(world.sender.batches) == 1)
    world.pinger.hear([RunFinished(at=NOW, run=a_run(run_id=f"run-{number}")) for number in range(1000)])
    expected = list(world.pinger._line)
    world.sender.gate.set()
    world.rest()
    assert [len(batch) for batch in world.sender.batches] == [1, LONGEST]
    assert world.sender.batches[1] == expected
    assert [record.getMessage() for record in caplog.records] == [
        "more than 200 pings wait: the oldest are left out",
        "800 pings were left out",
    ]


def test_what_comes_within_a_second_goes_with_one_child() -> None:
    world, started = World(pace=Pace(gather=0.2, idle=30)), time.monotonic()
    for number in range(100):
        world.run(number)
    seconds = time.monotonic() - started
    until(lambda: len(world.sender.sent) == 100)
    assert len(world.sender.batches) <= 2 + seconds / 0.2
    world.pinger.stop()


def test_daybell_says_that_it_lives_as_often_as_the_settings_want(world: World) -> None:
    next_ones = []
    for seconds in (0, 9, 290, 1, 9, 291):
        world.clock.seconds += seconds
        next_ones.append(world.pinger.beat())
        world.rest()
    assert world.sender.sent == [Ping(ALIVE)] * 3
    assert next_ones == [300, 291, 1, 300, 291, 300]


def test_without_an_address_it_says_nothing() -> None:
    world = World(own=PingConfig())
    assert world.pinger.beat() == math.inf
    assert threads() == []
    world.pinger.stop()


def test_a_failure_is_told_once_until_it_works_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for delivery in (Delivery("timed out"), Delivery("timed out"), Delivery("connection refused")):
        world.fare(delivery)
        assert world.pinger.why == f"pings to hc-ping.com fail: {delivery.failure}"
    world.fare(Delivery())
    assert world.pinger.why == ""
    world.fare(Delivery("404 Not Found", is_refusal=True))
    world.fare(Delivery())
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "pings to hc-ping.com fail: timed out"),
        ("INFO", "pings to hc-ping.com get there again"),
        ("WARNING", "pings of backup to hc-ping.com fail: 404 Not Found"),
        ("INFO", "pings to hc-ping.com get there again"),
    ]
    assert "s3cr3t" not in caplog.text


def test_an_address_that_was_mended_is_no_trouble_any_more(world: World) -> None:
    world.fare(Delivery("the host cannot be found"))
    world.url = "https://example.org/s3cr3t"
    assert world.pinger.why == ""
    world.url = None
    assert world.pinger.why == ""


def test_a_mistake_of_ours_keeps_no_later_ping_from_being_sent(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.fare(RuntimeError("oops"))
    world.fare(Delivery())
    assert len(world.sender.batches) == 2
    assert "pings were not sent" in caplog.text


def test_a_stop_sends_what_waits_and_takes_no_more(world: World) -> None:
    world.sender.gate.clear()
    world.run(1)
    until(lambda: len(world.sender.batches) == 1)
    world.run(2)
    stopping = threading.Thread(target=world.pinger.stop, args=(10,))
    stopping.start()
    until(world.pinger._is_stopping.is_set)
    world.run(3)
    world.pinger.beat()
    world.sender.gate.set()
    stopping.join(10)
    assert len(world.sender.sent) == 2
    assert not world.sender.is_stopped
    assert threads() == []


def test_a_stop_does_not_wait_for_the_next_child_to_be_due() -> None:
    world = World(pace=Pace(gather=60, idle=60))
    world.run(1)
    until(lambda: len(world.sender.batches) == 1)
    world.run(2)
    world.pinger.stop()
    assert len(world.sender.sent) == 2
    assert not world.sender.is_stopped


def test_a_stop_gives_up_what_hangs(world: World) -> None:
    world.sender.gate.clear()
    world.run()
    until(lambda: len(world.sender.batches) == 1)
    world.pinger.stop(0.05)
    assert world.sender.is_stopped
    assert threads() == []


def test_at_a_stop_what_hangs_makes_room_for_what_waits() -> None:
    with strange_server(says_nothing) as hanging, PingServer().running() as server:
        urls = {"hanging": hanging, "backup": server.url()}
        pinger = Pinger(urls.get, PingConfig(), FakeClock(), Courier("Daybell"), Pace(gather=0))
        pinger.hear([RunFinished(at=NOW, run=a_run(job_id="hanging"))])
        until(lambda: not pinger._line)
        pinger.hear([RunFinished(at=NOW, run=a_run())])
        pinger.stop()
    assert server.lines == ["GET /ping/2f1d"]
    assert pinger.why.endswith("fail: Daybell stopped")


def test_a_stop_without_pings_is_one(world: World) -> None:
    world.pinger.stop()
    assert not world.sender.is_stopped


def test_with_a_server_that_hangs_a_stop_takes_two_seconds(caplog: pytest.LogCaptureFixture) -> None:
    with strange_server(says_nothing) as url:
        pinger = Pinger(lambda _: url, PingConfig(), FakeClock(), Courier("Daybell"))
        pinger.hear([RunFinished(at=NOW, run=a_run())])
        started = time.monotonic()
        pinger.stop()
        assert 1.9 < time.monotonic() - started < 8, "a try alone takes ten"
    assert threads() == []
    assert "2f1d" not in caplog.text


def test_a_thousand_runs_at_once_take_few_children() -> None:
    with PingServer().running() as server:
        pinger = Pinger(lambda _: server.url(), PingConfig(), FakeClock(), courier := CountedCourier())
        started = time.monotonic()
        for number in range(1000):
            pinger.hear([RunFinished(at=NOW, run=a_run(run_id=f"run-{number}"))])
        seconds = time.monotonic() - started
        pinger.stop(20)
    assert courier.children <= 3 + seconds / PACE.gather
    assert 0 < len(server.asked) <= courier.children * LONGEST


class CountedCourier(Courier):
    def __init__(self) -> None:
        super().__init__("Daybell")
        self.children = 0

    def deliver(self, pings: Sequence[Ping]) -> list[Delivery]:
        self.children += 1
        return super().deliver(pings)
