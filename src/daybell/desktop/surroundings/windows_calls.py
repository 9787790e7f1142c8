"""What must be asked of Windows about its surroundings? Only calls: surroundings/windows.py decides.

All of it is looked at every half minute; only a wake is told. Nobody is asked whether there is a cable.
"""

import ctypes
import logging
import sys
from collections.abc import Callable, Iterator
from ctypes import wintypes
from datetime import datetime, timedelta

from daybell.desktop.surroundings import windows
from daybell.desktop.surroundings.idling import presence_of
from daybell.desktop.surroundings.polled import told_by
from daybell.model.facts import Facts

assert sys.platform == "win32"  # the form that type checkers know

log = logging.getLogger(__name__)

ES_CONTINUOUS, ES_SYSTEM_REQUIRED = 0x80000000, 0x1
DEVICE_NOTIFY_CALLBACK = 2
WOKE = (0x12, 0x7)
"""PBT_APMRESUMEAUTOMATIC, and PBT_APMRESUMESUSPEND when somebody is there as well."""
WTS_SESSION_INFO_EX = 25
CURRENT_CONNECTION = 7
SERVICE_NOT_ACTIVE, INVALID_STATE = 1062, 5023
"""There is no Wi-Fi, and an interface that is on no network."""

kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
user32 = ctypes.WinDLL("user32", use_last_error=True)
iphlpapi = ctypes.WinDLL("iphlpapi")
powrprof = ctypes.WinDLL("powrprof")
wtsapi32 = ctypes.WinDLL("wtsapi32", use_last_error=True)

Listener = ctypes.WINFUNCTYPE(wintypes.ULONG, ctypes.c_void_p, wintypes.ULONG, ctypes.c_void_p)


class PowerStatus(ctypes.Structure):
    _fields_ = (
        ("ACLineStatus", ctypes.c_ubyte),
        ("BatteryFlag", ctypes.c_ubyte),
        ("BatteryLifePercent", ctypes.c_ubyte),
        ("SystemStatusFlag", ctypes.c_ubyte),
        ("BatteryLifeTime", wintypes.DWORD),
        ("BatteryFullLifeTime", wintypes.DWORD),
    )


class LastInput(ctypes.Structure):
    _fields_ = (("cbSize", wintypes.UINT), ("dwTime", wintypes.DWORD))


class ConnectivityHint(ctypes.Structure):
    _fields_ = (
        ("ConnectivityLevel", ctypes.c_int),
        ("ConnectivityCost", ctypes.c_int),
        ("ApproachingDataLimit", ctypes.c_ubyte),
        ("OverDataLimit", ctypes.c_ubyte),
        ("Roaming", ctypes.c_ubyte),
    )


class SessionStart(ctypes.Structure):
    """The beginning of WTSINFOEXW; what follows it is aligned to 8 bytes."""

    _fields_ = (
        ("Level", wintypes.DWORD),
        ("Padding", wintypes.DWORD),
        ("SessionId", wintypes.ULONG),
        ("SessionState", ctypes.c_int),
        ("SessionFlags", wintypes.LONG),
    )


class WlanInterface(ctypes.Structure):
    _fields_ = (("Guid", ctypes.c_ubyte * 16), ("Description", ctypes.c_wchar * 256), ("State", ctypes.c_int))


class ConnectionStart(ctypes.Structure):
    """The beginning of WLAN_CONNECTION_ATTRIBUTES."""

    _fields_ = (
        ("State", ctypes.c_int),
        ("Mode", ctypes.c_int),
        ("ProfileName", ctypes.c_wchar * 256),
        ("SsidLength", wintypes.ULONG),
        ("Ssid", ctypes.c_ubyte * 32),
    )


class Subscription(ctypes.Structure):
    _fields_ = (("Callback", Listener), ("Context", ctypes.c_void_p))


kernel32.GetSystemPowerStatus.argtypes = (ctypes.POINTER(PowerStatus),)
kernel32.GetTickCount.restype = wintypes.DWORD
kernel32.SetThreadExecutionState.argtypes = (wintypes.DWORD,)
kernel32.SetThreadExecutionState.restype = wintypes.DWORD
user32.GetLastInputInfo.argtypes = (ctypes.POINTER(LastInput),)
powrprof.PowerRegisterSuspendResumeNotification.argtypes = (
    wintypes.DWORD,
    ctypes.POINTER(Subscription),
    ctypes.POINTER(wintypes.HANDLE),
)
powrprof.PowerUnregisterSuspendResumeNotification.argtypes = (wintypes.HANDLE,)
wtsapi32.WTSQuerySessionInformationW.argtypes = (
    wintypes.HANDLE,
    wintypes.DWORD,
    ctypes.c_int,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(wintypes.DWORD),
)
wtsapi32.WTSFreeMemory.argtypes = (ctypes.c_void_p,)


