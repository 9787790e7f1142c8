"""The surroundings of a machine as a test hears of them."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Self

from daybell.desktop.bus.connection import connect
from daybell.desktop.session import user_id
from daybell.desktop.surroundings.interface import Surroundings
from daybell.desktop.surroundings.linux import LinuxSurroundings
from daybell.desktop.surroundings.logind import Person
from daybell.machine.clock import SystemClock
from daybell.model.facts import Facts
from tray_host import wait_until

NOWHERE = Path("/nowhere")
"""Where no kernel tells anything."""
SOON = (0.01, 0.02, 0.05)


class Heard:
    """What was told, newest last; the first is what `start` knew."""

    def __init__(
        self, environ: Mapping[str, str], root: Path = NOWHERE, delays: Sequence[float] = SOON
    ) -> None:
        self.wakes = 0
        self.facts: list[Facts] = []
        dial = partial(connect, environ["DBUS_SYSTEM_BUS_ADDRESS"], "system bus", takes_files=True)
        person = Person(user_id(), environ.get("XDG_SESSION_ID", ""), SystemClock().now)
        self.surroundings: Surroundings = LinuxSurroundings(dial, person, self._woke, delays, root)

    def start(self) -> Self:
        self.facts.append(self.surroundings.start(self.facts.append))
        return self

    @property
    def now(self) -> Facts:
        return self.facts[-1]

    def until(self, holds: Callable[[Facts], object]) -> Facts:
        """The first facts of which it holds."""
        try:
            wait_until(lambda: bool(holds(self.now)), "the fact")
        except AssertionError as error:
            raise AssertionError(f"{error}; known is {self.now}") from None
        return self.now

    def _woke(self) -> None:
        self.wakes += 1


@contextmanager
def heard(environ: Mapping[str, str], root: Path = NOWHERE) -> Iterator[Heard]:
    """Started, and stopped in time with its thread gone."""
    one = Heard(environ, root)
    try:
        yield one.start()
    finally:
        one.surroundings.stop()
        assert "surroundings" not in [thread.name for thread in threading.enumerate()]
