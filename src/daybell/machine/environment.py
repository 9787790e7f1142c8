"""Which environment was a process of this person started with?"""

import sys
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")


def environment_of(pid: int, platform: str = sys.platform, proc: Path = PROC) -> Mapping[str, str] | None:
    """As it was at its start; None where nobody can tell."""
    if platform != "linux":
        return _by_psutil(pid)
    try:
        content = (proc / str(pid) / "environ").read_bytes()
    except OSError:
        return None
    pairs = (entry.partition("=") for entry in content.decode(errors="surrogateescape").split("\0"))
    return {name: value for name, _, value in pairs if name}


def _by_psutil(pid: int) -> Mapping[str, str] | None:
    import psutil  # noqa: PLC0415 - not on Linux, which needs none

    try:
        found: dict[str, str] = psutil.Process(pid).environ()
    except (OSError, psutil.Error):
        return None
    return found
