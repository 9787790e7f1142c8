"""How are those parts of Daybell that are not the scheduler's own? Its clocks, the desktop, and the disk."""

import shutil
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from daybell.core.amounts import size
from daybell.engine.health import OK, Checks, Part

LITTLE = 100 << 20
"""Bytes: a journal needs far less, and what else is on a full disk far more."""
CLOCKS = ("alarms", "deadlines")
"""The threads without which nothing is due."""


class HasWhy(Protocol):
    """What may be there, or say why it is not."""

    why: str


def add_parts(checks: Checks, tray: HasWhy, notices: HasWhy, disk: Path) -> None:
    """`disk` is a directory on the one that must not be full."""
    checks.add("alarms", _clocks)
    checks.add("tray", lambda: _desktop(tray))
    checks.add("notices", lambda: _desktop(notices))
    checks.add("disk", partial(room, disk))


def room(disk: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Part:
    """Whether there is enough left on it. OSError."""
    left = free(disk)
    return OK if left >= LITTLE else Part("degraded", f"there are only {size(left)} left for {disk}")


def _clocks() -> Part:
    alive = {thread.name for thread in threading.enumerate()}
    gone = [name for name in CLOCKS if name not in alive]
    return Part("failed", f"there is no thread {' and none '.join(gone)}") if gone else OK


def _desktop(one: HasWhy) -> Part:
    return Part("off", one.why) if one.why else OK
