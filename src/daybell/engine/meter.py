"""How are the figures of all jobs kept, while others read them?"""

import threading
from collections.abc import Sequence

from daybell.core.figures import Figures
from daybell.model.events import AnyEvent


class Meter:
    """A subscriber of the bus."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._figures = Figures()

    def hear(self, events: Sequence[AnyEvent]) -> None:
        with self._lock:
            for event in events:
                self._figures.fold(event)

    def taken(self) -> Figures:
        """As they are now; any thread."""
        with self._lock:
            return self._figures.copy()
