"""How is a shim told what to become, and what does it answer?"""

import socket
from contextlib import suppress

from daybell.machine.processes.shim import READY

READY_SECONDS = 30
"""For the shim to come to life, or for a systemd that does not answer to be given up."""


class SocketChannel:
    """`interface.Channel`: a socket between this process and the shim."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self.inlet = theirs.detach()

    def is_ready(self) -> bool:
        return is_ready(self._ours)

    def become(self, orders: bytes) -> bytes:
        return become(self._ours, orders)

    def close(self) -> None:
        self._ours.close()


def is_ready(channel: socket.socket) -> bool:
    """Whether the shim runs; if not, it has ended or takes too long."""
    channel.settimeout(READY_SECONDS)
    try:
        return channel.recv(1) == READY
    except (TimeoutError, ConnectionError):
        return False
    finally:
        channel.settimeout(None)  # a program on a dead network disk may take for ever to load


def become(channel: socket.socket, orders: bytes) -> bytes:
    """Give the orders, and hear what keeps the shim from becoming the command; empty if nothing does."""
    with suppress(ConnectionError):
        channel.sendall(orders)
        channel.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: channel.recv(4096), b""))
    return b""
