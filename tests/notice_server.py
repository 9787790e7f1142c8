"""A notification service for tests: it remembers what it shows, and presses what a person would press."""

import threading
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg
from msgspec import Struct

from tray_host import NOTIFICATIONS, TIMEOUT, wait_until

EMITTER = DBusAddress("/org/freedesktop/Notifications", interface=NOTIFICATIONS)
ABLE = ("actions", "body", "body-markup")

TAKEN_OVER = 1 | 2
"""What a service asks of the bus that lets its like take its name, and takes it from them."""
DISMISSED = 2
TAKEN_BACK = 3


class Shown(Struct, frozen=True):
    """A notice on the fake screen."""

    title: str
    body: str
    icon: str
    actions: list[str]
    hints: dict[str, tuple[str, object]]


def is_quiet(status: Path) -> bool:
    """The thread with this file in /proc does not wake up for a while."""

    def switches() -> list[str]:
        return [line for line in status.read_text().splitlines() if "ctxt_switches" in line]

    before = switches()
    threading.Event().wait(0.3)
    return switches() == before


class NoticeServer:
    """Owns org.freedesktop.Notifications on the bus at `address`, until it is closed."""

    def __init__(self, address: str, can: Collection[str] = ABLE, *, hangs: bool = False) -> None:
        self.screen: dict[int, Shown] = {}
        self.calls: list[str] = []
        """The members called, in order."""
        self.history: list[str] = []
        """The titles shown, in order, also of those that have gone."""
        self._can = list(can)
        self._hangs = hangs
        self._held: list[Message] = []
        self._numbers = 0
        self._lock = threading.Lock()
        self._holding = threading.Lock()
        self._connection = open_dbus_connection(address)
        request = message_bus.RequestName(NOTIFICATIONS, TAKEN_OVER)
        unwrap_msg(self._connection.send_and_get_reply(request, timeout=TIMEOUT))
        self._thread = threading.Thread(target=self._serve, name="notice-server", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bus, as a service that crashes does."""
        with suppress(OSError):  # it may have left already
            self._connection.sock.shutdown(2)
        self._thread.join(TIMEOUT)
        self._connection.close()

    def wait_shown(self, count: int = 1) -> list[Shown]:
        wait_until(lambda: len(self.screen) == count, f"{count} notices on the screen")
        return list(self.screen.values())

    def wait_called(self, member: str, count: int = 1) -> None:
        wait_until(lambda: self.calls.count(member) >= count, f"{count} calls of {member}")

    def press(self, button: str, title: str = "") -> None:
        """On the notice of this title, or on the first one; the notice goes, as on most desktops."""
        number = next(number for number, shown in self.screen.items() if title in ("", shown.title))
        self.press_number(number, button)
        self.dismiss(number)

    def press_number(self, number: int, button: str) -> None:
        self._emit("ActionInvoked", "us", (number, button))

    def dismiss(self, number: int, reason: int = DISMISSED) -> None:
        self.screen.pop(number, None)
        self._emit("NotificationClosed", "uu", (number, reason))

    def come_round(self) -> None:
        """Answer what was held back, and hang no longer."""
        with self._holding:
            self._hangs = False
            while self._held:
                self._send(self._answer(self._held.pop(0)))

    def _emit(self, member: str, signature: str, body: tuple[object, ...]) -> None:
        self._send(new_signal(EMITTER, member, signature, body))

    def _send(self, message: Message) -> None:
        with self._lock:
            self._connection.send(message)

    def _serve(self) -> None:
        with suppress(OSError):  # closed, perhaps in the middle of an answer
            self._answer_calls()

    def _answer_calls(self) -> None:
        while True:
            message = self._connection.receive()
            if message.header.message_type is not MessageType.method_call:
                continue
            with self._holding:
                self.calls.append(message.header.fields[HeaderFields.member])
                if self._hangs:
                    self._held.append(message)
                    continue
                reply = self._answer(message)
                if not message.header.flags & MessageFlag.no_reply_expected:
                    self._send(reply)

    def _answer(self, call: Message) -> Message:
        match call.header.fields[HeaderFields.member], call.body:
            case "GetCapabilities", _:
                return new_method_return(call, "as", (self._can,))
            case "Notify", (_, replaces, icon, title, body, actions, hints, _):
                if not replaces:
                    self._numbers += 1
                number = replaces or self._numbers
                self.history.append(title)
                self.screen[number] = Shown(title, body, icon, actions, hints)
                return new_method_return(call, "u", (number,))
            case "CloseNotification", (number,):
                self.dismiss(number, TAKEN_BACK)
                return new_method_return(call)
            case member, _:
                return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", (member,))
