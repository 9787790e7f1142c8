"""What is a tray to the rest of Daybell?"""

from collections.abc import Callable
from typing import Protocol

from daybell.core.views import Action, TrayView

Act = Callable[[Action], None]
"""Told of each click. It is called on the tray's own thread: it must only post, and return at once."""


class Tray(Protocol):
    """An icon with a menu. It owns the main thread."""

    why: str
    """Why there is no icon, in a sentence; empty where there is one."""

    def run(self, ready: Callable[[], None]) -> None:
        """Block the main thread until `stop`. `ready` is called once, on some thread, and returns at once."""
        ...

    def show(self, view: TrayView) -> None:
        """Show this view soon; any thread. Of several in a row only the last one counts."""
        ...

    def stop(self) -> None:
        """Let `run` return; any thread, also before it and more than once."""
        ...
