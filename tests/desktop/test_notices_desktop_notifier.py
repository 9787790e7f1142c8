"""Notices through desktop-notifier, with a stand-in for it: what it is told, and what it tells us."""

import enum
import threading
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from daybell.desktop.notices.desktop_notifier_notices import (
    IDENTIFIER_LENGTH,
    DesktopNotifierNotices,
    button_words,
    can_show,
    identifier,
    notification_words,
)
from daybell.desktop.notices.interface import Button, Notice, Notices
from tray_host import wait_until

BUTTONS = (Button("default", "Open"), Button("run", "Run again"))
FAILED = Notice("backup", "Backup failed", "Exit code 3", "critical", BUTTONS, icon="failed")


class Words:
    """A stand-in for the library's values."""

    def __init__(self, **words: object) -> None:
        self.__dict__.update(words)

    def __getattr__(self, name: str) -> object:
        raise AttributeError(name)


class Urgency(enum.Enum):
    """As in the library."""

    Critical = "critical"
    Normal = "normal"
    Low = "low"


class FakeNotifier:
    """The library's DesktopNotifier: it swallows its own errors."""

    def __init__(self, capabilities: tuple[str, ...]) -> None:
        self.screen: dict[str, Words] = {}
        self.cleared: list[str] = []
        self.fails = False
        self._capabilities = frozenset(Words(name=name) for name in capabilities)

    async def get_capabilities(self) -> frozenset[Words]:
        return self._capabilities

    async def send_notification(self, notification: Words) -> str:
        name = str(notification.identifier)
        if not self.fails:
            self.screen[name] = notification
            call(notification.on_dispatched)
        return name

    async def clear(self, name: str) -> None:
        self.cleared.append(name)
        del self.screen[name]


def call(callback: object) -> None:
    assert callable(callback)
    callback()


class Recorder(Notices):
    """Notices that remember their titles."""

    why = ""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, notice: Notice) -> None:
        self.shown.append(notice.title)

    def close(self, key: str) -> None:
        """Nothing is looked at here."""

    def stop(self) -> None:
        """There is nothing to stop."""


class World:
    """Notices on the stand-in."""

    def __init__(self, capabilities: tuple[str, ...] = ("TITLE", "MESSAGE", "BUTTONS")) -> None:
        self.notifier = FakeNotifier(capabilities)
        self.pressed: list[tuple[str, str, str]] = []
        self.beneath = Recorder()
        self.notices = DesktopNotifierNotices(self._load, self._press, self.beneath)

    def _load(self) -> ModuleType:
        library = ModuleType("desktop_notifier")
        words: dict[str, object] = {
            "DesktopNotifier": lambda _name, _icon: self.notifier,
            "Notification": Words,
            "Button": Words,
            "Icon": Words,
            "Urgency": Urgency,
        }
        vars(library).update(words)
        return library

    def _press(self, key: str, button: str) -> None:
        self.pressed.append((threading.current_thread().name, key, button))

    def wait_shown(self, count: int = 1) -> list[Words]:
        wait_until(lambda: len(self.notifier.screen) == count, f"{count} notices")
        return list(self.notifier.screen.values())


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.notices.stop()


def test_a_notice_is_shown_with_its_buttons(world: World) -> None:
    world.notices.show(FAILED)
    [shown] = world.wait_shown()
    assert (shown.title, shown.message, shown.urgency) == ("Backup failed", "Exit code 3", Urgency.Critical)
    assert isinstance(shown.buttons, tuple)
    assert [button.title for button in shown.buttons] == ["Run again"]


def test_buttons_and_clicks_are_heard_on_the_notices_thread(world: World) -> None:
    world.notices.show(FAILED)
    [shown] = world.wait_shown()
    assert isinstance(shown.buttons, tuple)
    call(shown.buttons[0].on_pressed)
    call(shown.on_clicked)
    wait_until(lambda: len(world.pressed) == 2, "both")
    assert world.pressed == [("notices", "backup", "run"), ("notices", "backup", "default")]


def test_a_newer_one_replaces_the_older_one(world: World) -> None:
    world.notices.show(FAILED)
    world.wait_shown()
    world.notices.show(Notice("backup", "Again", ""))
    wait_until(lambda: [one.title for one in world.notifier.screen.values()] == ["Again"], "the newer one")


def test_a_notice_is_taken_back(world: World) -> None:
    world.notices.show(FAILED)
    world.wait_shown()
    world.notices.close("backup")
    world.wait_shown(0)
    world.notices.close("never shown")
    world.notices.notify("B", "")
    world.wait_shown(1)


def test_no_dead_buttons_stay_behind(world: World) -> None:
    world.notices.show(FAILED)
    world.notices.notify("Plain", "")
    world.wait_shown(2)
    world.notices.stop()
    assert [shown.title for shown in world.notifier.screen.values()] == ["Plain"]


def test_what_the_library_could_not_show_goes_beneath(world: World) -> None:
    world.notifier.fails = True
    world.notices.show(FAILED)
    wait_until(lambda: world.beneath.shown == ["Backup failed"], "the notice beneath")


def test_where_the_library_only_pretends_all_go_beneath(caplog: pytest.LogCaptureFixture) -> None:
    world = World(capabilities=())
    for title in "AB":
        world.notices.notify(title, "")
    wait_until(lambda: world.beneath.shown == ["A", "B"], "the notices beneath")
    world.notices.stop()
    assert len(caplog.records) == 1
    assert world.notifier.screen == {}


def test_a_library_that_cannot_be_loaded_is_no_end(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> ModuleType:
        raise ImportError("no winrt")

    beneath = Recorder()
    notices = DesktopNotifierNotices(load, None, beneath)
    notices.notify("A", "")
    wait_until(lambda: beneath.shown == ["A"], "the notice beneath")
    assert "no winrt" in caplog.text
    notices.stop()


def test_nothing_is_loaded_before_the_first_notice() -> None:
    def load() -> ModuleType:
        raise AssertionError

    notices = DesktopNotifierNotices(load, None, Recorder())
    notices.stop()
    notices.notify("after the end", "")
    assert notices._thread is None


@pytest.mark.parametrize(
    ("capabilities", "can"), [({"TITLE", "MESSAGE", "ICON"}, True), ({"TITLE"}, False), (set(), False)]
)
def test_only_real_capabilities_count(capabilities: set[str], can: bool) -> None:  # noqa: FBT001 - a table
    assert can_show(frozenset(capabilities)) is can


def test_equal_keys_have_equal_short_names() -> None:
    names = [identifier(key) for key in ("a", "a", "b" * 500, "\ud800")]
    assert names[0] == names[1]
    assert {len(name) for name in names} == {IDENTIFIER_LENGTH}


@pytest.mark.parametrize(("press", "count"), [(None, 0), (lambda _: None, 1)])
def test_without_a_listener_nothing_can_be_pressed(press: Callable[[str], None] | None, count: int) -> None:
    assert len(button_words(FAILED, press)) == count
    assert ("on_clicked" in notification_words(FAILED, press)) == bool(count)
