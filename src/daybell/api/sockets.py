"""How does the app come to listen at a path of its own, and leave nothing behind?"""

import os
import socket
import stat
import sys
from pathlib import Path

from daybell.model.errors import AlreadyRunning, DaybellError

KNOCK = 2.0
"""Seconds to wait for whoever holds the socket to take a connection."""


def listen(path: Path) -> socket.socket:
    """A listening socket, mode 0600; one that nobody answers is replaced.

    AlreadyRunning when somebody answers there, DaybellError when the path cannot be used.
    """
    if sys.platform == "win32":
        raise DaybellError("Python has no unix sockets on Windows")
    _clear(path)
    listener = socket.socket(socket.AF_UNIX)
    # The mask is the whole process's: for this moment other threads make stricter files, never looser ones.
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
    except OSError as error:
        listener.close()
        raise DaybellError(f"cannot listen at {path}: {error.strerror or error}") from error
    finally:
        os.umask(mask)
    listener.listen(64)
    return listener


def forget(path: Path, inode: int) -> None:
    """Remove the socket, unless another app has put its own there meanwhile."""
    if inode_of(path) == inode:
        path.unlink(missing_ok=True)


def inode_of(path: Path) -> int:
    """0 where there is nothing."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _clear(path: Path) -> None:
    if sys.platform == "win32":
        return
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise DaybellError(f"{path} is not a socket; move it away")
    with socket.socket(socket.AF_UNIX) as visitor:
        visitor.settimeout(KNOCK)
        try:
            visitor.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        except OSError as error:
            raise DaybellError(f"cannot tell who listens at {path}: {error}") from error
        else:
            raise AlreadyRunning(f"another Daybell listens at {path}")
