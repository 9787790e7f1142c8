"""Who starts how late? Contenders side by side, each of them due at instants of its own."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from app import let_pass, ready
from calls import SECOND
from figures import Skipped
from native import read_stamps

WARM_UP = 3.0
"""Seconds."""
TICKING = 4
"""Jobs that are due every second, spread evenly over it; a C loop is due as often."""
PERIOD = SECOND // TICKING
SLOT = PERIOD // 8
"""Contenders are due so far apart, so that the same load meets them all and none meets another."""


@dataclass(frozen=True)
class Name:
    """Who it is, and among how many jobs; a C loop has none."""

    who: str
    jobs: int = 0


class Contest:
    """What takes part writes each of its starts to a file; it is ended when the stack is closed."""

    def __init__(self, stack: ExitStack, directory: Path) -> None:
        directory.mkdir()
        self._stack = stack
        self._directory = directory
        self._files: dict[Name, Path] = {}

    def file(self, name: Name) -> Path:
        """Where this one writes."""
        return self._directory / f"{name.who.replace(' ', '-')}-{name.jobs}"

    def enter(self, name: Name, contender: AbstractContextManager[object], file: Path | None = None) -> None:
        self._stack.enter_context(contender)
        self._files[name] = file or self.file(name)

    def run(self, name: Name, command: Sequence[str]) -> None:
        """A contender that says when it is ready."""
        self.enter(name, ready(command))

    def late(self, seconds: float) -> dict[Name, list[float]]:
        """How late each one started over so many seconds, in ms. Skipped when one never did."""
        let_pass(WARM_UP)
        since = time.clock_gettime_ns(time.CLOCK_REALTIME)
        let_pass(seconds)
        return {name: lateness(file, since) for name, file in self._files.items()}


def lateness(file: Path, since: int) -> list[float]:
    """In ms, negative before the instant. A label is any instant of the same second's grid as its own."""
    half = SECOND // 2
    late = [
        ((one.at - int(one.label) + half) % SECOND - half) / 1e6
        for one in read_stamps(file)
        if one.at >= since
    ]
    if not late:
        raise Skipped(f"nothing has run: {file.name} is empty")
    return late
