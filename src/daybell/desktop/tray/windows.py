"""How does the icon stay right on Windows, whose menus may not change while they are open?"""

from collections import deque
from collections.abc import Callable

from pystray import _win32
from pystray._util import win32

from daybell.desktop.tray.guard import guarded
from daybell.desktop.tray.icon_tray import IconTray
from daybell.desktop.tray.interface import Act
from daybell.desktop.tray.menu import build_menu
from daybell.desktop.tray.native import fit_tooltip, picture

# Above those that pystray itself uses.
WM_POSTED = win32.WM_USER + 20


def open_windows_tray(act: Act) -> IconTray:
    """A tray in the notification area."""
    icon = WindowsIcon("daybell", picture("idle"), "Daybell")

    def escape(label: str) -> str:
        return label.replace("&", "&&")

    return IconTray(
        icon, lambda view: picture(view.state), lambda entries: build_menu(entries, act, escape), fit_tooltip
    )


class WindowsIcon(_win32.Icon):  # type: ignore[misc]  # pystray ships no types
    """Does on its window's thread what others post, and not while its menu is open."""

    def __init__(self, *arguments: object) -> None:
        self._posted: deque[Callable[[], None]] = deque()
        self._is_open = False
        super().__init__(*arguments)
        self._message_handlers[WM_POSTED] = lambda *_: self._run_posted()

    def post(self, act: Callable[[], None]) -> None:
        self._posted.append(act)
        self._wake()

    def _mark_ready(self) -> None:
        super()._mark_ready()
        self._wake()

    def _wake(self) -> None:
        # Without a window yet, what is posted waits until it is ready.
        if self._hwnd:
            win32.PostMessage(self._hwnd, WM_POSTED, 0, 0)

    def _run_posted(self) -> None:
        while self._posted and not self._is_open:
            guarded(self._posted.popleft())

    def _on_notify(self, wparam: int, lparam: int) -> None:
        # There is no default action: each button opens the menu.
        button = win32.WM_RBUTTONUP if lparam == win32.WM_LBUTTONUP else lparam
        self._is_open = True
        try:
            super()._on_notify(wparam, button)
        finally:
            self._is_open = False
        self._run_posted()
