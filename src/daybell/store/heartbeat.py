"""Does Daybell live, and if not, until when did it? A file is there, and touched, while it does."""

import errno
import logging
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Struct

from daybell.model.last_life import LastLife
from daybell.store.atomic import replace_file

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two touches: each makes the disk write, and people are told the minute."""
LARGEST = 4096
"""Bytes of the file; whatever is larger is not ours."""


class _Life(Struct, frozen=True):
    """What the file says; that it has been touched says the rest."""

    pid: int
    boot_id: str
    started: Annotated[datetime, msgspec.Meta(tz=True)]
    version: str


class Heartbeat:
    """`beat` is for one thread. Nothing here raises: Daybell runs without it, too."""

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic
        self._content = b""
        self._next = 0.0

    @property
    def has_begun(self) -> bool:
        return bool(self._content)

    def begin(self, pid: int, boot_id: str, version: str, at: datetime) -> None:
        """From now on the file is there, readable by nobody else."""
        self._content = msgspec.json.encode(_Life(pid, boot_id, at, version))
        self._next = self._monotonic() + EVERY
        try:
            replace_file(self._path, self._content)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path.name, error.strerror)

    def beat(self) -> float:
        """It lives. Too early it does nothing; says in how many seconds it will do something."""
        now = self._monotonic()
        if self._content and now >= self._next:
            self._next = now + EVERY
            with suppress(OSError):
                self._touch()
        return self._next - now

    def end(self) -> None:
        """A stop in order: there is nothing to tell at the next start. Before `begin` it is another's."""
        if not self._content:
            return
        self._content = b""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _touch(self) -> None:
        try:
            os.utime(self._path)
        except FileNotFoundError:
            replace_file(self._path, self._content)


def last_life(path: Path, now: datetime) -> LastLife | None:
    """The life that did not end in order; None if it did, and where the file tells nothing.

    Asked before this life begins. A beat that lies in the future counts as one of now.
    """
    try:
        content, touched = _read(path)
        life = msgspec.json.decode(content, type=_Life)
        started = life.started.astimezone(UTC)
    except FileNotFoundError:
        return None
    except (OSError, OverflowError, ValueError) as error:
        log.warning("%s tells nothing of the last life: %s", path.name, error)
        return None
    return LastLife(life.pid, life.boot_id, life.version, started, _instant(touched, now))


def _read(path: Path) -> tuple[bytes, float]:
    """Of a plain file only, as others would be waited for. OSError."""
    flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    file = os.open(path, os.O_RDONLY | flags)
    try:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            raise OSError(errno.EINVAL, "it is no file of ours")
        return os.read(file, LARGEST), about.st_mtime
    finally:
        os.close(file)


def _instant(seconds: float, now: datetime) -> datetime:
    try:
        return min(datetime.fromtimestamp(seconds, UTC), now)
    except (OverflowError, ValueError, OSError):  # a file system that says anything
        return now
