"""Who is at the other end of a unix socket, and may they be?"""

import os
import socket
import struct
import sys
from typing import Protocol

# Linux: pid, uid, gid. macOS: struct xucred with its version, the uid, and groups after it.
LINUX_SO_PEERCRED = 17
LINUX_CREDENTIALS = struct.Struct("3i")
MACOS_CREDENTIALS = struct.Struct("II")
MACOS_SOL_LOCAL, MACOS_LOCAL_PEERCRED, MACOS_XUCRED_SIZE = 0, 1, 76
ROOT = 0


class HasOptions(Protocol):
    """What a socket and asyncio's picture of one have in common."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes: ...


def peer_uid(connection: HasOptions, platform: str = sys.platform) -> int | None:
    """The user at the other end, as the kernel knows it; None where this system does not tell."""
    try:
        match platform:
            case "linux":
                answer = connection.getsockopt(socket.SOL_SOCKET, LINUX_SO_PEERCRED, LINUX_CREDENTIALS.size)
                return int(LINUX_CREDENTIALS.unpack(answer)[1])
            case "darwin":
                answer = connection.getsockopt(MACOS_SOL_LOCAL, MACOS_LOCAL_PEERCRED, MACOS_XUCRED_SIZE)
                return int(MACOS_CREDENTIALS.unpack_from(answer)[1])
            case _:
                return None
    except OSError:
        return None


def is_allowed(uid: int | None, own: int) -> bool:
    """Ourselves, and root, who can do all this anyway. Where the kernel is silent nobody is."""
    return uid is not None and uid in {own, ROOT}


def own_uid() -> int:
    """This user; -1, whom nobody is, where there are no numbers for users."""
    if sys.platform == "win32":
        return -1
    return os.getuid()
