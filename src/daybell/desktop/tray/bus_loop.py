"""How does one thread serve a bus that may go and come back, and do what other threads ask of it?"""

import logging
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from jeepney import Message
from jeepney.io.blocking import DBusConnection

from daybell.desktop.tray.guard import guarded

log = logging.getLogger(__name__)

REDIAL_DELAYS = (1, 2, 4, 8, 15, 30, 60)
"""Seconds; the last one again and again."""
LASTING = 60.0
"""Seconds after which a connection counts as a good one: the delays begin anew."""


class BusLoop:
    """Owns the connection. Sleeps until the bus or another thread has something; it never polls.

    Without the bus it looks for it again, after ever longer delays.
    """

    def __init__(
        self,
        dial: Callable[[], DBusConnection],
        greet: Callable[[], None],
        delays: Sequence[float] = REDIAL_DELAYS,
    ) -> None:
        """`dial` makes a connection or raises, within seconds; `greet` is called on each new one."""
        self._dial = dial
        self._greet = greet
        self._delays = delays
        self._connection: DBusConnection | None = None
        self._since = 0.0
        self._redials = 0
        self._redial_at = 0.0
        self._posted: deque[Callable[[], None]] = deque()
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
            log.debug("no session bus yet: %s", error)
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
            self._selector.select(self._seconds_until_redial())
            self._run_posted()
            self._drain(receive)
        self._close()

    def post(self, act: Callable[[], None]) -> None:
        """Call `act` soon on the loop's thread; any thread."""
        self._posted.append(act)
        self._wake()

    def stop(self) -> None:
        """Let `run` return; any thread, more than once."""
        self._stopping = True
        self._wake()

    def send(self, message: Message) -> None:
        """Only on the loop's thread. Without the bus, nothing happens."""
        if self._connection is None:
            return
        try:
            self._connection.send(message)
        except OSError as error:
            self._lose(error)

    def _wake(self) -> None:
        # A full buffer has woken the loop already, and a closed one has nothing left to wake.
        with suppress(OSError):
            self._waker.send(b".")

    def _run_posted(self) -> None:
        with suppress(BlockingIOError):
            self._listener.recv(4096)
        while self._posted:
            guarded(self._posted.popleft())

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
        log.warning("the session bus is gone, and the tray icon with it until it is back: %s", error)
        self._disconnect()
        if time.monotonic() - self._since >= LASTING:
            self._redials = 0
        self._wait_before_redial()

    def _redial_when_due(self) -> None:
        if self._connection is None and self._seconds_until_redial() == 0 and not self.connect():
            log.info("the session bus is back")

    def _wait_before_redial(self) -> None:
        delay = self._delays[min(self._redials, len(self._delays) - 1)]
        self._redials += 1
        self._redial_at = time.monotonic() + delay

    def _seconds_until_redial(self) -> float | None:
        """None: there is no need to."""
        return None if self._connection else max(0.0, self._redial_at - time.monotonic())

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
