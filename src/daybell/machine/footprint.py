"""What does Daybell itself take of the machine?"""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from daybell.core.metrics import Process

STATM = Path("/proc/self/statm")
"""In pages; the second number is what is resident."""


def footprint() -> Process:
    """At this moment."""
    return Process(time.process_time(), _resident())


def _resident() -> int | None:
    """Bytes; None where the system does not tell."""
    if sys.platform != "linux":
        import psutil  # noqa: PLC0415 - Linux needs none of it

        return int(psutil.Process().memory_info().rss)
    with suppress(OSError, ValueError, IndexError):
        return int(STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return None
