"""How is work done that may take its time, such as reading files, without holding up who asks for it?"""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Errand:
    """Does one thing on a thread of its own, once for all that asked while it was busy elsewhere."""

    def __init__(self, name: str, act: Callable[[], None]) -> None:
        self._act = act
        self._is_wanted = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask(self) -> None:
        """Any thread; returns at once."""
        self._is_wanted.set()

    def stop(self, seconds: float) -> bool:
        """Whether its thread has ended within that time."""
        self._is_stopping = True
        self._is_wanted.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while self._is_wanted.wait() and not self._is_stopping:
            self._is_wanted.clear()
            try:
                self._act()
            except Exception:  # the thread's edge: the next one may go well
                log.exception("%s failed", self._thread.name)
