"""A Windows as far as an icon sees it: pystray's own back end runs on these libraries."""

import ctypes
import queue
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from daybell.desktop.utf16 import utf16_length

NIM_ADD, NIM_MODIFY, NIM_DELETE = 0, 1, 2
NIF_ICON, NIF_TIP = 2, 4
WM_QUIT, WM_TIMER, WM_DPICHANGED = 0x12, 0x113, 0x2E0
WM_CLICKED = 0x400 + 11
LEFT_DOWN, LEFT_UP, LEFT_DOUBLE, RIGHT_UP, MIDDLE_UP, MOVED = 0x201, 0x202, 0x203, 0x205, 0x208, 0x200
CLOSED, SETTLED = -1, -2
"""Messages of the fake: the open menu closes, with this choice; all messages before are done."""
SILENT = {"DefWindowProcW": 0, "PeekMessageW": 0, "TranslateMessage": 0}
SILENT |= dict.fromkeys(("ChangeWindowMessageFilterEx", "GetCursorPos", "GetModuleHandleW"), 1)
SILENT |= dict.fromkeys(("SetForegroundWindow", "UnregisterClassW"), 1)
"""What these answer; they change nothing that is seen here."""
TIMEOUT = 10.0


class Function:
    """A function of a library. It takes only what ctypes would pass to the real one."""

    def __init__(self, act: Callable[..., Any]) -> None:
        self.argtypes: tuple[Any, ...] | None = None
        self.restype: object = None
        self.errcheck: Callable[..., Any] = lambda result, *_: result
        self._act = act

    def __call__(self, *arguments: Any) -> Any:
        if self.argtypes is not None:
            assert len(arguments) == len(self.argtypes)
            for kind, argument in zip(self.argtypes, arguments, strict=True):
                kind.from_param(argument)
        return self.errcheck(self._act(*arguments), self, arguments)


