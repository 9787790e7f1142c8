"""Who hears of what happened? Everything that watches hangs on this one hook."""

import logging
import threading
from collections.abc import Callable, Sequence

from daybell.model.events import AnyEvent

log = logging.getLogger(__name__)

Subscriber = Callable[[Sequence[AnyEvent]], None]
"""Called on the engine's thread with the events of a batch, in a rush of several, once they are durable; it
must return at once. There are none where only names or problems changed."""


class Bus:
    """A subscriber that raises is logged and heard of again at the next batch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: tuple[Subscriber, ...] = ()

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """From now on; call what it returns to stop."""
        with self._lock:
            self._subscribers = (*self._subscribers, subscriber)

        def stop() -> None:
            with self._lock:
                self._subscribers = tuple(one for one in self._subscribers if one is not subscriber)

        return stop

    def publish(self, events: Sequence[AnyEvent]) -> None:
        for subscriber in self._subscribers:
            try:
                subscriber(events)
            except Exception:  # a watcher's bug must not stop the engine
                log.exception("a subscriber failed")
