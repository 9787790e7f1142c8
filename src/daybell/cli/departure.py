"""Has another process ended? Waits without looking again and again where the system can tell."""

import os
import select
import sys
from collections.abc import Callable
from threading import Event

LOOK = 0.05
"""Seconds between two looks, on systems that cannot tell."""

Wait = Callable[[float], bool]
"""Waits that many seconds for the end; whether it came. To be asked once."""


def watch(pid: int) -> Wait:
    """Watch this process from now on. A zombie counts as gone: it holds no locks and no sockets."""
    try:
        return by_system(pid)
    except ProcessLookupError:
        return lambda _seconds: True
    except OSError:  # an old kernel, or a sandbox that forbids it
        return by_looking(pid)


def by_looking(pid: int) -> Wait:
    """Anywhere: no signal can be sent to what is not there."""

    def wait(seconds: float) -> bool:
        pause = Event()
        for _look in range(max(1, round(seconds / LOOK))):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return True
            pause.wait(LOOK)
        return False

    return wait


if sys.platform == "linux":

    def by_system(pid: int) -> Wait:
        """The handle of a process becomes readable at its end."""
        handle = os.pidfd_open(pid)

        def wait(seconds: float) -> bool:
            try:
                return bool(select.select([handle], [], [], seconds)[0])
            finally:
                os.close(handle)

        return wait

elif sys.platform == "darwin":

    def by_system(pid: int) -> Wait:
        """The kernel's queue tells the end of a process."""
        queue = select.kqueue()
        end = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
        queue.control([end], 0)

        def wait(seconds: float) -> bool:
            try:
                return bool(queue.control(None, 1, seconds))
            finally:
                queue.close()

        return wait

else:
    by_system = by_looking
