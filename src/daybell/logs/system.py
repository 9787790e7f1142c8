"""How does the system's own log hear of Daybell, without ever holding it up?"""

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from daybell.core.system_log import Line, line_of, line_of_message
from daybell.engine.ports import Clock
from daybell.model.events import AnyEvent

AGAIN = 60.0
"""Seconds after which a log that was not there is looked for once more."""
TRIES = 2
"""One of them anew: who was restarted since is not gone."""


class Sink(Protocol):
    """A connection to the log of a system."""

    def send(self, line: Line) -> None:
        """At once. BlockingIOError where it has too much to do; OSError where it is gone."""
        ...

    def close(self) -> None: ...


class SystemLog(logging.Handler):
    """Any thread. It never waits and never raises: what cannot be told now stands in daybell.log alone."""

    def __init__(self, connect: Callable[[], Sink], clock: Clock) -> None:
        """`connect` raises OSError where there is no log."""
        super().__init__(logging.WARNING)
        self._connect = connect
        self._clock = clock
        self._sending = threading.Lock()
        self._sink: Sink | None = None
        self._silent_until = 0.0

    def hear(self, events: Sequence[AnyEvent]) -> None:
        """A subscriber."""
        for event in events:
            line = line_of(event)
            if line is not None:
                self._send(line)

    def emit(self, record: logging.LogRecord) -> None:
        """What is not known of before: an exception's own words stay in daybell.log."""
        try:
            line = line_of_message(record.levelno, record.getMessage())
        except Exception:  # noqa: BLE001 - as every handler of the library: a wrong message is nobody's end
            self.handleError(record)
            return
        if line is not None:
            self._send(line)

    def close(self) -> None:
        with self._sending:
            self._silent_until = float("inf")
            self._hang_up()
        super().close()

    def _send(self, line: Line) -> None:
        with self._sending:
            if self._clock.monotonic() < self._silent_until:
                return
            for _ in range(TRIES):
                try:
                    self._sink = self._sink or self._connect()
                    self._sink.send(line)
                except BlockingIOError:
                    return
                except OSError:
                    self._hang_up()
                else:
                    return
            self._silent_until = self._clock.monotonic() + AGAIN

    def _hang_up(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None


def write_system_log(clock: Clock, connect: Callable[[], Sink] | None = None) -> SystemLog:
    """From now on warnings and worse go there, too; close the handler to end that."""
    handler = SystemLog(connect or connection(clock), clock)
    logging.getLogger().addHandler(handler)
    return handler


def connection(clock: Clock) -> Callable[[], Sink]:
    """To the log of this machine."""
    connect: Callable[[], Sink]
    if sys.platform == "win32":
        from daybell.logs.event_log import EventLog  # noqa: PLC0415 - only where it can work

        connect = EventLog
    elif sys.platform == "darwin":
        from daybell.logs.unified_log import UnifiedLog  # noqa: PLC0415 - as above

        connect = UnifiedLog
    else:
        from daybell.logs.linux import connected  # noqa: PLC0415 - as above

        connect = partial(connected, clock)
    return connect
