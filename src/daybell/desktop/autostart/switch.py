"""Is starting at login on, and how is it switched? One way at a time, and never against whoever said no."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from daybell.core.autostart import AtLogin, Command, Entry, How, at_login, refusal
from daybell.desktop.autostart.interface import Way
from daybell.model.errors import Conflict, DaybellError

log = logging.getLogger(__name__)

FRESH = 60.0
"""Seconds for which a look at it is good enough for the menu."""


class LoginSwitch:
    """Any thread. It keeps nothing: what the system has been told is asked anew, but for the menu."""

    def __init__(
        self, ways: Sequence[Way], command: Command, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """The first way is the usual one; `command` is what shall start."""
        self.command = command
        self.usual: How = ways[0].how
        self.changed: Callable[[], object] = lambda: None
        """Called after a switch."""
        self._ways = ways
        self._clock = clock
        self._lock = threading.RLock()
        self._seen: tuple[float, bool] | None = None

    def entries(self) -> dict[How, Entry]:
        """What each way has been told. DaybellError."""
        with self._lock:
            found = ((way.how, way.entry()) for way in self._ways)
            return {how: entry for how, entry in found if entry is not None}

    def now(self) -> AtLogin:
        """DaybellError."""
        with self._lock:
            now = at_login(self.entries())
            self._seen = self._clock(), now.enabled
            return now

    def is_on(self) -> bool:
        """As it was seen within the last minute; False where nobody can tell."""
        with self._lock:
            if self._seen is None or self._clock() - self._seen[0] > FRESH:
                self._seen = self._clock(), False
                try:
                    self.now()
                except DaybellError as error:
                    log.warning("whether Daybell starts at login cannot be told: %s", error)
            return self._seen[1]

    def switch(self, *, on: bool, how: How | None = None) -> AtLogin:
        """Without `how` the way that is on, or the usual one. Conflict where somebody has switched it off."""
        with self._lock:
            if on:
                self._switch_on(how)
            else:
                for way in self._ways:
                    way.remove()
            now = self.now()
        self.changed()
        return now

    def _switch_on(self, how: How | None) -> None:
        entries = self.entries()
        now = at_login(entries)
        chosen = self._way(how or now.how or self.usual)
        blocked_by = entries[chosen.how].blocked_by if chosen.how in entries else None
        if blocked_by := blocked_by or now.blocked_by:
            raise Conflict(refusal(blocked_by))
        chosen.write(self.command)
        for way in self._ways:
            if way is not chosen and way.how in entries and entries[way.how].blocked_by is None:
                way.remove()

    def _way(self, how: How) -> Way:
        for way in self._ways:
            if way.how == how:
                return way
        raise Conflict(f"nothing on this system starts programs at login in this way: {how}")
