"""When does the tray get a new view?"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from daybell.core.menus import Tags, tray_view
from daybell.core.views import TrayView, tomorrow
from daybell.desktop.tray.interface import Tray
from daybell.engine.ports import Clock
from daybell.model.absence import Card
from daybell.model.status import Status

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between two looks: more often nobody can read, and it would cost on the battery."""
STOP_TIMEOUT = 2.0
"""Seconds."""
LONGEST = 600.0
"""Seconds: what is waited by stands still while the machine sleeps, and midnight may pass meanwhile."""


def seconds_until(stale: datetime | None, now: datetime) -> float:
    """How long a view holds, if nothing changes."""
    return LONGEST if stale is None else min(max(0.0, (stale - now).total_seconds()), LONGEST)


class Beside(NamedTuple):
    """What the menu shows that is not in the status."""

    tags: Callable[[], Tags] = dict
    card: Callable[[], Card | None] = lambda: None
    at_login: Callable[[], bool] = lambda: False
    """Daybell starts then."""


NOTHING = Beside()


class Presenter:
    """Shows the status as it changes: at once after a quiet time, else once a second."""

    def __init__(
        self,
        status: Callable[[], Status],
        tray: Tray,
        zone: Callable[[], ZoneInfo],
        clock: Clock,
        *,
        beside: Beside = NOTHING,
        pause: float = PAUSE,
    ) -> None:
        self._status = status
        self._tray = tray
        self._zone = zone
        self._clock = clock
        self._beside = beside
        self._pause = pause
        self._stale: datetime | None = None
        self._shown: TrayView | None = None
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tray-view", daemon=True)

    def start(self) -> None:
        """The first view comes by itself."""
        self._changed.set()
        self._thread.start()

    def changed(self) -> None:
        """Something may look different now; any thread, returns at once."""
        self._changed.set()

    def stop(self) -> None:
        """Show nothing more; returns when the thread has ended, or after two seconds."""
        self._stopping.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._changed.clear()
            try:
                self._look()
            except Exception:
                log.exception("the tray's view could not be made")
            if not self._stopping.wait(self._pause):
                self._changed.wait(seconds_until(self._stale, self._clock.now()))

    def _look(self) -> None:
        now, zone = self._clock.now(), self._zone()
        self._stale = tomorrow(now.astimezone(zone))
        status, beside = self._status(), self._beside
        view = tray_view(status, zone, now, beside.tags(), beside.card(), at_login=beside.at_login())
        if view != self._shown:
            self._tray.show(view)
            self._shown = view
