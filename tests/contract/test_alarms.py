"""What every `engine.ports.Alarms` keeps to."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

import pytest
from msgspec import Struct

from builders import at
from daybell.engine.memory import VirtualAlarms, VirtualClock
from daybell.engine.ports import Alarms, Clock
from daybell.machine.alarms import ApschedulerAlarms
from daybell.machine.clock import SystemClock
from waiting import until


class Stage(Struct):
    """A kind of alarms, and how time passes for it."""

    alarms: Alarms
    clock: Clock
    wait_until: Callable[[Callable[[], bool]], None]

    def in_ms(self, count: int) -> datetime:
        return self.clock.now() + timedelta(milliseconds=count)

    def start(self, rung: list[str], arrange: Callable[[], None]) -> None:
        """What is arranged is so before any of it can ring, however busy the machine is."""
        self.alarms.start(lambda key: arrange() if key == "begin" else rung.append(key))
        self.alarms.set("begin", self.in_ms(0))


@contextmanager
def real_stage() -> Iterator[Stage]:
    alarms = ApschedulerAlarms()
    yield Stage(alarms, SystemClock(), until)
    alarms.stop()


@contextmanager
def virtual_stage() -> Iterator[Stage]:
    clock, alarms = VirtualClock(at("2026-03-02 12:00")), VirtualAlarms()

    def pass_time(holds: Callable[[], bool]) -> None:
        for _ in range(1000):
            if holds():
                return
            clock.advance_to(clock.now() + timedelta(milliseconds=1))
            alarms.ring(clock.now())
        assert holds()

    yield Stage(alarms, clock, pass_time)


@pytest.fixture(params=[real_stage, virtual_stage], ids=["apscheduler", "virtual"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    make: Callable[[], AbstractContextManager[Stage]] = request.param
    with make() as made:
        yield made


@pytest.fixture
def rung() -> list[str]:
    return []


def test_they_ring_in_the_order_of_their_instants(stage: Stage, rung: list[str]) -> None:
    def arrange() -> None:
        begin = stage.clock.now()
        for key, count in (("c", 90), ("a", 30), ("b", 60)):
            stage.alarms.set(key, begin + timedelta(milliseconds=count))

    stage.start(rung, arrange)
    stage.wait_until(lambda: len(rung) == 3)
    assert rung == ["a", "b", "c"]


def test_none_rings_early(stage: Stage) -> None:
    early: list[timedelta] = []
    instants = {str(count): stage.in_ms(count * 7) for count in range(1, 12)}
    stage.alarms.start(lambda key: early.append(instants[key] - stage.clock.now()))
    for key, instant in instants.items():
        stage.alarms.set(key, instant)
    stage.wait_until(lambda: len(early) == len(instants))
    assert max(early) <= timedelta()


def test_those_set_before_the_start_ring_too(stage: Stage, rung: list[str]) -> None:
    stage.alarms.set("a", stage.in_ms(0))
    stage.alarms.set("b", stage.in_ms(0))
    stage.alarms.clear("b")
    stage.alarms.start(rung.append)
    stage.alarms.set("c", stage.in_ms(20))
    stage.wait_until(lambda: len(rung) == 2)
    assert rung == ["a", "c"]


def test_an_instant_that_is_over_rings_at_once_and_once(stage: Stage, rung: list[str]) -> None:
    stage.alarms.start(rung.append)
    stage.alarms.set("past", stage.in_ms(-86_400_000))
    stage.alarms.set("end", stage.in_ms(40))
    stage.wait_until(lambda: "end" in rung)
    assert rung == ["past", "end"]


@pytest.mark.parametrize(("first", "moved"), [(20, 60), (10_000, 60)])
def test_a_moved_one_rings_only_at_its_new_instant(
    stage: Stage, rung: list[str], first: int, moved: int
) -> None:
    def arrange() -> None:
        begin = stage.clock.now()
        for key, count in (("a", first), ("between", 40), ("a", moved), ("end", 80)):
            stage.alarms.set(key, begin + timedelta(milliseconds=count))

    stage.start(rung, arrange)
    stage.wait_until(lambda: "end" in rung)
    assert rung == ["between", "a", "end"]


def test_a_cleared_one_never_rings(stage: Stage, rung: list[str]) -> None:
    def arrange() -> None:
        stage.alarms.set("a", stage.in_ms(20))
        stage.alarms.clear("a")
        stage.alarms.clear("unknown")
        stage.alarms.set("end", stage.in_ms(40))

    stage.start(rung, arrange)
    stage.wait_until(lambda: "end" in rung)
    assert rung == ["end"]


def test_one_that_has_rung_may_be_set_again(stage: Stage, rung: list[str]) -> None:
    stage.alarms.start(rung.append)
    for count in range(1, 4):
        stage.alarms.set("a", stage.in_ms(1))
        stage.wait_until(lambda count=count: len(rung) == count)  # type: ignore[misc]


def test_one_may_be_set_again_while_it_rings(stage: Stage, rung: list[str]) -> None:
    def ring(key: str) -> None:
        rung.append(key)
        if len(rung) < 4:
            # Now in the past, now in the future: both must hold.
            stage.alarms.set(key, stage.in_ms(5 if len(rung) % 2 else -5))

    stage.alarms.start(ring)
    stage.alarms.set("a", stage.in_ms(0))
    stage.wait_until(lambda: len(rung) == 4)


def test_one_that_cannot_ring_is_logged_and_keeps_no_other_from_ringing(
    stage: Stage, rung: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def ring(key: str) -> None:
        if key == "bad":
            raise ValueError("no luck")
        rung.append(key)

    stage.alarms.start(ring)
    with caplog.at_level(logging.ERROR):
        stage.alarms.set("bad", stage.in_ms(0))
        stage.alarms.set("good", stage.in_ms(10))
        stage.wait_until(lambda: rung == ["good"])
    assert "the alarm of bad could not ring" in caplog.text


def test_none_rings_after_the_stop(stage: Stage, rung: list[str]) -> None:
    stage.alarms.start(rung.append)
    stage.alarms.set("a", stage.in_ms(30))
    stage.alarms.stop()
    before = list(rung)  # nothing, but on a busy machine
    over = stage.in_ms(50)
    stage.wait_until(lambda: stage.clock.now() > over)
    assert rung == before


def test_stopping_twice_or_before_the_start_does_nothing(stage: Stage) -> None:
    stage.alarms.stop()
    stage.alarms.start(lambda key: None)
    stage.alarms.stop()
    stage.alarms.stop()
