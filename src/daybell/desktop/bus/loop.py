"""How does one thread serve a bus that may go and come back, and do what other threads ask of it?"""

import logging
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import cast

from jeepney import Message
from jeepney.io.blocking import DBusConnection
from msgspec import Struct

from daybell.desktop.guard import guarded

log = logging.getLogger(__name__)

REDIAL_DELAYS = (1, 2, 4, 8, 15, 30, 60)
"""Seconds; the last one again and again."""
LASTING = 60.0
"""Seconds after which a connection counts as a good one: the delays begin anew."""


class Bus(Struct, frozen=True):
    """What the log says of a bus that is lost."""

    name: str = "session bus"
    loss: str = "the tray icon"
    """What is not there without it."""


class BusLoop:
    """Owns the connection. Sleeps until the bus or another thread has something; it never polls.

    Without the bus it looks for it again, after ever longer delays.
    """

    def __init__(
        self,
        dial: Callable[[], DBusConnection],
        greet: Callable[[], None],
        delays: Sequence[float] = REDIAL_DELAYS,
        bus: Bus = Bus(),  # noqa: B008 - it is frozen
        part: Callable[[], None] = lambda: None,
    ) -> None:
        """`dial` makes a connection or raises, within seconds.

        `greet` is called on each new one, and `part` when one is lost.
        """
        self._dial = dial
        self._greet = greet
        self._part = part
        self._delays = delays
        self._bus = bus
        self._calls_due: list[tuple[float, Callable[[], None]]] = []
        self._connection: DBusConnection | None = None
        self._since = 0.0
        self._redials = 0
        self._redial_at = 0.0
        self._posted: deque[Callable[[], object]] = deque()
        self._listener, self._waker = socket.socketpair()
        self._listener.setblocking(False)
        self._waker.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._stopping = False

    @property
    def name(self) -> str:
        """Ours on the bus, such as ":1.5"; empty without the bus."""
        return str(self._connection.unique_name) if self._connection else ""

    def connect(self) -> str:
        """Try once to reach the bus; why it failed, or nothing. Not while the loop runs."""
        try:
            self._connection = self._dial()
        except Exception as error:  # noqa: BLE001 - whatever it is, it may work later
            log.debug("no %s yet: %s", self._bus.name, error)
            self._wait_before_redial()
            return str(error) or type(error).__name__
        self._since = time.monotonic()
        self._selector.register(self._connection.sock, selectors.EVENT_READ)
        guarded(self._greet)
        return ""

    def run(self, receive: Callable[[Message], None]) -> None:
        """Hand each message to `receive`, until `stop`."""
        while not self._stopping:
            self._redial_when_due()
            ready = self._selector.select(self._seconds_until_next())
            for key, _ in ready:
                if key.data:
                    guarded(key.data)
            self._run_posted()
            self._run_due()
            self._drain(receive)
        self._close()

    def post(self, act: Callable[[], object]) -> None:
        """Call `act` soon on the loop's thread; any thread."""
        self._posted.append(act)
        self._wake()

    def stop(self) -> None:
        """Let `run` return; any thread, more than once."""
        self._stopping = True
        self._wake()

    def call_after(self, seconds: float, act: Callable[[], None]) -> None:
        """Call `act` once, after so long; only on the loop's thread."""
        self._calls_due.append((time.monotonic() + seconds, act))

    def call_off(self, act: Callable[[], None]) -> None:
        """Do not call it after all; only on the loop's thread."""
        self._calls_due = [one for one in self._calls_due if one[1] != act]

    def watch(self, source: socket.socket, act: Callable[[], None]) -> None:
        """Call `act` whenever the source has something to read; only on the loop's thread."""
        self._selector.register(source, selectors.EVENT_READ, act)

    def unwatch(self, source: socket.socket) -> None:
        self._selector.unregister(source)

    def send(self, message: Message) -> int:
        """Its number, which an answer bears; only on the loop's thread. 0, and nothing, without a bus."""
        if self._connection is None:
            return 0
        serial = cast("int", next(self._connection.outgoing_serial))
        try:
            self._connection.send(message, serial=serial)
        except OSError as error:
            self._lose(error)
            return 0
        return serial

    def _wake(self) -> None:
        # A full buffer has woken the loop already, and a closed one has nothing left to wake.
        with suppress(OSError):
            self._waker.send(b".")

    def _run_posted(self) -> None:
        with suppress(BlockingIOError):
            self._listener.recv(4096)
        while self._posted:
            guarded(self._posted.popleft())

    def _run_due(self) -> None:
        now = time.monotonic()
        due = [act for at, act in self._calls_due if at <= now]
        self._calls_due = [(at, act) for at, act in self._calls_due if at > now]
        for act in due:
            guarded(act)

    def _drain(self, receive: Callable[[Message], None]) -> None:
        while self._connection is not None and not self._stopping:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            except Exception as error:  # noqa: BLE001 - the bus is gone, or sends what is no message
                self._lose(error)
                return
            guarded(partial(receive, message))

    def _lose(self, error: Exception) -> None:
        log.warning(
            "the %s is gone, and %s with it until it is back: %s", self._bus.name, self._bus.loss, error
        )
        self._disconnect()
        guarded(self._part)
        if time.monotonic() - self._since >= LASTING:
            self._redials = 0
        self._wait_before_redial()

    def _redial_when_due(self) -> None:
        if self._connection is None and self._seconds_until_redial() == 0 and not self.connect():
            log.info("the %s is back", self._bus.name)

    def _wait_before_redial(self) -> None:
        delay = self._delays[min(self._redials, len(self._delays) - 1)]
        self._redials += 1
        self._redial_at = time.monotonic() + delay

    def _seconds_until_redial(self) -> float | None:
        """None: there is no need to."""
        return None if self._connection else max(0.0, self._redial_at - time.monotonic())

    def _seconds_until_next(self) -> float | None:
        waits = [max(0.0, at - time.monotonic()) for at, _ in self._calls_due]
        if (redial := self._seconds_until_redial()) is not None:
            waits.append(redial)
        return min(waits, default=None)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._selector.unregister(self._connection.sock)
            self._connection.close()
            self._connection = None

    def _close(self) -> None:
        self._disconnect()
        self._selector.close()
        self._listener.close()
        self._waker.close()
