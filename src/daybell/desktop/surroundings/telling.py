"""When is whoever asked told of new facts?"""

import threading
from collections.abc import Callable

from daybell.model.facts import Facts


class Telling:
    """Holds the newest facts. From `begin` on, those that differ from the ones before are told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._facts = Facts()
        self._changed: Callable[[Facts], None] | None = None

    def begin(self, changed: Callable[[Facts], None]) -> Facts:
        """What is known now; all that comes later is told."""
        with self._lock:
            self._changed = changed
            return self._facts

    def tell(self, facts: Facts) -> None:
        """Always on the same thread."""
        with self._lock:
            changed = self._changed if facts != self._facts else None
            self._facts = facts
        if changed:
            changed(facts)

    def end(self) -> None:
        """What is told after this reaches nobody."""
        with self._lock:
            self._changed = None
