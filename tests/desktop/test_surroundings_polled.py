"""Systems that are asked every half minute."""

import threading
from collections.abc import Callable, Iterator

import pytest

from daybell.desktop.surroundings.polled import PolledSurroundings, told_by
from daybell.model.facts import Facts
from waiting import until


class FakeCalls:
    """A system whose facts a test sets."""

    sources = told_by("a test")

    def __init__(self) -> None:
        self.facts = Facts(on_mains=True)
        self.trouble = ""
        self.held: list[str | None] = []
        self.threads: set[str] = set()
        self.before: list[Facts] = []
        self.is_broken = False
        self.is_closed = False
        self.wake: Callable[[], None] = lambda: None

    def look(self, before: Facts) -> Facts:
        self._note()
        self.before.append(before)
        return self.facts

    def listen(self, woke: Callable[[], None]) -> None:
        self._note()
        self.wake = woke

    def hold(self, reason: str | None) -> str:
        self._note()
        self.held.append(reason)
        return self.trouble

    def close(self) -> None:
        self._note()
        self.is_closed = True

    def _note(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.is_broken:
            raise OSError("the system says no")


@pytest.fixture
def calls() -> FakeCalls:
    return FakeCalls()


@pytest.fixture
def wakes() -> list[str]:
    return []


@pytest.fixture
def polled(calls: FakeCalls, wakes: list[str]) -> Iterator[PolledSurroundings]:
    one = PolledSurroundings(calls, lambda: wakes.append("woke"), beat=0.01)
    yield one
    one.stop()
    assert "surroundings" not in [thread.name for thread in threading.enumerate()]


def test_what_changes_is_told_once(polled: PolledSurroundings, calls: FakeCalls) -> None:
    told: list[Facts] = []
    assert polled.start(told.append) == Facts(on_mains=True)
    calls.facts = Facts(on_mains=False)
    until(lambda: len(told) == 1)
    looks = len(calls.before)
    until(lambda: len(calls.before) > looks + 3)
    assert told == [Facts(on_mains=False)]
    assert calls.before[-1] == Facts(on_mains=False)
    assert calls.threads == {"surroundings"}
    assert polled.sources()["power"] == "a test"


def test_a_wake_is_told_and_looked_at_at_once(calls: FakeCalls, wakes: list[str]) -> None:
    told: list[Facts] = []
    polled = PolledSurroundings(calls, lambda: wakes.append("woke"))
    polled.start(told.append)
    calls.facts = Facts(is_online=False)
    calls.wake()
    until(lambda: told == [Facts(is_online=False)])
    polled.stop()
    assert wakes == ["woke"]
    assert calls.is_closed


def test_what_is_held_is_given_back_at_the_end(polled: PolledSurroundings, calls: FakeCalls) -> None:
    polled.start(lambda _: None)
    for reason in ("one", "two"):
        polled.hold(reason)
        until(lambda reason=reason: calls.held[-1:] == [reason])  # type: ignore[misc]  # a lambda
    polled.stop()
    assert calls.held == ["one", "two", None]
    assert calls.threads == {"surroundings"}


def test_a_refusal_is_said_logged_once_and_tried_again(
    polled: PolledSurroundings, calls: FakeCalls, caplog: pytest.LogCaptureFixture
) -> None:
    calls.trouble = "no"
    polled.start(lambda _: None)
    polled.hold("one")
    until(lambda: len(calls.held) > 3)
    assert polled.why_not_held == "no"
    calls.trouble = ""
    until(lambda: polled.why_not_held == "")
    assert [record.message for record in caplog.records] == ["the machine may fall asleep during a run: no"]


def test_a_system_that_breaks_makes_facts_unknown_and_no_more(
    polled: PolledSurroundings, calls: FakeCalls, wakes: list[str]
) -> None:
    calls.is_broken = True
    told: list[Facts] = []
    assert polled.start(told.append) == Facts()
    polled.hold("one")
    until(lambda: polled.why_not_held == "the system says no")
    calls.is_broken = False
    until(lambda: told == [Facts(on_mains=True)])
    until(lambda: polled.why_not_held == "")


def test_one_that_was_never_started_stops(calls: FakeCalls) -> None:
    PolledSurroundings(calls, lambda: None).stop()
    assert not calls.is_closed
