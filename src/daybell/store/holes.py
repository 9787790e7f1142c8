"""How is a file read, written and given back to the disk in its middle, while others write at its end?"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Callable

Free = Callable[[int, int, int], None]
"""Of this open file, from there on, so many bytes: they read as zeros afterwards. OSError where it cannot."""
ANYWHERE = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""How a file is opened for all of this."""

if sys.platform == "linux":
    KEEP_SIZE, PUNCH_HOLE = 1, 2
    _libc = ctypes.CDLL(None, use_errno=True)
    _libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]

    def free(file: int, begin: int, length: int) -> None:
        if _libc.fallocate(file, PUNCH_HOLE | KEEP_SIZE, begin, length):
            raise OSError(ctypes.get_errno(), "no hole can be made")
elif sys.platform == "darwin":
    import fcntl

    F_PUNCHHOLE = 99

    def free(file: int, begin: int, length: int) -> None:
        fcntl.fcntl(file, F_PUNCHHOLE, struct.pack("=IIqq", 0, 0, begin, length))
elif sys.platform == "win32":
    import msvcrt

    FSCTL_SET_SPARSE, FSCTL_SET_ZERO_DATA = 0x900C4, 0x980C8
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)

    def free(file: int, begin: int, length: int) -> None:
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(file))
        _control(handle, FSCTL_SET_SPARSE, b"")
        _control(handle, FSCTL_SET_ZERO_DATA, struct.pack("=qq", begin, begin + length))

    def _control(handle: ctypes.c_void_p, code: int, given: bytes) -> None:
        done = ctypes.c_ulong()
        if not _kernel32.DeviceIoControl(handle, code, given, len(given), None, 0, ctypes.byref(done), None):
            raise ctypes.WinError(ctypes.get_last_error())
else:

    def free(file: int, begin: int, length: int) -> None:  # noqa: ARG001 - as on the systems that have holes
        raise OSError(errno.ENOTSUP, "no holes are known on this system")


if sys.platform != "win32":

    def read_at(file: int, length: int, offset: int) -> bytes:
        return os.pread(file, length, offset)

    def write_at(file: int, content: bytes, offset: int) -> None:
        view = memoryview(content)
        while view:
            written = os.pwrite(file, view, offset)
            view, offset = view[written:], offset + written
else:

    def read_at(file: int, length: int, offset: int) -> bytes:
        os.lseek(file, offset, os.SEEK_SET)
        return os.read(file, length)

    def write_at(file: int, content: bytes, offset: int) -> None:
        os.lseek(file, offset, os.SEEK_SET)
        view = memoryview(content)
        while view:
            view = view[os.write(file, view) :]


def next_data(file: int, offset: int) -> int:
    """Where the next byte that was written stands, at this offset or behind it; the end, if none does."""
    if not hasattr(os, "SEEK_DATA"):
        return offset
    try:
        return os.lseek(file, offset, os.SEEK_DATA)
    except OSError:
        return max(offset, os.fstat(file).st_size)


def next_hole(file: int, offset: int) -> int:
    """Where the next hole begins, at this offset or behind it; the end is one too."""
    if not hasattr(os, "SEEK_HOLE"):
        return max(offset, os.fstat(file).st_size)
    try:
        return os.lseek(file, offset, os.SEEK_HOLE)
    except OSError:
        return offset
