"""How is a line told to journald, or where there is none, to syslog? One datagram, and nobody waits."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from daybell.core.system_log import Line, for_journald, for_syslog
from daybell.engine.ports import Clock

assert sys.platform != "win32"  # the form that type checkers know

JOURNALD = Path("/run/systemd/journal/socket")
SYSLOG = Path("/dev/log")


def connected(clock: Clock, journald: Path = JOURNALD, syslog: Path = SYSLOG) -> "Datagrams":
    """To journald first. OSError where there is neither."""
    try:
        return Datagrams(journald, for_journald)
    except OSError:
        return Datagrams(syslog, lambda line: for_syslog(line, clock.now().astimezone(), os.getpid()))


class Datagrams:
    """A socket to one of them."""

    def __init__(self, path: Path, form: Callable[[Line], bytes]) -> None:
        """`form` makes what is sent."""
        self._form = form
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise

    def send(self, line: Line) -> None:
        self._socket.send(self._form(line))

    def close(self) -> None:
        self._socket.close()
