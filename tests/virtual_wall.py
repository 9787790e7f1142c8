"""A wall clock of its own for a program: its machine sleeps, or its clock is set, and nobody else notices."""

import mmap
import os
import shutil
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

from daybell.machine.clock import SystemClock

SOURCE = Path(__file__).parent / "system" / "fake_clock.c"
COMPILER = "cc"
FLAGS = ("-shared", "-fPIC", "-O2", "-std=c11", "-Wall", "-Wextra", "-Werror")
NANOSECONDS = 1000
"""In a microsecond."""
ASLEEP, STEPPED = 0, 1
"""Where in the file."""


def why_not() -> str:
    """Why this machine cannot have one, and what to install; empty where it can."""
    if sys.platform != "linux":
        return "it moves the clock of a program by LD_PRELOAD, as Linux has it"
    if shutil.which(COMPILER) is None:
        return "install a C compiler to run it: apt-get install gcc libc6-dev"
    return ""


def compiled(directory: Path) -> Path:
    """The library that stands between a program and the clocks."""
    library = directory / "fake_clock.so"
    command = [COMPILER, *FLAGS, "-o", str(library), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"apt-get install libc6-dev, if that is what it lacks:\n{done.stderr}"
    return library


class VirtualWall:
    """The clocks of the programs that are started with its `environ`."""

    def __init__(self, library: Path, file: Path) -> None:
        file.write_bytes(bytes(16))
        with file.open("r+b") as opened:
            self._offsets = memoryview(mmap.mmap(opened.fileno(), 16)).cast("q")
        others = os.environ.get("LD_PRELOAD")
        preload = f"{library}:{others}" if others else str(library)
        self.environ = {"LD_PRELOAD": preload, "VIRTUAL_WALL": str(file)}

    def now(self) -> datetime:
        """What the programs see."""
        moved = sum(self._offsets) // NANOSECONDS
        return SystemClock().now() + timedelta(microseconds=moved)

    def sleep(self, length: timedelta) -> datetime:
        """Their machine sleeps for so long; when it wakes."""
        self._move(ASLEEP, length)
        return self.now()

    def sleep_until(self, instant: datetime) -> None:
        self.sleep(instant - self.now())

    def step(self, by: timedelta) -> datetime:
        """Somebody sets their clock; to when."""
        self._move(STEPPED, by)
        return self.now()

    def step_to(self, instant: datetime) -> None:
        self.step(instant - self.now())

    def wait_until(self, instant: datetime) -> None:
        """Let real time pass until their clock shows this."""
        pause = threading.Event()
        while (rest := (instant - self.now()).total_seconds()) > 0:
            pause.wait(rest)

    def _move(self, offset: int, by: timedelta) -> None:
        self._offsets[offset] += by // timedelta(microseconds=1) * NANOSECONDS
