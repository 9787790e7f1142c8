"""How does one Daybell follow another?

A newer one ends the older that runs in its home; one whose program is exchanged becomes what is there then.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from daybell.api.client import ApiError, NotRunning
from daybell.api.reach import client_of
from daybell.core.succession import is_newer
from daybell.machine.own_command import own_command
from daybell.model.errors import AlreadyRunning
from daybell.store.directories import Directories
from daybell.store.instance import Instance, InstanceLock

PATIENCE = 300.0
"""Seconds for the older one to end its jobs, for which it has a bound of its own: `shutdown_timeout`."""
LOOK = 0.05
"""Seconds between two looks whether the home is free."""
MARK = "exchanging"
"""A file beside the program, there while an installer exchanges what it is made of."""
AWAIT = """n=0
while { [ -e "$0" ] || ! [ -x "$1" ]; } && [ $n -lt 600 ]; do sleep 0.5; n=$((n+1)); done
exec "$@"
"""
"""For five minutes: an installer that died leaves its mark."""

Wait = Callable[[float], bool]
"""Waits so many seconds; whether somebody has asked for the end meanwhile."""


def claim(
    lock: InstanceLock, ours: Instance, home: Directories, wait: Wait, say: Callable[[str], None]
) -> None:
    """The home is ours. An older Daybell there is told to stop in order, and waited for.

    What becomes due in between is ours to catch up, as after any stop. AlreadyRunning where it may not be
    told, or does not end; DaybellError as the lock has it.
    """
    try:
        lock.acquire(ours)
    except AlreadyRunning:
        older = lock.holder()
        if older is None or not is_newer(ours.version, older.version):
            raise
        say(f"Daybell {older.version} runs here (process {older.pid}); {ours.version} takes over.")
        _take_over(lock, ours, home, wait)


def follow_itself(words: Sequence[str]) -> NoReturn:
    """Become the program that is there once whoever exchanges it is done; the same process. POSIX only."""
    mark = Path(sys.executable).with_name(MARK)
    os.execv("/bin/sh", ["sh", "-c", AWAIT, str(mark), *own_command(*words)])  # noqa: S606 - as it says


def _take_over(lock: InstanceLock, ours: Instance, home: Directories, wait: Wait) -> None:
    is_told = False
    for _ in range(round(PATIENCE / LOOK)):
        is_told = is_told or _tell(home)
        if wait(LOOK):
            raise AlreadyRunning("Daybell was told to stop before the older one had ended")
        try:
            lock.acquire(ours)
        except AlreadyRunning:
            holder = lock.holder()
            if holder is not None and not is_newer(ours.version, holder.version):
                raise  # a third one was quicker
        else:
            return
    raise AlreadyRunning(f"the older Daybell was told to stop, and still runs after {PATIENCE:g} s")


def _tell(home: Directories) -> bool:
    """Whether it has heard; while it starts, or stops already, nobody listens."""
    try:
        client_of(home).post("/api/v1/stop")
    except (ApiError, NotRunning):
        return False
    return True
