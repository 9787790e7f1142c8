"""How is a line told to Windows' Event Log? Only calls: core/system_log.py decides."""

import ctypes
import sys
from ctypes import wintypes

from daybell.core.system_log import Line, event_id, event_type, in_one_line

assert sys.platform == "win32"  # the form that type checkers know

SOURCE = "Daybell"

advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
advapi32.RegisterEventSourceW.restype = wintypes.HANDLE
advapi32.RegisterEventSourceW.argtypes = (wintypes.LPCWSTR, wintypes.LPCWSTR)
advapi32.DeregisterEventSource.argtypes = (wintypes.HANDLE,)
advapi32.ReportEventW.restype = wintypes.BOOL
advapi32.ReportEventW.argtypes = (
    *(wintypes.HANDLE, wintypes.WORD, wintypes.WORD, wintypes.DWORD, wintypes.LPVOID),
    *(wintypes.WORD, wintypes.DWORD, ctypes.POINTER(wintypes.LPCWSTR), wintypes.LPVOID),
)


class EventLog:
    """The application log. A service that Windows cannot do without takes the line, and waits for no disk."""

    def __init__(self) -> None:
        """OSError."""
        self._handle = advapi32.RegisterEventSourceW(None, SOURCE)
        if not self._handle:
            raise ctypes.WinError(ctypes.get_last_error())

    def send(self, line: Line) -> None:
        words = (wintypes.LPCWSTR * 1)(in_one_line(line.message))
        kind, number = event_type(line), event_id(line)
        if not advapi32.ReportEventW(self._handle, kind, 0, number, None, 1, 0, words, None):
            raise ctypes.WinError(ctypes.get_last_error())

    def close(self) -> None:
        advapi32.DeregisterEventSource(self._handle)