class WindowsCalls:
    """As `polled.Calls` has it."""

    sources = told_by("Windows")

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._registration = wintypes.HANDLE()

    def look(self, before: Facts) -> Facts:
        status, hint = PowerStatus(), ConnectivityHint()
        has_status = kernel32.GetSystemPowerStatus(ctypes.byref(status))
        line = status.ACLineStatus if has_status else windows.UNKNOWN
        power = windows.power_of(line, status.BatteryFlag, status.BatteryLifePercent)
        # Older ones than Windows 10 of 2020 do not have it.
        ask = getattr(iphlpapi, "GetNetworkConnectivityHint", None)
        is_told = ask is not None and ask(ctypes.byref(hint)) == 0
        presence = presence_of(untouched(), is_locked(), self._now(), before.idle_since)
        return Facts(
            on_mains=power.on_mains,
            battery=power.battery,
            is_online=windows.is_online(hint.ConnectivityLevel if is_told else None),
            is_metered=windows.is_metered(hint.ConnectivityCost if is_told else None, hint.Roaming),
            wifi=windows.wifi_of(list(wifi_names())),
            is_idle=presence.is_idle,
            idle_since=presence.idle_since,
            is_locked=presence.is_locked,
        )

    def listen(self, woke: Callable[[], None]) -> None:
        def hear(_context: object, kind: int, _setting: object) -> int:
            if kind in WOKE:
                woke()
            return 0

        # Windows calls it for as long as it is registered, so it must live as long.
        self._listener = Listener(hear)
        self._subscription = Subscription(self._listener, None)
        answer = powrprof.PowerRegisterSuspendResumeNotification(
            DEVICE_NOTIFY_CALLBACK, ctypes.byref(self._subscription), ctypes.byref(self._registration)
        )
        if answer:
            raise ctypes.WinError(answer)

    def hold(self, reason: str | None) -> str:
        """For this thread; Windows is not told the reason."""
        wanted = ES_CONTINUOUS | (ES_SYSTEM_REQUIRED if reason else 0)
        return "" if kernel32.SetThreadExecutionState(wanted) else "Windows refuses to stay awake"

    def close(self) -> None:
        if self._registration.value:
            powrprof.PowerUnregisterSuspendResumeNotification(self._registration)
            self._registration = wintypes.HANDLE()


def untouched() -> timedelta | None:
    """For how long nobody has touched keyboard or mouse of this session."""
    last = LastInput(ctypes.sizeof(LastInput))
    if not user32.GetLastInputInfo(ctypes.byref(last)):
        return None
    # Both count milliseconds, and begin anew after 49 days.
    return timedelta(milliseconds=(kernel32.GetTickCount() - last.dwTime) & 0xFFFFFFFF)


def is_locked() -> bool | None:
    found, length = ctypes.c_void_p(), wintypes.DWORD()
    current = wintypes.DWORD(-1)
    ask = wtsapi32.WTSQuerySessionInformationW
    if not ask(None, current, WTS_SESSION_INFO_EX, ctypes.byref(found), ctypes.byref(length)):
        return None
    try:
        if length.value < ctypes.sizeof(SessionStart):
            return None
        return windows.LOCKED.get(ctypes.cast(found, ctypes.POINTER(SessionStart)).contents.SessionFlags)
    finally:
        wtsapi32.WTSFreeMemory(found)


def wifi_names() -> Iterator[bytes | None]:
    """Of each interface, as `windows.wifi_of` wants them; nothing where there is no Wi-Fi at all."""
    try:
        wlanapi = ctypes.WinDLL("wlanapi")
    except OSError:
        return
    handle, version, found = wintypes.HANDLE(), wintypes.DWORD(), ctypes.c_void_p()
    if answer := wlanapi.WlanOpenHandle(2, None, ctypes.byref(version), ctypes.byref(handle)):
        if answer != SERVICE_NOT_ACTIVE:
            yield None
        return
    try:
        if wlanapi.WlanEnumInterfaces(handle, None, ctypes.byref(found)):
            yield None
            return
        assert found.value
        count = wintypes.DWORD.from_address(found.value).value
        # The list begins after its length and an index.
        for interface in (WlanInterface * count).from_address(found.value + 8):
            yield wifi_name(wlanapi, handle, interface)
        wlanapi.WlanFreeMemory(found)
    finally:
        wlanapi.WlanCloseHandle(handle, None)


def wifi_name(wlanapi: ctypes.WinDLL, handle: wintypes.HANDLE, interface: WlanInterface) -> bytes | None:
    size, found = wintypes.DWORD(), ctypes.c_void_p()
    guid = ctypes.byref(interface)  # it stands at the beginning
    ask = wlanapi.WlanQueryInterface
    answer = ask(handle, guid, CURRENT_CONNECTION, None, ctypes.byref(size), ctypes.byref(found), None)
    if answer:
        return b"" if answer == INVALID_STATE else None
    try:
        start = ctypes.cast(found, ctypes.POINTER(ConnectionStart)).contents
        return bytes(start.Ssid[: start.SsidLength])
    finally:
        wlanapi.WlanFreeMemory(found)
