"""What must be asked of macOS about its surroundings? Only calls: surroundings/macos.py decides.

All of it is looked at every half minute; only a wake is told, and only while the tray runs the main thread's
loop. The name of the Wi-Fi network is kept from whoever may not know where the machine is: it stays unknown,
and so do cables and what a network costs.
"""

import ctypes
import sys
from collections.abc import Callable
from ctypes import c_char_p, c_int32, c_uint32, c_void_p
from datetime import datetime, timedelta

from daybell.desktop.surroundings import macos
from daybell.desktop.surroundings.by_psutil import battery
from daybell.desktop.surroundings.idling import presence_of
from daybell.desktop.surroundings.polled import told_by
from daybell.desktop.surroundings.power import level
from daybell.model.facts import Facts

assert sys.platform == "darwin"  # the form that type checkers know

import AppKit  # type: ignore[import-not-found]  # noqa: E402 comes with pystray on macOS only, as does the next one
import objc  # type: ignore[import-not-found]  # noqa: E402 as above
import Quartz  # type: ignore[import-not-found]  # noqa: E402 as above

FRAMEWORKS = "/System/Library/Frameworks"
UTF8 = 0x08000100
ASSERTION_ON = 255
NO_IDLE_SLEEP = "PreventUserIdleSystemSleep"
HARDWARE, ANY_INPUT = 1, 0xFFFFFFFF
"""Of CGEventSource: what hands do, and whichever key or button it is."""

core = ctypes.CDLL(f"{FRAMEWORKS}/CoreFoundation.framework/CoreFoundation")
iokit = ctypes.CDLL(f"{FRAMEWORKS}/IOKit.framework/IOKit")
network = ctypes.CDLL(f"{FRAMEWORKS}/SystemConfiguration.framework/SystemConfiguration")

core.CFStringCreateWithCString.argtypes = (c_void_p, c_char_p, c_uint32)
core.CFStringCreateWithCString.restype = c_void_p
core.CFRelease.argtypes = (c_void_p,)
iokit.IOPMAssertionCreateWithName.argtypes = (c_void_p, c_uint32, c_void_p, ctypes.POINTER(c_uint32))
iokit.IOPMAssertionCreateWithName.restype = c_int32
iokit.IOPMAssertionRelease.argtypes = (c_uint32,)
network.SCNetworkReachabilityCreateWithAddress.argtypes = (c_void_p, c_void_p)
network.SCNetworkReachabilityCreateWithAddress.restype = c_void_p
network.SCNetworkReachabilityGetFlags.argtypes = (c_void_p, ctypes.POINTER(c_uint32))
network.SCNetworkReachabilityGetFlags.restype = ctypes.c_bool

ANYWHERE = bytes([16, 2, *[0] * 14])
"""A sockaddr_in: its length, AF_INET, and the address 0.0.0.0."""


class MacCalls:
    """As `polled.Calls` has it."""

    sources = told_by("macOS")

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._assertion: c_uint32 | None = None
        self._observer: object = None

    def look(self, before: Facts) -> Facts:
        with objc.autorelease_pool():  # a thread of ours has none
            return self._look(before)

    def listen(self, woke: Callable[[], None]) -> None:
        centre = AppKit.NSWorkspace.sharedWorkspace().notificationCenter()
        self._observer = centre.addObserverForName_object_queue_usingBlock_(
            AppKit.NSWorkspaceDidWakeNotification, None, None, lambda _: woke()
        )

    def hold(self, reason: str | None) -> str:
        """The new one first, so that there is no moment without."""
        before, self._assertion = self._assertion, None
        answer = self._assert(reason) if reason else 0
        if before is not None:
            iokit.IOPMAssertionRelease(before)
        return f"macOS refuses to stay awake ({answer:#x})" if answer else ""

    def close(self) -> None:
        if self._observer is not None:
            AppKit.NSWorkspace.sharedWorkspace().notificationCenter().removeObserver_(self._observer)
            self._observer = None

    def _look(self, before: Facts) -> Facts:
        percent, on_mains = battery()
        session = Quartz.CGSessionCopyCurrentDictionary()
        locked = macos.is_locked(None if session is None else dict(session))
        seconds = Quartz.CGEventSourceSecondsSinceLastEventType(HARDWARE, ANY_INPUT)
        untouched = None if session is None else timedelta(seconds=seconds)
        presence = presence_of(untouched, locked, self._now(), before.idle_since)
        return Facts(
            on_mains=on_mains,
            battery=level(percent, on_mains),
            is_online=macos.is_online(reachability()),
            is_idle=presence.is_idle,
            idle_since=presence.idle_since,
            is_locked=presence.is_locked,
        )

    def _assert(self, reason: str) -> int:
        assertion = c_uint32()
        kind, name = text(NO_IDLE_SLEEP), text(f"Daybell: {reason}")
        create = iokit.IOPMAssertionCreateWithName
        answer: int = create(kind, ASSERTION_ON, name, ctypes.byref(assertion))
        core.CFRelease(kind)
        core.CFRelease(name)
        if not answer:
            self._assertion = assertion
        return answer & 0xFFFFFFFF


def text(words: str) -> int:
    """A CFString, which the caller releases."""
    made: int | None = core.CFStringCreateWithCString(None, words.encode(errors="replace"), UTF8)
    if made is None:
        raise OSError("macOS makes no string")
    return made


def reachability() -> int | None:
    """The flags of any address at all."""
    target = network.SCNetworkReachabilityCreateWithAddress(None, ANYWHERE)
    if not target:
        return None
    flags = c_uint32()
    is_told = network.SCNetworkReachabilityGetFlags(target, ctypes.byref(flags))
    core.CFRelease(target)
    return flags.value if is_told else None
