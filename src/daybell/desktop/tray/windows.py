"""How does the icon stay right on Windows, where menus, screens and the taskbar itself come and go?"""

import ctypes
import logging
import threading
from collections import deque
from collections.abc import Callable

from pystray import _win32
from pystray._util import win32

from daybell.core.views import Action
from daybell.desktop.guard import guarded
from daybell.desktop.tray.icon_tray import IconTray
from daybell.desktop.tray.interface import Act
from daybell.desktop.tray.menu import build_menu
from daybell.desktop.tray.taskbar import RETRY_DELAYS, SETTLE_DELAY, IconHandles, escaped_label, fit_texts
from daybell.desktop.tray.windows_calls import (
    become_dpi_aware,
    icon_side,
    load_icon,
    start_timer,
    stop_timer,
)

log = logging.getLogger(__name__)

WM_ENDSESSION = 0x0016
WM_QUERYENDSESSION = 0x0011
WM_TIMER = 0x0113
WM_DPICHANGED = 0x02E0
WM_POSTED = win32.WM_USER + 20
"""Above those that pystray itself uses."""
SHOW_TIMER = 1
SESSION_GRACE = 4.0
"""Seconds: Windows ends after five what still works when a person signs out."""


def open_windows_tray(act: Act) -> IconTray:
    """A tray in the notification area."""
    become_dpi_aware()
    icon = WindowsIcon(lambda: act(Action("quit")), "daybell", "idle", "Daybell")
    return IconTray(icon, lambda view: view.state, lambda entries: build_menu(entries, act, escaped_label))


class WindowsIcon(_win32.Icon):  # type: ignore[misc]  # pystray ships no types
    """Does on its window's thread what others post, and not while its menu is open.

    Its `icon` is the name of a state. Once shown it is `visible`, also while the taskbar refuses it or is
    gone: it is added again, as it is by then, until it is there.
    """

    def __init__(self, quit_: Callable[[], None], *arguments: object) -> None:
        self._quit = quit_
        self._posted: deque[Callable[[], None]] = deque()
        self._is_open = False
        self._is_stopping = threading.Event()
        self._handles = IconHandles(load_icon, win32.DestroyIcon)
        self._delays = iter(RETRY_DELAYS)
        super().__init__(*arguments)
        self._message_handlers |= {
            WM_POSTED: lambda *_: self._run_posted(),
            WM_TIMER: self._on_timer,
            WM_DPICHANGED: self._on_display_change,
            WM_QUERYENDSESSION: lambda *_: True,
            WM_ENDSESSION: self._on_end_session,
        }

    def __del__(self) -> None:
        """Nothing is left: the icon, its window and its handles go when `_run` ends."""

    def post(self, act: Callable[[], None]) -> None:
        self._posted.append(act)
        self._wake()

    def _run(self) -> None:
        try:
            super()._run()
        finally:
            self._handles.close()

    def _stop(self) -> None:
        self._is_stopping.set()
        super()._stop()

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

    def _show(self) -> None:
        try:
            super()._show()
        except OSError as error:
            log.warning("the tray icon could not be shown yet: %s", error)
            if delay := next(self._delays, None):
                start_timer(self._hwnd, SHOW_TIMER, delay)

    def _message(self, code: int, flags: int, **fields: object) -> None:
        """OSError where the taskbar does not take the icon; what changes one that is not there is lost."""
        size = ctypes.sizeof(win32.NOTIFYICONDATAW)
        content = win32.NOTIFYICONDATAW(cbSize=size, hWnd=self._hwnd, uFlags=flags, **fit_texts(fields))
        if code != win32.NIM_ADD:
            win32.Shell_NotifyIcon(code, content)
        # It may be there: a busy taskbar did not say so in time, or one that only changed its size kept it.
        elif not (win32.Shell_NotifyIcon(win32.NIM_MODIFY, content) or win32.Shell_NotifyIcon(code, content)):
            raise OSError("the taskbar did not take it")

    def _handler(self, item: Callable[[object], None]) -> Callable[[object], None]:
        # Not pystray's own: that one also makes the whole menu anew, and what changed comes as a view.
        return lambda _: guarded(lambda: item(self))

    def _assert_icon_handle(self) -> None:
        self._icon_handle = self._handles.get(self._icon, icon_side())

    def _update_icon(self) -> None:
        # Not pystray's own: that one destroys the handle, which a later view may show again.
        self._icon_valid = True
        if self.visible:
            self._assert_icon_handle()
            self._message(win32.NIM_MODIFY, win32.NIF_ICON, hIcon=self._icon_handle)

    def _on_timer(self, *_: int) -> None:
        stop_timer(self._hwnd, SHOW_TIMER)
        self._show()

    def _on_display_change(self, *_: int) -> None:
        if self.visible:
            start_timer(self._hwnd, SHOW_TIMER, SETTLE_DELAY)

    def _on_taskbarcreated(self, wparam: int, lparam: int) -> None:
        self._delays = iter(RETRY_DELAYS)
        super()._on_taskbarcreated(wparam, lparam)

    def _on_end_session(self, is_ending: int, _: int) -> None:
        """The process may end as soon as this returns."""
        if is_ending:
            guarded(self._quit)
            if not self._is_stopping.wait(SESSION_GRACE):
                log.warning("Windows ends the session before Daybell has stopped")

    def _on_notify(self, wparam: int, lparam: int) -> None:
        # There is no default action: each button opens the menu. What else the mouse does means nothing,
        # but is heard also while the menu is open.
        if self._is_open or lparam not in (win32.WM_LBUTTONUP, win32.WM_RBUTTONUP):
            return
        self._is_open = True
        try:
            super()._on_notify(wparam, win32.WM_RBUTTONUP)
        finally:
            self._is_open = False
            # Also what Windows wants after a menu of an icon: any message, else the next one closes at once.
            self._wake()
