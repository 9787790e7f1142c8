"""What wakes the alarms' thread: somebody who rings, the end of a wait, or a clock that moved?

Linux tells at once that the clock on the wall was set, and when the machine wakes up, which moves it too
(timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`). Elsewhere one has to look at it now and then.
"""

import ctypes
import errno
import logging
import os
import select
import sys
import threading
import time
import weakref
from contextlib import suppress
from typing import Protocol

log = logging.getLogger(__name__)

LONGEST = 86_400.0
"""Seconds: a wait is cut to this. The library asks for centuries."""


class Bell(Protocol):
    """What APScheduler asks of its `threading.Event`, for one thread that waits."""

    beat: float
    """Seconds: how long a wait may be, for whoever must notice a wall clock that moved."""

    def wait(self, seconds: float) -> None:
        """Returns after so long, early when it is set or was; it is no longer set then."""
        ...

    def set(self) -> None:
        """Any thread."""
        ...

    def is_set(self) -> bool: ...

    def clear(self) -> None: ...


class PlainBell:
    """Waits in monotonic time, which stands still while the machine sleeps."""

    beat = 9.0
    """How late an alarm may be after a wake: less than makes an instant late (`core.catchup.LATE`)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def wait(self, seconds: float) -> None:
        self._lock.acquire(timeout=min(seconds, LONGEST))

    def set(self) -> None:
        with suppress(RuntimeError):  # it is set already
            self._lock.release()

    def is_set(self) -> bool:
        return not self._lock.locked()

    def clear(self) -> None:
        """`wait` has done it."""


if sys.platform == "linux":

    class ClockBell:
        """Waits by the wall, and returns when that moves."""

        beat = 20.0
        """A clock that is slewed must not look like one that was set (`core.clocks.SMALLEST_STEP`)."""

        def __init__(self) -> None:
            """OSError where the kernel cannot do it."""
            self._timer = Timer()
            self._rung = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            weakref.finalize(self, os.close, self._rung).atexit = False
            self._both = select.poll()
            for file in (self._timer.file, self._rung):
                self._both.register(file, select.POLLIN)

        def wait(self, seconds: float) -> None:
            length = min(seconds, LONGEST)
            if self._timer.start(time.time() + length):  # noqa: TID251 the wall that the kernel goes by
                self._both.poll(length * 1000)  # so long at most, whatever becomes of the timer
            self._timer.clear()
            self.clear()

        def set(self) -> None:
            os.eventfd_write(self._rung, 1)

        def is_set(self) -> bool:
            return any(file == self._rung for file, _ in self._both.poll(0))

        def clear(self) -> None:
            with suppress(BlockingIOError):
                os.eventfd_read(self._rung)

    class Timer:
        """A timer of the kernel on the wall clock. For one thread."""

        def __init__(self) -> None:
            """OSError where there is none."""
            self._libc = ctypes.CDLL(None, use_errno=True)
            # TFD_NONBLOCK and TFD_CLOEXEC are O_NONBLOCK and O_CLOEXEC.
            self.file = int(self._libc.timerfd_create(time.CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC))
            if self.file < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            weakref.finalize(self, os.close, self.file).atexit = False
            self._moment = (ctypes.c_long * 4)()
            """An itimerspec: interval and moment, each in seconds and nanoseconds."""

        def start(self, at: float) -> bool:
            """Readable from `at` on, in seconds since 1970, or once the clock is set; False if it was."""
            self._moment[2], self._moment[3] = int(at), int(at % 1 * 1e9)
            failed = self._libc.timerfd_settime(self.file, ABSOLUTE | CANCEL_ON_SET, self._moment, None)
            return not (failed and ctypes.get_errno() == errno.ECANCELED)

        def clear(self) -> None:
            with suppress(OSError):  # nothing is there to read; or ECANCELED: the clock was set
                os.read(self.file, 8)

    ABSOLUTE, CANCEL_ON_SET = 1, 2


def open_bell() -> Bell:
    """The best that this system has."""
    if sys.platform == "linux":
        try:
            return ClockBell()
        except (OSError, AttributeError) as error:
            log.info("the wall clock is looked at now and then, as the kernel does not tell: %s", error)
    return PlainBell()
