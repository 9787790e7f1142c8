"""How is a bus reached, without ever waiting for it for long?"""

from collections.abc import Callable
from socket import socket

from jeepney import Message
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket

SESSION_BUS = "session bus"
PATIENCE = 1.0
"""Seconds for each step of the way in: to be let in, to be greeted."""
SENDING = 5.0
"""Seconds for a bus to take a message; one that takes longer is as good as gone."""


class Connection(DBusConnection):  # type: ignore[misc]  # jeepney ships no types
    """jeepney's own waits for ever, for the answer to its Hello and for a bus that does not read."""

    def __init__(self, bus: socket, *, takes_files: bool = False) -> None:
        try:
            super().__init__(bus, enable_fds=takes_files)
        except BaseException:
            self.close()
            raise
        bus.settimeout(SENDING)

    def send_and_get_reply(self, message: Message, *, timeout: float | None = None) -> Message:
        return super().send_and_get_reply(message, timeout=PATIENCE if timeout is None else timeout)


def connect(address: str, bus: str = SESSION_BUS, *, takes_files: bool = False) -> Connection:
    """A new connection to the bus at `address`; ConnectionError says why there is none.

    `takes_files`: open files may come with what it receives.
    """
    try:
        reached = prep_socket(get_bus(address), enable_fds=takes_files, timeout=PATIENCE)
        return Connection(reached, takes_files=takes_files)
    except Exception as error:  # jeepney raises its own, OSError, RuntimeError and ValueError
        why = str(error) or type(error).__name__
        raise ConnectionError(f"the {bus} at {address} does not answer ({why})") from error


def dial(address: Callable[[], str | None]) -> Connection:
    """A new connection to the session bus where it is now; ConnectionError."""
    found = address()
    if found is None:
        raise ConnectionError("no desktop session was found (no D-Bus session bus)")
    return connect(found)
