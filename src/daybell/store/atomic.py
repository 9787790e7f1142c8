"""How is a file replaced so that a crash leaves the old one or the new one, and never half of either?"""

import errno
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from daybell.store.lines import write_all

SUFFIX = ".tmp"
"""Of what is not finished; a crash leaves it, and `sweep` removes it."""
PART = 1 << 20
"""Bytes that are copied at once."""
PATIENCE = 0.05, 50
"""Seconds between two tries, and how many: on Windows a virus scanner may hold a file for a moment."""
HELD_BY_OTHERS = {5, 32, 33}
"""ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION."""


def replace_file(
    path: Path,
    content: bytes,
    backup: Path | None = None,
    *,
    last_look: Callable[[], None] = lambda: None,
) -> None:
    """Durable when it returns; what was there before is the backup then.

    OSError: the old content holds; only where the very last step failed, either may. So it does with
    whatever `last_look` raises, which is called when all else is done.
    """
    file, name = tempfile.mkstemp(SUFFIX, f".{path.name}.", path.parent)
    beside = Path(name)
    try:
        try:
            write_all(file, content)
            sync(file)
        finally:
            os.close(file)
        if backup is not None:
            keep(path, backup)
        last_look()
        swap(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def keep(path: Path, backup: Path) -> None:
    """A second name for the present content, before its own name moves on: at no moment is there none."""
    if not path.exists():
        return
    second = path.with_name(f".{backup.name}{SUFFIX}")
    second.unlink(missing_ok=True)
    try:
        try:
            os.link(path, second)
        except OSError:  # a file system without hard links
            _copy(path, second)
        swap(second, backup)
    finally:
        # It failed, or both were the same file already, so that nothing was renamed.
        second.unlink(missing_ok=True)


def swap(beside: Path, path: Path) -> None:
    """Give the file the name of the other, which it replaces in one step."""
    pause, tries = PATIENCE
    for left in reversed(range(tries)):
        try:
            beside.replace(path)
        except OSError as error:
            if not left or not is_passing(error):
                raise
            threading.Event().wait(pause)
        else:
            return


def is_passing(error: OSError) -> bool:
    """Whether it may go well in a moment, because another program only looks at the file."""
    return getattr(error, "winerror", None) in HELD_BY_OTHERS


def copy_part(lines: BinaryIO, begin: int, end: int, copy: int) -> None:
    """Durable at the end of the copy, which it closes. OSError, also where there is less to copy."""
    try:
        lines.seek(begin)
        while begin < end:
            block = lines.read(min(PART, end - begin))
            if not block:
                raise OSError(errno.EIO, "it has become shorter", lines.name)
            write_all(copy, block)
            begin += len(block)
        sync(copy)
    finally:
        os.close(copy)


def sweep(directory: Path) -> None:
    """Remove what a crash has left unfinished; nobody else may be writing there."""
    with suppress(OSError):
        for path in directory.glob(f".*{SUFFIX}"):
            with suppress(OSError):
                path.unlink()


def sync(file: int) -> None:
    """The content is on the disk, as far as the system can tell."""
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - not on Windows

        # What `fsync` promises there ends at the disk's own cache.
        with suppress(OSError):
            fcntl.fcntl(file, fcntl.F_FULLFSYNC)
            return
    getattr(os, "fdatasync", os.fsync)(file)


def sync_directory(path: Path) -> None:
    """Make a new name in it durable; Windows has nothing to sync here."""
    if os.name == "nt":
        return
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _copy(path: Path, second: Path) -> None:
    file = os.open(second, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    try:
        write_all(file, path.read_bytes())
        sync(file)
    finally:
        os.close(file)
