"""How does Daybell run where no icon can be shown?"""

import threading
from collections.abc import Callable

from daybell.core.views import TrayView


class NullTray:
    """Only blocks the main thread, as each tray does."""

    def __init__(self, why: str) -> None:
        self.why = why
        self._stopped = threading.Event()

    def run(self, ready: Callable[[], None]) -> None:
        ready()
        self._stopped.wait()

    def show(self, view: TrayView) -> None:
        """Nothing shows it."""

    def stop(self) -> None:
        self._stopped.set()
