"""Has anything changed in this directory?"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from watchdog.events import (
    DirDeletedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from daybell.engine.ports import Deadlines

log = logging.getLogger(__name__)

SETTLE = timedelta(seconds=0.2)
"""An editor's save is several events; the directory is read once they are over."""
SEARCH = timedelta(seconds=1)
"""How often a directory that is gone is looked for."""
POLL_SECONDS = 1.0
STOP_SECONDS = 2.0

# Files that are only read must not count: reading them is what follows.
CHANGES: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileClosedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirDeletedEvent,
]


class DirectoryWatch(FileSystemEventHandler):
    """Calls `changed`, on the deadlines' thread, a moment after files of one directory have changed.

    Where the system cannot tell, it looks once a second. A directory that is deleted is watched
    again when it is back.
    """

    def __init__(self, path: Path, changed: Callable[[], None], deadlines: Deadlines) -> None:
        self._path = path
        self._changed = changed
        self._deadlines = deadlines
        self._key = f"watch {path}"
        self._lock = threading.Lock()
        self._observer: BaseObserver | None = None
        self._stopped = False

    def start(self) -> None:
        with self._lock:
            self._arm()

    def stop(self) -> None:
        """Call nothing more; returns when its threads have ended, or two seconds later."""
        with self._lock:
            self._stopped = True
            self._disarm()
        self._deadlines.clear(self._key)

    def on_any_event(self, event: FileSystemEvent) -> None:
        is_gone = isinstance(event, DirDeletedEvent) and Path(str(event.src_path)) == self._path
        self._deadlines.set(self._key, SETTLE, self._look_again if is_gone else self._tell)

    def _tell(self) -> None:
        if not self._stopped:
            self._changed()

    def _look_again(self) -> None:
        with self._lock:
            if self._stopped:
                return
            self._disarm()
            self._arm()
        self._tell()

    def _arm(self) -> None:
        for make in (Observer, _polling):
            if not self._path.is_dir():
                self._deadlines.set(self._key, SEARCH, self._look_again)
                return
            try:
                self._observer = self._observe(make)
            except OSError as error:
                log.warning(
                    "%s is looked at once a second: the system cannot watch it: %s", self._path, error
                )
            else:
                return

    def _observe(self, make: Callable[[], BaseObserver]) -> BaseObserver:
        observer = make()
        observer.schedule(self, str(self._path), event_filter=CHANGES)
        for thread in (observer, *observer.emitters):
            thread.name = "watch"
        try:
            observer.start()
        except OSError:
            observer.stop()
            raise
        return observer

    def _disarm(self) -> None:
        if self._observer is None:
            return
        self._observer.stop()
        self._observer.join(STOP_SECONDS)
        self._observer = None


def _polling() -> BaseObserver:
    return PollingObserver(timeout=POLL_SECONDS)
