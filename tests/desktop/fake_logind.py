"""A logind that gives, refuses or forgets what keeps a machine awake."""

import os
import threading
from contextlib import suppress
from typing import Literal, Self, cast

from jeepney import HeaderFields, Message, MessageType, message_bus, new_error, new_method_return
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

Manner = Literal["gives", "refuses", "is silent", "gives nothing"]
NAME = "org.freedesktop.login1"
DENIED = "Access denied"


class FakeLogind:
    """On the bus at `address`, until it is closed. What it gives is the end of a pipe."""

    def __init__(self, address: str, manner: Manner = "gives") -> None:
        self.manner: Manner = manner
        self.asked: list[tuple[str, ...]] = []
        """What, who, why and how of each call."""
        self.unanswered: list[Message] = []
        self._pipes: list[tuple[str, int]] = []
        self._bus = open_dbus_connection(address, enable_fds=True)
        unwrap_msg(self._bus.send_and_get_reply(message_bus.RequestName(NAME), timeout=5))
        self._thread = threading.Thread(target=self._serve, name="logind", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bus.sock.shutdown(2)
        self._thread.join(5)
        self._bus.close()
        for _reason, pipe in self._pipes:
            os.close(pipe)

    def held(self) -> list[str]:
        """The reasons of those that have not been given back."""
        return [reason for reason, pipe in self._pipes if not is_broken(pipe)]

    def answer_late(self) -> None:
        """Give what was asked for while it was silent."""
        while self.unanswered:
            self._give(self.unanswered.pop(0))

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                message = self._bus.receive()
                if message.header.message_type is MessageType.method_call:
                    self._answer(message)

    def _answer(self, call: Message) -> None:
        if call.header.fields[HeaderFields.member] != "Inhibit":
            self._bus.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("no",)))
            return
        self.asked.append(cast("tuple[str, ...]", tuple(call.body)))
        match self.manner:
            case "gives":
                self._give(call)
            case "refuses":
                self._bus.send(new_error(call, "org.freedesktop.DBus.Error.AccessDenied", "s", (DENIED,)))
            case "gives nothing":
                self._bus.send(new_method_return(call))
            case "is silent":
                self.unanswered.append(call)

    def _give(self, call: Message) -> None:
        mine, theirs = os.pipe()
        os.set_blocking(mine, False)
        self._pipes.append((call.body[2], mine))
        self._bus.send(new_method_return(call, "h", (theirs,)))
        os.close(theirs)


def is_broken(pipe: int) -> bool:
    """The other end of it is closed everywhere."""
    try:
        return os.read(pipe, 1) == b""
    except BlockingIOError:
        return False
