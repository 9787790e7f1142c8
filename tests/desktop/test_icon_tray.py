"""A tray made of a pystray icon, as the back ends of macOS and Windows use it."""

import threading
from collections.abc import Callable, Iterator

import pytest

from daybell.core.views import Action, TrayView
from daybell.desktop.tray.door import Icon, Menu
from daybell.desktop.tray.icon_tray import IconTray
from daybell.desktop.tray.menu import build_menu
from desktop.running import a_view
from tray_host import wait_until


class FakeIcon(Icon):  # type: ignore[misc]  # pystray ships no types
    """A back end whose loop only waits."""

    def __init__(self, *, broken: bool = False) -> None:
        super().__init__("daybell", icon="first", title="Daybell")
        self.broken = broken
        self.ended = threading.Event()
        self.did: list[str] = []

    def post(self, act: Callable[[], None]) -> None:
        act()

    def _run(self) -> None:
        if self.broken:
            raise OSError("no window station")
        self._mark_ready()
        self.ended.wait(5)

    def _stop(self) -> None:
        self.ended.set()

    def _show(self) -> None:
        self.did.append("show")

    def _hide(self) -> None:
        self.did.append("hide")

    def _update_icon(self) -> None:
        self._icon_valid = True
        self.did.append("icon")

    def _update_title(self) -> None:
        self.did.append("title")

    def _update_menu(self) -> None:
        self.did.append("menu")


def draw(view: TrayView) -> object:
    return f"a picture of {view.state}"


def run(icon: FakeIcon) -> Iterator[IconTray]:
    tray = IconTray(icon, draw, lambda _: Menu())
    ready = threading.Event()
    thread = threading.Thread(target=tray.run, args=[ready.set])
    thread.start()
    assert ready.wait(5)
    yield tray
    tray.stop()
    tray.stop()
    thread.join(2)
    assert not thread.is_alive()


@pytest.fixture
def icon() -> FakeIcon:
    return FakeIcon()


@pytest.fixture
def tray(icon: FakeIcon) -> Iterator[IconTray]:
    for tray in run(icon):
        wait_until(lambda: icon.visible, "the icon")
        icon.did.clear()
        yield tray


def test_only_what_changed_is_updated(icon: FakeIcon, tray: IconTray) -> None:
    tray.show(a_view())
    assert (icon.icon, icon.title) == ("a picture of idle", "Daybell — 1 job")
    assert icon.did == ["icon", "title", "menu"]
    for view, did in (
        (a_view(), []),
        (a_view(state="failed"), ["icon"]),
        (a_view(state="failed", tooltip="x"), ["title"]),
        (a_view(state="failed", tooltip="x", menu=()), ["menu"]),
    ):
        icon.did.clear()
        tray.show(view)
        assert icon.did == did


def test_a_stop_before_the_loop_is_heard_by_it(icon: FakeIcon) -> None:
    tray = IconTray(icon, draw, lambda _: Menu())
    tray.stop()
    thread = threading.Thread(target=tray.run, args=[lambda: None])
    thread.start()
    thread.join(2)
    assert not thread.is_alive()


def test_a_back_end_that_fails_is_logged_and_daybell_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    icon = FakeIcon(broken=True)
    for tray in run(icon):
        tray.show(a_view())
        wait_until(lambda: bool(caplog.records), "the log line")
    assert "no window station" in caplog.text
    assert "show" not in icon.did


def test_clicks_of_the_built_menu_act() -> None:
    acts: list[Action] = []
    menu: Menu = build_menu(a_view().menu, acts.append, lambda label: label.upper())
    items = list(menu)
    items[-1](None)
    next(iter(items[2].submenu))(None)
    assert acts == [Action("quit"), Action("pause", "backup")]
    assert [item.text for item in items] == [
        "DAYBELL — 1 JOB",
        "- - - -",
        "BACK UP PHOTOS — NEXT 02:30",
        "- - - -",
        "QUIT",
    ]
