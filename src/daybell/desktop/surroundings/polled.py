"""How are facts told where the system is asked every half minute?"""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from daybell.desktop.surroundings.interface import Source
from daybell.desktop.surroundings.telling import Telling
from daybell.model.facts import Facts

log = logging.getLogger(__name__)

BEAT = 30.0
"""Seconds between two looks; a wake is looked at at once."""
PATIENCE = 1.0
"""Seconds for the first look; what comes later is told later."""
STOPPING = 3.0


def told_by(system: str) -> Mapping[Source, str]:
    """All of it, by the system itself."""
    return {"power": system, "network": system, "idle": system, "sleep": system}


class Calls(Protocol):
    """What one system must be asked. All of it on the one thread, but for what `listen` is given."""

    @property
    def sources(self) -> Mapping[Source, str]: ...

    def look(self, before: Facts) -> Facts:
        """What holds now; None for what cannot be known."""
        ...

    def listen(self, woke: Callable[[], None]) -> None:
        """From now on call it, on any thread, when the machine woke."""
        ...

    def hold(self, reason: str | None) -> str:
        """Keep the machine awake, None: no longer; why that could not be, or nothing."""
        ...

    def close(self) -> None: ...


class PolledSurroundings:
    """Its thread looks every half minute, and holds what must be held by a thread that lives."""

    why = ""

    def __init__(self, calls: Calls, woke: Callable[[], None], beat: float = BEAT) -> None:
        self.why_not_held = ""
        self._calls = calls
        self._woke = woke
        self._beat = beat
        self._telling = Telling()
        self._has_looked = threading.Event()
        self._stirred = threading.Event()
        self._is_stopping = False
        self._wanted: str | None = None
        self._held: str | None = None
        self._thread = threading.Thread(target=self._run, name="surroundings", daemon=True)

    @property
    def refusal(self) -> str:
        return self.why_not_held

    def start(self, changed: Callable[[Facts], None]) -> Facts:
        self._thread.start()
        self._has_looked.wait(PATIENCE)
        return self._telling.begin(changed)

    def hold(self, reason: str | None) -> None:
        self._wanted = reason
        self._stirred.set()

    def sources(self) -> Mapping[Source, str]:
        return self._calls.sources

    def stop(self) -> None:
        self._telling.end()
        self._is_stopping = True
        self._stirred.set()
        if self._thread.ident:
            self._thread.join(STOPPING)

    def _run(self) -> None:
        facts = Facts()
        self._guarded(lambda: self._calls.listen(self._on_wake))
        while not self._is_stopping:
            facts = self._look(facts)
            self._telling.tell(facts)
            self._has_looked.set()
            self._hold(self._wanted)
            self._stirred.wait(self._beat)
            self._stirred.clear()
        self._hold(None)
        self._guarded(self._calls.close)

    def _on_wake(self) -> None:
        self._woke()
        self._stirred.set()

    def _look(self, before: Facts) -> Facts:
        try:
            return self._calls.look(before)
        except Exception:
            # Here ends a thread: what the system answers badly today may be right tomorrow.
            log.debug("the system tells nothing of its surroundings", exc_info=True)
            return Facts()

    def _hold(self, reason: str | None) -> None:
        if reason == self._held:
            return
        try:
            why = self._calls.hold(reason)
        except Exception as error:  # noqa: BLE001 - as above
            why = str(error) or type(error).__name__
        self._held = None if why else reason
        if why and why != self.why_not_held:
            log.warning("the machine may fall asleep during a run: %s", why)
        self.why_not_held = why

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - as above
            log.debug("the system tells less of its surroundings than it could: %s", error)
