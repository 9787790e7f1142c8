"""How does a pystray icon, whatever its back end, show views?"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from daybell.core.views import Entry, TrayView
from daybell.desktop.tray.door import Icon

log = logging.getLogger(__name__)


class IconTray:
    """A tray made of a pystray icon that also has `post(act)`: call `act` soon on the icon's thread.

    All that is asked of the icon while it runs is posted; whatever `act` raises, `post` only logs.
    """

    def __init__(
        self,
        icon: Icon,
        draw: Callable[[TrayView], object],
        build: Callable[[tuple[Entry, ...]], object],
    ) -> None:
        self.why = ""
        self._icon = icon
        self._draw = draw
        self._build = build
        self._lock = threading.Lock()
        self._coming: TrayView | None = None
        self._shown: TrayView | None = None
        self._stopped = threading.Event()
        self._broken = False

    def run(self, ready: Callable[[], None]) -> None:
        try:
            self._icon.run(lambda _: self._set_up(ready))
        except Exception:
            log.exception("the tray icon failed; Daybell goes on without it")
            self._broken = True
            # Lets pystray's waiting setup thread go on; a process does not end before it.
            with suppress(Exception):
                self._icon._mark_ready()  # noqa: SLF001 - pystray's documented hook of back ends
        self._stopped.wait()

    def show(self, view: TrayView) -> None:
        with self._lock:
            waiting, self._coming = self._coming, view
        if waiting is None:
            self._icon.post(self._apply)

    def stop(self) -> None:
        self._stopped.set()
        if not self._broken:
            self._icon.stop()

    def _apply(self) -> None:
        with self._lock:
            view, self._coming = self._coming, None
        before = self._shown
        if view is None or view == before:
            return
        if before is None or (view.state, view.attention) != (before.state, before.attention):
            self._icon.icon = self._draw(view)
        if before is None or view.tooltip != before.tooltip:
            self._icon.title = view.tooltip
        if before is None or view.menu != before.menu:
            self._icon.menu = self._build(view.menu)
        self._shown = view

    def _set_up(self, ready: Callable[[], None]) -> None:
        """On pystray's setup thread, once its loop runs."""
        ready()
        if not self._broken:
            self._icon.post(self._appear)
        if self._stopped.is_set():
            self._icon.stop()  # a stop that came before the loop ran was not heard

    def _appear(self) -> None:
        self._icon.visible = True
