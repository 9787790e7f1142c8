"""What does a job's function do where no program is started? It writes down when it was called."""

import os
import time

SECOND = 1_000_000_000
"""In nanoseconds."""


def note(file: str, instant: int) -> None:
    """One line, as the stamp program writes it; light, because the rivals carry it too."""
    write(file, time.clock_gettime_ns(time.CLOCK_REALTIME), instant)


def write(file: str, called: int, instant: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, b"%d %d\n" % (called, instant))
    os.close(descriptor)
