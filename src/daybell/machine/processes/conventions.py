"""How do platforms write a shell's command line, and how do they say how a process ended?"""

import signal
from collections.abc import Sequence

POSIX_SHELL = "/bin/sh"

NTSTATUS = {
    0xC0000005: "an access violation",
    0xC0000017: "a lack of memory",
    0xC00000FD: "a stack overflow",
    0xC0000135: "a missing DLL",
    0xC000013A: "Ctrl+C",
    0xC0000142: "a DLL that could not start",
    0xC0000374: "heap corruption",
    0xC0000409: "a stack buffer overrun",
}
"""The ends that Windows itself gives a process, as it writes them into the exit code."""


def posix_shell(argv: Sequence[str]) -> list[str]:
    return [POSIX_SHELL, "-c", " ".join(argv)]


def windows_shell(argv: Sequence[str], comspec: str) -> str:
    """One string: cmd has rules of its own, and with /s takes what stands between the outer quotes."""
    return f'"{comspec}" /d /s /c "{" ".join(argv)}"'


def posix_end(returncode: int) -> tuple[int, str | None]:
    """The exit code as a shell gives it, and the name of the signal that ended the process."""
    if returncode >= 0:
        return returncode, None
    try:
        name = signal.Signals(-returncode).name
    except ValueError:  # real-time signals have numbers only
        name = f"signal {-returncode}"
    return 128 - returncode, name


def windows_end(returncode: int) -> tuple[int, str | None]:
    """The exit code, and in words what ended the process if Windows did."""
    return returncode, NTSTATUS.get(returncode & 0xFFFFFFFF)
