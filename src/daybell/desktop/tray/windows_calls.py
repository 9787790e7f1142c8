"""What must be said to Windows that pystray does not say? Only calls: tray/taskbar.py decides."""

import logging
from ctypes import c_size_t, c_void_p
from ctypes.wintypes import HANDLE, HWND, LPCWSTR, UINT

from pystray._util import serialized_image, win32

from daybell.core.views import IconState
from daybell.desktop.tray.native import icon_file, picture
from daybell.desktop.tray.taskbar import SMALL_ICON, first_answer

log = logging.getLogger(__name__)

SM_CXSMICON = 49
S_OK = 0
PER_MONITOR = 2
PER_MONITOR_V2 = HANDLE(-4)

user32 = win32.windll.user32
user32.FindWindowW.argtypes = (LPCWSTR, LPCWSTR)
user32.FindWindowW.restype = HWND
user32.SetTimer.argtypes = (HWND, c_size_t, UINT, c_void_p)
user32.SetTimer.restype = c_size_t
user32.KillTimer.argtypes = (HWND, c_size_t)


def become_dpi_aware() -> None:
    """Before there is any window: else Windows draws us small, and scales that up."""
    first_answer(
        (
            lambda: user32.SetProcessDpiAwarenessContext(PER_MONITOR_V2),
            lambda: win32.windll.shcore.SetProcessDpiAwareness(PER_MONITOR) == S_OK,
            user32.SetProcessDPIAware,
        )
    )


def icon_side() -> int:
    """Of an icon in the taskbar as it is now, in pixels."""
    return first_answer((taskbar_side, lambda: user32.GetSystemMetrics(SM_CXSMICON))) or SMALL_ICON


def taskbar_side() -> int:
    """The screens of one desk may differ in their density; 0 while there is no taskbar."""
    if not (taskbar := user32.FindWindowW("Shell_TrayWnd", None)):
        return 0
    side: int = user32.GetSystemMetricsForDpi(SM_CXSMICON, user32.GetDpiForWindow(HWND(taskbar)))
    return side


def load_icon(state: IconState, side: int) -> int:
    """A handle that the caller destroys; OSError where Windows can load nothing at all."""
    try:
        return load_file(str(icon_file(state)), side)
    except OSError as error:
        log.warning("the icon %s could not be loaded: %s", icon_file(state), error)
    # As pystray does it: the way to a temporary file is short where ours may be too long for Windows.
    with serialized_image(picture(state), "ICO") as path:
        return load_file(path, side)


def load_file(path: str, side: int) -> int:
    handle: int = win32.LoadImage(None, path, win32.IMAGE_ICON, side, side, win32.LR_LOADFROMFILE)
    return handle


def start_timer(window: int, timer: int, seconds: float) -> None:
    """The window gets one WM_TIMER, unless it starts the same timer again before."""
    user32.SetTimer(window, timer, round(seconds * 1000), None)


def stop_timer(window: int, timer: int) -> None:
    user32.KillTimer(window, timer)
