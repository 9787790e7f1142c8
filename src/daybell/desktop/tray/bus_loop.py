"""How does one thread serve a bus connection, and do what other threads ask of it?"""

import logging
import selectors
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from jeepney import Message
from jeepney.io.blocking import DBusConnection

from daybell.desktop.tray.guard import guarded

log = logging.getLogger(__name__)


class BusLoop:
    """Owns the connection. Sleeps until the bus or another thread has something; it never polls."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self._posted: deque[Callable[[], None]] = deque()
        self._listener, self._waker = socket.socketpair()
        self._listener.setblocking(False)
        self._waker.setblocking(False)
        self._stopping = False
        self._lost = False

    @property
    def name(self) -> str:
        """Ours on the bus, such as ":1.5"."""
        return str(self._connection.unique_name)

    def run(self, receive: Callable[[Message], None]) -> None:
        """Hand each message to `receive`, until `stop`. Without the bus it only waits for that."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._connection.sock, selectors.EVENT_READ)
            while not self._stopping:
                selector.select()
                self._run_posted()
                if not self._lost:
                    self._drain(receive)
                if self._lost and self._connection.sock in selector.get_map():
                    selector.unregister(self._connection.sock)
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
        if self._lost:
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
        while not (self._lost or self._stopping):
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            except OSError as error:
                self._lose(error)
                return
            guarded(partial(receive, message))

    def _lose(self, error: OSError) -> None:
        self._lost = True
        log.warning("the session bus is gone, and the tray icon with it: %s", error)

    def _close(self) -> None:
        self._connection.close()
        self._listener.close()
        self._waker.close()
