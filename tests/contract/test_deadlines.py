"""What every `engine.ports.Deadlines` keeps to."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from itertools import combinations

import pytest
from msgspec import Struct

from builders import at
from daybell.engine.memory import VirtualClock, VirtualDeadlines
from daybell.engine.ports import Clock, Deadlines
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from waiting import until


class Stage(Struct):
    """A kind of deadlines, and how time passes for it."""

    deadlines: Deadlines
    clock: Clock
    wait_until: Callable[[Callable[[], bool]], None]

    def begin(self, arrange: Callable[[], None]) -> None:
        """What is arranged is so before any of it can be met, however busy the machine is."""
        self.deadlines.set("begin", timedelta(), arrange)


@contextmanager
def real_stage() -> Iterator[Stage]:
    clock = SystemClock()
    deadlines = DeadlineThread(clock)
    deadlines.start()
    yield Stage(deadlines, clock, until)
    deadlines.stop()


@contextmanager
def virtual_stage() -> Iterator[Stage]:
    clock = VirtualClock(at("2026-03-02 12:00"))
    deadlines = VirtualDeadlines(clock)

    def pass_time(holds: Callable[[], bool]) -> None:
        for _ in range(1000):
            if holds():
                return
            clock.advance_to(clock.now() + milliseconds(1))
            deadlines.act()
        assert holds()

    yield Stage(deadlines, clock, pass_time)


@pytest.fixture(params=[real_stage, virtual_stage], ids=["thread", "virtual"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    make: Callable[[], AbstractContextManager[Stage]] = request.param
    with make() as made:
        yield made


@pytest.fixture
def met() -> list[str]:
    return []


def milliseconds(count: int) -> timedelta:
    return timedelta(milliseconds=count)


def test_they_are_met_in_the_order_of_their_moments(stage: Stage, met: list[str]) -> None:
    earliest: dict[str, float] = {}
    latest: dict[str, float] = {}

    def arrange() -> None:
        for key, after in (("c", 60), ("a", 20), ("b", 40)):
            earliest[key] = stage.clock.monotonic() + after / 1000
            stage.deadlines.set(key, milliseconds(after), lambda key=key: met.append(key))  # type: ignore[misc]
            latest[key] = stage.clock.monotonic() + after / 1000

    stage.begin(arrange)
    stage.wait_until(lambda: len(met) == 3)
    assert not any(latest[late] < earliest[early] for early, late in combinations(met, 2))


def test_none_is_met_early(stage: Stage) -> None:
    moments: list[float] = []
    start = stage.clock.monotonic()
    stage.deadlines.set("a", milliseconds(30), lambda: moments.append(stage.clock.monotonic()))
    stage.wait_until(lambda: bool(moments))
    assert moments[0] - start >= 0.03


def test_a_cleared_one_is_never_met(stage: Stage, met: list[str]) -> None:
    def arrange() -> None:
        stage.deadlines.set("a", milliseconds(10), lambda: met.append("a"))
        stage.deadlines.clear("a")
        stage.deadlines.set("b", milliseconds(30), lambda: met.append("b"))

    stage.begin(arrange)
    stage.wait_until(lambda: bool(met))
    assert met == ["b"]


def test_clearing_an_unknown_one_does_nothing(stage: Stage) -> None:
    stage.deadlines.clear("nothing")


@pytest.mark.parametrize("again", [10, 50])
def test_set_again_only_the_last_one_counts(stage: Stage, met: list[str], again: int) -> None:
    def arrange() -> None:
        stage.deadlines.set("a", milliseconds(30), lambda: met.append("first"))
        stage.deadlines.set("a", milliseconds(again), lambda: met.append("second"))
        stage.deadlines.set("end", milliseconds(70), lambda: met.append("end"))

    stage.begin(arrange)
    stage.wait_until(lambda: "end" in met)
    assert met == ["second", "end"]


def test_one_that_is_met_may_set_itself_again(stage: Stage, met: list[str]) -> None:
    def act() -> None:
        met.append("a")
        if len(met) < 3:
            stage.deadlines.set("a", milliseconds(1), act)

    stage.deadlines.set("a", timedelta(), act)
    stage.wait_until(lambda: len(met) == 3)


def test_one_that_fails_is_logged_and_keeps_no_other_from_being_met(
    stage: Stage, met: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("no luck")

    with caplog.at_level(logging.ERROR):
        stage.deadlines.set("bad", timedelta(), fail)
        stage.deadlines.set("good", milliseconds(5), lambda: met.append("good"))
        stage.wait_until(lambda: met == ["good"])
    assert "the deadline bad failed" in caplog.text


def test_none_is_met_after_the_stop(stage: Stage, met: list[str]) -> None:
    stage.deadlines.set("a", milliseconds(20), lambda: met.append("a"))
    stage.deadlines.stop()
    before = list(met)  # nothing, but on a busy machine
    over = stage.clock.monotonic() + 0.04
    stage.wait_until(lambda: stage.clock.monotonic() > over)
    assert met == before


def test_stopping_twice_does_nothing(stage: Stage) -> None:
    stage.deadlines.stop()
    stage.deadlines.stop()
