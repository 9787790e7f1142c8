import math
from collections.abc import Callable

import pytest

from daybell.machine.rounds import AGAIN, Rounds


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def beats(rounds: Rounds, clock: Clock, *, every: float, count: int) -> None:
    for _ in range(count):
        rounds.beat(every)
        clock.seconds += every


def test_each_is_asked_at_the_first_beat_and_then_as_soon_as_it_wanted_to_be(clock: Clock) -> None:
    asked: list[tuple[str, float]] = []

    def look(name: str, every: float) -> Callable[[], float]:
        def ask() -> float:
            asked.append((name, clock.seconds - 1_000))
            return every

        return ask

    rounds = Rounds([look("zone", 27), look("heartbeat", 60), look("once", math.inf)], clock)
    beats(rounds, clock, every=9, count=10)
    assert asked == [
        ("zone", 0),
        ("heartbeat", 0),
        ("once", 0),
        ("zone", 27),
        ("zone", 54),
        ("heartbeat", 63),
        ("zone", 81),
    ]


def test_nobody_to_ask_is_no_trouble(clock: Clock) -> None:
    beats(Rounds((), clock), clock, every=9, count=3)


def test_one_that_fails_is_logged_asked_again_later_and_harms_no_other(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[float] = []

    def broken() -> float:
        raise ValueError("no luck")

    def sound() -> float:
        asked.append(clock.seconds)
        return 30

    beats(Rounds([broken, sound], clock), clock, every=30, count=int(2 * AGAIN / 30))
    assert len(asked) == 4
    assert [record.getMessage() for record in caplog.records] == ["a watch failed"] * 2
    assert "no luck" in caplog.text
