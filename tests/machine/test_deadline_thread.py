import threading
from datetime import timedelta

from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import SLACK, DeadlineThread
from waiting import until


def test_it_has_a_name_and_ends() -> None:
    deadlines = DeadlineThread(SystemClock())
    deadlines.start()
    assert "deadlines" in [thread.name for thread in threading.enumerate()]
    deadlines.stop()
    assert "deadlines" not in [thread.name for thread in threading.enumerate()]


def test_those_set_before_the_start_are_met() -> None:
    met: list[str] = []
    deadlines = DeadlineThread(SystemClock())
    deadlines.set("a", timedelta(), lambda: met.append("a"))
    deadlines.start()
    until(lambda: met == ["a"])
    deadlines.stop()


def test_cleared_ones_do_not_pile_up() -> None:
    deadlines = DeadlineThread(SystemClock())
    for number in range(10_000):
        deadlines.set(str(number), timedelta(hours=1), lambda: None)
        deadlines.clear(str(number))
    assert len(deadlines._heap) <= SLACK + 2


def test_the_longest_length_of_time_is_accepted() -> None:
    deadlines = DeadlineThread(SystemClock())
    deadlines.start()
    deadlines.set("never", timedelta.max, lambda: None)
    deadlines.stop()
