"""How does Daybell have pings sent without speaking TLS itself? By a child that lives as long as they take.

Their addresses go through its input: an argument or a variable, others could read.
"""

import subprocess
import threading
from collections.abc import Sequence
from subprocess import DEVNULL, PIPE

import msgspec
from msgspec import Struct

from daybell.core.pings import Delivery, Ping
from daybell.machine.own_command import PINGS, own_role

TOO_LONG = Delivery("timed out")
STOPPED = Delivery("Daybell stopped")
DIED = Delivery("what sends them ended by itself")

Line = tuple[int, str, bool]


class Patience(Struct, frozen=True):
    """Seconds."""

    try_seconds: float = 10.0
    """For a whole answer, however slowly it comes."""
    pauses: tuple[float, ...] = (1.0, 5.0)
    """Before each further try, where it may help."""
    seconds: float = 55.0
    """For all pings of one child, which then ends by itself."""
    grace: float = 5.0
    """After that, before it is ended by force."""


PATIENCE = Patience()


class Courier:
    """One child at a time, for one thread; `hurry` and `stop` are for any."""

    def __init__(
        self,
        agent: str,
        patience: Patience = PATIENCE,
        command: Sequence[str] | None = None,
    ) -> None:
        """`agent` is what servers are told that we are."""
        self._agent = agent
        self._command = own_role(PINGS) if command is None else command
        self._patience = patience
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_given_up = False
        self._is_stopped = False

    def deliver(self, pings: Sequence[Ping]) -> list[Delivery]:
        """What became of each, in their order; returns when all is known."""
        try:
            child = self._start()
        except OSError as error:
            return [Delivery(f"they cannot be sent: {error.strerror or error}")] * len(pings)
        if child is None:
            return [STOPPED] * len(pings)
        said, otherwise = self._say(child, self._orders(pings))
        told = _read(said)
        return [told.get(place, otherwise) for place in range(len(pings))]

    def hurry(self) -> None:
        """What is on its way is given up; the next ones are still sent."""
        with self._lock:
            if self._child is not None:
                self._child.kill()
                self._is_given_up = True

    def stop(self) -> None:
        """What is on its way is given up, and no other child is started."""
        with self._lock:
            self._is_stopped = True
        self.hurry()

    def _start(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._is_stopped:
                return None
            self._is_given_up = False
            self._child = subprocess.Popen(  # noqa: S603 - our own script
                self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                start_new_session=True,  # else Ctrl-C at the terminal would end it before us
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            return self._child

    def _orders(self, pings: Sequence[Ping]) -> bytes:
        """As `machine/ping_child.py` has them."""
        patience = self._patience
        return msgspec.json.encode(
            {
                "agent": self._agent,
                "try_seconds": patience.try_seconds,
                "pauses": patience.pauses,
                "seconds": patience.seconds,
                "pings": [(ping.url, ping.body) for ping in pings],
            }
        )

    def _say(self, child: "subprocess.Popen[bytes]", orders: bytes) -> tuple[bytes, Delivery]:
        """What it told, and what becomes of pings that it did not tell of."""
        try:
            said, _ = child.communicate(orders, self._patience.seconds + self._patience.grace)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _ = child.communicate()
            return said, TOO_LONG
        finally:
            with self._lock:
                self._child = None
        if self._is_given_up:
            return said, STOPPED
        return said, TOO_LONG if child.returncode == 0 else DIED


def _read(said: bytes) -> dict[int, Delivery]:
    """By the place of the ping; a line that was cut off tells nothing."""
    found = {}
    for line in said.splitlines():
        try:
            place, failure, is_refusal = msgspec.json.decode(line, type=Line)
        except msgspec.DecodeError:
            continue
        found[place] = Delivery(failure, is_refusal)
    return found
