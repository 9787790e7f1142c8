"""Which start of the machine is this? Only ever compared."""

import sys
from contextlib import suppress

if sys.platform == "win32":
    import winreg

    KEY = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"

    def _read() -> str:
        """Windows counts its starts."""
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, KEY) as key:
            count, _ = winreg.QueryValueEx(key, "BootId")
            return f"{count}"
elif sys.platform == "darwin":

    def _read() -> str:
        import ctypes  # noqa: PLC0415 - only here, once

        libc = ctypes.CDLL(None, use_errno=True)
        found, length = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
        if libc.sysctlbyname(b"kern.bootsessionuuid", found, ctypes.byref(length), None, ctypes.c_size_t(0)):
            raise OSError(ctypes.get_errno(), "sysctl")
        return found.value.decode("ascii")
else:
    from pathlib import Path

    def _read() -> str:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()


def boot_id() -> str:
    """The same until the machine is started anew; empty where it does not tell."""
    with suppress(OSError, ValueError):
        return _read()
    return ""
