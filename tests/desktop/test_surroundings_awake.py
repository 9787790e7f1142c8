"""What keeps a Linux machine awake: logind's inhibitor, taken, replaced, given back, refused and lost."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop.fake_logind import DENIED, FakeLogind
from desktop.surrounded import Heard, heard
from machine_bus import MOCKS_NEEDED, MachineBus, has_mocks
from tray_host import private_bus, wait_until

pytestmark = pytest.mark.desktop


@pytest.fixture
def logind(bus: str) -> Iterator[FakeLogind]:
    with FakeLogind(bus) as one:
        yield one


@pytest.fixture
def told(bus: str, logind: FakeLogind) -> Iterator[Heard]:
    with heard({"DBUS_SYSTEM_BUS_ADDRESS": bus}) as one:
        yield one


def hold(told: Heard, logind: FakeLogind, reason: str | None) -> None:
    told.surroundings.hold(reason)
    wait_until(lambda: logind.held() == ([reason] if reason else []), f"it holds {reason}")


@pytest.mark.skipif(not has_mocks(), reason=MOCKS_NEEDED)
def test_dbusmocks_logind_knows_why(bus: str) -> None:
    with MachineBus(bus, ["logind"]) as machine, heard(machine.environ) as told:
        told.surroundings.hold("Back up photos runs")
        kept = [("sleep:idle", "Daybell", "Back up photos runs", "block")]
        wait_until(lambda: machine.inhibitors() == kept, "the inhibitor")
        told.surroundings.hold(None)
        wait_until(lambda: machine.inhibitors() == [], "its end")
        told.surroundings.hold("again")
        wait_until(lambda: len(machine.inhibitors()) == 1, "the next one")
        told.surroundings.stop()
        wait_until(lambda: machine.inhibitors() == [], "the end of all")


def test_a_new_reason_takes_the_place_of_the_old_one_without_a_gap(told: Heard, logind: FakeLogind) -> None:
    hold(told, logind, "one")
    hold(told, logind, "two")
    told.surroundings.hold("two")
    hold(told, logind, None)
    assert [asked[2] for asked in logind.asked] == ["one", "two"]
    assert told.surroundings.why_not_held == ""


def test_a_thousand_changes_end_in_the_last(told: Heard, logind: FakeLogind) -> None:
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - no more handles while they are counted
    for number in range(1000):
        told.surroundings.hold(None if number % 3 else f"reason {number}")
    hold(told, logind, "the last")
    hold(told, logind, None)
    given = len(logind._pipes)
    wait_until(lambda: len(os.listdir("/proc/self/fd")) <= files + given + 1, "no file is left")  # noqa: PTH208


def test_a_refusal_is_said_and_logged_once(
    told: Heard, logind: FakeLogind, caplog: pytest.LogCaptureFixture
) -> None:
    logind.manner = "refuses"
    for number, reason in enumerate(("one", "two", "three"), 1):
        told.surroundings.hold(reason)
        wait_until(lambda number=number: len(logind.asked) == number, "the question")  # type: ignore[misc]  # a lambda
        wait_until(lambda: told.surroundings.refusal == DENIED, "the refusal of this one")
        assert told.surroundings.why_not_held == DENIED
    assert [asked[2] for asked in logind.asked] == ["one", "two", "three"]
    warned = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warned == [f"the machine may fall asleep during a run: {DENIED}"]
    told.surroundings.hold(None)
    wait_until(lambda: told.surroundings.why_not_held == "", "nothing is wanted")
    logind.manner = "gives"
    hold(told, logind, "four")


def test_one_that_is_refused_leaves_the_old_one_held(told: Heard, logind: FakeLogind) -> None:
    hold(told, logind, "one")
    logind.manner = "refuses"
    told.surroundings.hold("two")
    wait_until(lambda: len(logind.asked) == 2, "the question")
    told.surroundings.hold("one")
    assert logind.held() == ["one"]
    assert told.surroundings.why_not_held == ""


def test_an_answer_without_a_file_is_a_refusal(told: Heard, logind: FakeLogind) -> None:
    logind.manner = "gives nothing"
    told.surroundings.hold("one")
    wait_until(lambda: told.surroundings.why_not_held == "logind gives nothing to hold", "the reason")


def test_a_logind_that_is_silent_holds_up_nobody(told: Heard, logind: FakeLogind) -> None:
    logind.manner = "is silent"
    told.surroundings.hold("one")
    wait_until(lambda: told.surroundings.why_not_held == "logind has not answered yet", "the reason")
    assert told.surroundings.refusal == "", "it may still be granted"
    told.surroundings.hold(None)
    told.surroundings.hold("two")
    logind.manner = "gives"
    logind.answer_late()
    wait_until(lambda: logind.held() == ["two"], "what is wanted now")
    logind.manner = "is silent"
    told.surroundings.hold("three")
    wait_until(lambda: len(logind.asked) == 3, "the question")
    started = time.monotonic()
    told.surroundings.stop()
    assert time.monotonic() - started < 1
    wait_until(lambda: logind.held() == [], "all is given back")


def test_what_comes_too_late_is_given_back(told: Heard, logind: FakeLogind) -> None:
    logind.manner = "is silent"
    told.surroundings.hold("one")
    wait_until(lambda: len(logind.unanswered) == 1, "the question")
    told.surroundings.hold(None)
    told.surroundings.hold(None)
    logind.answer_late()
    wait_until(lambda: len(logind._pipes) == 1 and logind.held() == [], "it is given back")


def test_another_logind_is_asked_anew(bus: str) -> None:
    with heard({"DBUS_SYSTEM_BUS_ADDRESS": bus}) as told:
        told.surroundings.hold("one")
        wait_until(lambda: told.surroundings.why_not_held == "logind is not there", "the reason")
        with FakeLogind(bus) as first:
            wait_until(lambda: told.surroundings.why_not_held == "", "the first one's answer")
            assert first.held() == ["one"]
        wait_until(lambda: told.surroundings.why_not_held == "logind is not there", "its end")
        with FakeLogind(bus) as second:
            wait_until(lambda: second.held() == ["one"], "the second one")


def test_a_bus_that_comes_back_is_asked_anew(place: Path) -> None:
    environ = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={place}"}
    with ExitStack() as bus, heard(environ) as told:
        told.surroundings.hold("one")
        wait_until(lambda: "does not answer" in told.surroundings.why_not_held, "the reason")
        with FakeLogind(bus.enter_context(private_bus(place))) as logind:
            wait_until(lambda: logind.held() == ["one"], "the first one")
            bus.close()
            wait_until(lambda: told.surroundings.why_not_held == "the system bus is gone", "the loss")
            place.unlink(missing_ok=True)
            with private_bus(place) as again, FakeLogind(again) as second:
                wait_until(lambda: second.held() == ["one"], "the second one")
                wait_until(lambda: logind.held() == [], "the first is given back")
