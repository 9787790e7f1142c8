"""How does one thread wait for the bus and for other threads at once?"""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from jeepney import HeaderFields, Message, MessageFlag, MessageType, message_bus
from jeepney.io.blocking import DBusConnection

Connect = Callable[[], DBusConnection]

SEND_TIMEOUT = 5.0
"""Seconds a bus may take to accept a message; then it counts as lost."""


class UnansweredError(Exception):
    """No reply came in time, or `stop` came before it."""

    def __init__(self, serial: int) -> None:
        super().__init__("the notification service does not answer")
        self.serial = serial
        """A late reply bears this number."""


class AbsentError(Exception):
    """The bus itself answers: the service is not there, or has gone while it was asked."""


class RefusedError(Exception):
    """The service says no, and would do so again."""


class Wire:
    """A connection that can be lost and opened again. It sleeps while nothing comes; it never polls.

    Only `wake` and `stop` are for other threads. All others raise OSError where the bus is lost.
    """

    def __init__(self, connect: Connect, hear: Callable[[Message], None]) -> None:
        """`hear` gets each message that is not the reply which `call` waits for."""
        self._connect = connect
        self._hear = hear
        self._connection: DBusConnection | None = None
        self._awaited = 0
        self._replies: list[Message] = []
        self._is_drained = True
        self._listener, self._waker = socket.socketpair()
        self._listener.setblocking(False)
        self._waker.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self.is_stopping = False

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def open(self) -> None:
        """Connect; raises what jeepney raises."""
        self._connection = self._connect()
        self._connection.sock.settimeout(SEND_TIMEOUT)
        self._selector.register(self._connection.sock, selectors.EVENT_READ)

    def lose(self) -> None:
        """Close the connection, if there is one. `open` may follow."""
        if self._connection is not None:
            self._selector.unregister(self._connection.sock)
            self._connection.close()
            self._connection = None
            self._is_drained = True

    def close(self) -> None:
        """For good."""
        self.lose()
        self._selector.close()
        self._listener.close()
        self._waker.close()

    def wake(self) -> None:
        """Let `wait` return; any thread."""
        # A full buffer has woken it already, and a closed one has nothing left to wake.
        with suppress(OSError):
            self._waker.send(b".")

    def stop(self) -> None:
        """Let all that waits here return; any thread."""
        self.is_stopping = True
        self.wake()

    def send(self, message: Message) -> None:
        """Say it, and want no reply."""
        message.header.flags |= MessageFlag.no_reply_expected
        if self._connection is not None:
            self._connection.send(message)

    def call(self, message: Message, timeout: float) -> Message:
        """The reply; UnansweredError after `timeout` seconds, AbsentError, RefusedError."""
        connection = self._connection
        assert connection is not None, "a call needs a connection"
        serial = self._awaited = next(connection.outgoing_serial)
        self._replies.clear()
        end = time.monotonic() + timeout
        connection.send(message, serial=serial)
        while not self._replies:
            rest = end - time.monotonic()
            if rest <= 0 or self.is_stopping:
                self._awaited = 0
                raise UnansweredError(serial)
            self.wait(rest)
        return answer(self._replies.pop())

    def wait(self, timeout: float | None = None) -> None:
        """Sleep until the bus or another thread has something, at most `timeout` seconds."""
        ready = [key.fileobj for key, _ in self._selector.select(timeout if self._is_drained else 0)]
        if self._listener in ready:
            with suppress(BlockingIOError):
                self._listener.recv(4096)
        if self._connection is not None and (self._connection.sock in ready or not self._is_drained):
            self._drain(self._connection)

    def _drain(self, connection: DBusConnection) -> None:
        self._is_drained = True
        while True:
            try:
                message = connection.receive(timeout=0)
            except TimeoutError:
                return
            if self._awaited and message.header.fields.get(HeaderFields.reply_serial) == self._awaited:
                self._replies.append(message)
                self._awaited = 0
                # What came after it must be heard after it, and may be read already: no socket tells of that.
                self._is_drained = False
                return
            self._hear(message)


def answer(reply: Message) -> Message:
    """The reply, unless it is an error: AbsentError, RefusedError."""
    if reply.header.message_type is not MessageType.error:
        return reply
    fields = reply.header.fields
    kind = AbsentError if fields.get(HeaderFields.sender) == message_bus.bus_name else RefusedError
    words = reply.body[0] if reply.body else "the notification service refuses"
    raise kind(f"{words} ({fields.get(HeaderFields.error_name, '')})")