class FakeWindows:
    """`lacks` names the functions and libraries that came with a later Windows."""

    def __init__(self, *lacks: str) -> None:
        self.lacks = lacks
        self.calls: list[str] = []
        self.density = 96
        self.refusals = 0
        """How often the taskbar will not take an icon."""
        self.is_busy = False
        """It takes those icons, but not in time to say so."""
        self.taskbar: dict[int, Any] | None = {}
        """The icons by their windows; None while there is no taskbar."""
        self.loaded: dict[int, tuple[str, int, int]] = {}
        """Of each handle that was not destroyed: file, side, flags."""
        self.menus: dict[int, list[Any]] = {}
        self.timers: dict[tuple[int, int], int] = {}
        self.open_menu: int | None = None
        self.faults: list[str] = []
        self._messages: queue.Queue[tuple[int, int, int, int]] = queue.Queue()
        self._settling: list[threading.Event] = []
        self._windows: list[int] = []
        self._procedure: Callable[..., int] = lambda *_: 0
        self._numbers = count(100)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ctypes, "WinDLL", partial(Library, self), raising=False)
        monkeypatch.setattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE, raising=False)
        monkeypatch.setattr(ctypes, "HRESULT", ctypes.c_long, raising=False)
        monkeypatch.setattr(ctypes, "WinError", partial(OSError, "the operation failed"), raising=False)

    # What a test does, on any thread.

    def send(self, message: int, wparam: int = 0, lparam: int = 0) -> None:
        """To the icon's own window."""
        self._messages.put((self._windows[0], message, wparam, lparam))

    def ask(self, message: int, wparam: int = 0) -> int:
        """As the system asks, past the queue: the answer."""
        return self._procedure(self._windows[0], message, wparam, 0)

    def click(self, button: int) -> None:
        self.send(WM_CLICKED, 0, button)

    def choose(self, label: str | None) -> None:
        """An entry of the open menu; None closes it."""
        self.send(CLOSED, 0 if label is None else self.entry(label).wID)

    def settle(self) -> None:
        """Until all that was sent so far is done."""
        settled = threading.Event()
        self._settling.append(settled)
        self.send(SETTLED)
        assert settled.wait(TIMEOUT)

    def pass_time(self) -> int | None:
        """The timer that was set comes; how many milliseconds it had, or None without any."""
        if not self.timers:
            return None
        (window, number), delay = next(iter(self.timers.items()))
        self._messages.put((window, WM_TIMER, number, 0))
        return delay

    def restart_explorer(self) -> None:
        self.taskbar = {}
        for window in self._windows:
            self._messages.put((window, self.RegisterWindowMessageW("TaskbarCreated"), 0, 0))

    @property
    def icon(self) -> Any:
        """The one in the taskbar, or None."""
        icons = list((self.taskbar or {}).values())
        assert len(icons) <= 1
        return icons[0] if icons else None

    @property
    def picture(self) -> tuple[str, int] | None:
        """The name and side of the file that the icon shows."""
        if self.icon is None or self.icon.hIcon not in self.loaded:
            return None
        path, side, _ = self.loaded[self.icon.hIcon]
        return Path(path).name, side

    # Windows, messages and timers.

    def RegisterWindowMessageW(self, name: str) -> int:
        assert name == "TaskbarCreated"
        return 0xC001

    def RegisterClassExW(self, window_class: Any) -> int:
        self._procedure = window_class.lpfnWndProc
        return 7

    def CreateWindowExW(self, *_: object) -> int:
        self.calls.append("CreateWindow")
        self._windows.append(next(self._numbers))
        return self._windows[-1]

    def DestroyWindow(self, window: int) -> int:
        self._windows.remove(window)
        return 1

    def PostMessageW(self, *message: int) -> int:
        self._messages.put(message)  # type: ignore[arg-type]  # from_param has seen that they are four
        return 1

    def PostQuitMessage(self, code: int) -> None:
        self._messages.put((0, WM_QUIT, code, 0))

    def GetMessageW(self, pointer: Any, *_: object) -> int:
        message = pointer._obj
        message.hWnd, message.message, message.wParam, message.lParam = self._next()
        return int(message.message != WM_QUIT)

    def _next(self) -> tuple[int, int, int, int]:
        while (message := self._messages.get(timeout=TIMEOUT))[1] == SETTLED:
            self._settling.pop(0).set()
        return message

    def DispatchMessageW(self, pointer: Any) -> int:
        message = pointer._obj
        return self._procedure(message.hWnd, message.message, message.wParam, message.lParam)

    def SetTimer(self, window: int, number: int, delay: int, _: None) -> int:
        self.timers[window, number] = delay
        return number

    def KillTimer(self, window: int, number: int) -> int:
        return int(self.timers.pop((window, number), None) is not None)

    # Menus.

    def CreatePopupMenu(self) -> int:
        self.menus[number := next(self._numbers)] = []
        return number

    def InsertMenuItemW(self, menu: int, position: int, by_position: int, item: Any) -> int:
        assert by_position
        self.menus[menu].insert(position, item._obj)
        return 1

    def DestroyMenu(self, menu: int) -> int:
        if menu == self.open_menu:
            self.faults.append("an open menu was destroyed")
        for item in self.menus.pop(menu):
            if item.hSubMenu:
                self.DestroyMenu(item.hSubMenu)
        return 1

    def TrackPopupMenuEx(self, menu: int, *_: object) -> int:
        if self.open_menu is not None:
            self.faults.append("a menu was opened in an open one")
            return 0
        self.open_menu = menu
        while (message := self._next())[1] not in (CLOSED, WM_QUIT):
            self._procedure(*message)
        self.open_menu = None
        if message[1] == CLOSED:
            return message[2]
        self._messages.put(message)  # the outer loop ends too
        return 0

    @property
    def labels(self) -> list[str]:
        """Of the menu that is open."""
        assert self.open_menu is not None
        return [item.dwTypeData or "-" for item in self.menus[self.open_menu]]

    def entry(self, label: str) -> Any:
        """Of the menu that is open, or of those below it."""
        assert self.open_menu is not None
        return next(item for item in self._entries(self.open_menu) if item.dwTypeData == label)

    def _entries(self, menu: int) -> Iterator[Any]:
        for item in self.menus[menu]:
            yield item
            if item.hSubMenu:
                yield from self._entries(item.hSubMenu)

    # The taskbar and its icons.

    def Shell_NotifyIconW(self, code: int, icon: Any) -> int:
        for name, units in (("szTip", 127), ("szInfo", 255), ("szInfoTitle", 63)):
            assert utf16_length(getattr(icon, name)) <= units
        if icon.uFlags & NIF_ICON:
            assert icon.hIcon in self.loaded
        if self.taskbar is None or (icon.hWnd in self.taskbar) == (code == NIM_ADD):
            return 0
        if code == NIM_ADD and self.refusals:
            self.refusals -= 1
            if self.is_busy:
                self.taskbar[icon.hWnd] = icon
            return 0
        if code == NIM_ADD:
            self.taskbar[icon.hWnd] = icon
        elif code == NIM_DELETE:
            del self.taskbar[icon.hWnd]
        elif icon.uFlags & NIF_ICON:
            self.taskbar[icon.hWnd].hIcon = icon.hIcon
        if code == NIM_MODIFY and icon.uFlags & NIF_TIP:
            self.taskbar[icon.hWnd].szTip = icon.szTip
        return 1

    def LoadImageW(self, _: None, path: str, kind: int, width: int, height: int, flags: int) -> int:
        assert (kind, width) == (1, height)
        if not Path(path).is_file():
            return 0
        self.loaded[number := next(self._numbers)] = path, width, flags
        return number

    def DestroyIcon(self, handle: int) -> int:
        return int(self.loaded.pop(handle, None) is not None)

    # Screens.

    def SetProcessDpiAwarenessContext(self, context: Any) -> int:
        assert context.value == ctypes.c_void_p(-4).value
        self.calls.append("SetProcessDpiAwarenessContext")
        return 1

    def SetProcessDpiAwareness(self, kind: int) -> int:
        assert kind == 2
        self.calls.append("SetProcessDpiAwareness")
        return 0

    def SetProcessDPIAware(self) -> int:
        self.calls.append("SetProcessDPIAware")
        return 1

    def FindWindowW(self, name: str, _: None) -> int | None:
        assert name == "Shell_TrayWnd"
        return None if self.taskbar is None else 5

    def GetDpiForWindow(self, _: object) -> int:
        return self.density

    def GetSystemMetricsForDpi(self, metric: int, density: int) -> int:
        return self.GetSystemMetrics(metric) * density // 96

    def GetSystemMetrics(self, metric: int) -> int:
        assert metric == 49
        return 16


class Library:
    """A DLL: it has what this Windows does not lack."""

    def __init__(self, windows: FakeWindows, name: str) -> None:
        if name in windows.lacks:
            raise FileNotFoundError(name)
        self._windows = windows

    def __getattr__(self, name: str) -> Function:
        if name in self._windows.lacks:
            raise AttributeError(name)
        silent = SILENT.get(name)
        act = getattr(self._windows, name) if silent is None else (lambda *_: silent)
        function = Function(act)
        setattr(self, name, function)  # one and the same each time, as in ctypes
        return function
