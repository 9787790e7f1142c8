"""The back ends of Windows and macOS against stand-ins for pystray's own, which load nowhere else."""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

from daybell.desktop.tray.choose import open_tray
from daybell.desktop.tray.door import Icon

RIGHT, LEFT = 1, 2


class FakeWin32Icon(Icon):  # type: ignore[misc]  # pystray ships no types
    """As pystray's: a window, its handlers, and a menu that is open while `on_open` runs."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._hwnd = 0
        self.sent: list[int] = []
        self._message_handlers: dict[int, Callable[..., None]] = {}
        self.on_open: Callable[[], None] = lambda: None

    def _on_notify(self, wparam: int, lparam: int) -> None:
        if lparam == RIGHT:
            self.on_open()

    def _update_menu(self) -> None:
        pass


@pytest.fixture
def windows_icon(monkeypatch: pytest.MonkeyPatch) -> FakeWin32Icon:
    sent: list[int] = []
    win32 = SimpleNamespace(WM_USER=1024, WM_RBUTTONUP=RIGHT, WM_LBUTTONUP=LEFT)
    win32.PostMessage = lambda window, code, *_: sent.append(code)
    install(monkeypatch, "pystray._util", win32=win32)
    install(monkeypatch, "pystray._win32", Icon=FakeWin32Icon)
    monkeypatch.delitem(sys.modules, "daybell.desktop.tray.windows", raising=False)
    windows = importlib.import_module("daybell.desktop.tray.windows")
    icon: FakeWin32Icon = windows.WindowsIcon("daybell", "picture", "Daybell")
    icon.sent = sent
    return icon


def install(monkeypatch: pytest.MonkeyPatch, name: str, **contents: object) -> None:
    module = ModuleType(name)
    vars(module).update(contents)
    monkeypatch.setitem(sys.modules, name, module)


def pump(icon: FakeWin32Icon) -> None:
    """What Windows does with the messages that were posted."""
    while icon.sent:
        icon._message_handlers[icon.sent.pop()](0, 0)


def test_on_windows_posts_wait_for_the_window(windows_icon: FakeWin32Icon) -> None:
    done: list[str] = []
    windows_icon.post(lambda: done.append("a"))
    assert not windows_icon.sent
    windows_icon._hwnd = 7
    windows_icon._mark_ready()
    pump(windows_icon)
    assert done == ["a"]


def test_on_windows_nothing_changes_while_the_menu_is_open(windows_icon: FakeWin32Icon) -> None:
    windows_icon._hwnd = 7
    done: list[str] = []

    def on_open() -> None:
        windows_icon.post(lambda: done.append("menu"))
        pump(windows_icon)
        done.append("closed")

    windows_icon.on_open = on_open
    windows_icon._on_notify(0, LEFT)
    assert done == ["closed", "menu"]


def test_on_windows_either_button_opens_the_menu(windows_icon: FakeWin32Icon) -> None:
    opened: list[int] = []
    windows_icon.on_open = lambda: opened.append(1)
    for button in (LEFT, RIGHT, 99):
        windows_icon._on_notify(0, button)
    assert len(opened) == 2


def test_on_macos_all_is_done_by_the_main_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    later: list[Callable[[], None]] = []
    did: list[str] = []

    class FakeDarwinIcon(Icon):  # type: ignore[misc]  # pystray ships no types
        def _show(self) -> None:
            did.append("show")

        def _stop(self) -> None:
            did.append("stop")

        def _update_icon(self) -> None:
            pass

    app_helper = SimpleNamespace(callAfter=lambda act, *rest: later.append(lambda: act(*rest)))
    install(monkeypatch, "PyObjCTools", AppHelper=app_helper)
    install(monkeypatch, "pystray._darwin", Icon=FakeDarwinIcon)
    monkeypatch.delitem(sys.modules, "daybell.desktop.tray.macos", raising=False)
    icon = importlib.import_module("daybell.desktop.tray.macos").MacIcon("daybell", "picture", "Daybell")
    icon.visible = True
    icon._stop()
    assert did == []
    for act in later:
        act()
    assert did == ["show", "stop"]
    icon._hide = lambda: None


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_a_desktop_that_cannot_show_icons_says_so(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    for name in ("windows", "macos"):
        monkeypatch.setitem(sys.modules, f"daybell.desktop.tray.{name}", None)
    assert open_tray(lambda _: None, {}, platform).why.startswith("there is no tray icon: ")
