"""When is the TCP door open, and for whom? On demand, and until nobody has needed it for a while."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from daybell.api.bounds import USUAL
from daybell.api.endpoint import HOST, Endpoint, forget_endpoint, write_endpoint
from daybell.api.keys import Keys
from daybell.engine.ports import Clock
from daybell.model.errors import DaybellError

Listen = Callable[[socket.socket], Awaitable[asyncio.AbstractServer]]
"""Serve what comes in there, from now on."""

log = logging.getLogger(__name__)


def is_only_door(platform: str) -> bool:
    """Whether programs have no other: Python has no unix sockets on Windows."""
    return platform == "win32"


class OpenDoor:
    """One opening: its port and the keys that fit. With the door, the keys are gone."""

    def __init__(self, server: asyncio.AbstractServer, port: int, keys: Keys) -> None:
        self.server = server
        self.port = port
        self.keys = keys


class TcpDoor:
    """The way in for browsers, and on Windows for all. Lives on the event loop's thread."""

    def __init__(self, endpoint: Path, clock: Clock, *, is_lasting: bool, idle: float = USUAL.idle) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._is_lasting = is_lasting
        self._idle = idle
        self._opening = asyncio.Lock()
        self._now: OpenDoor | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._visitors = 0
        self._last_use = 0.0

    @property
    def keys(self) -> Keys | None:
        """Those that fit now; None while it is closed."""
        return self._now.keys if self._now else None

    def begin(self) -> None:
        """Forget what a killed Daybell has left: nobody shall knock at a port that may be another's now."""
        self._endpoint.unlink(missing_ok=True)

    async def open(self, listen: Listen) -> OpenDoor:
        """Open it, unless it is, and count that as a use. DaybellError when it cannot be opened."""
        async with self._opening:
            self._last_use = self._clock.monotonic()
            if self._now is None:
                self._now = await self._open(listen)
                self._look_again(self._idle)
            return self._now

    def admits(self, shown: bytes) -> bool:
        """Whether this fits now."""
        return self._now is not None and self._now.keys.admits(shown)

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Somebody who was admitted is inside; while they are, it is not idle."""
        self._visitors += 1
        try:
            yield
        finally:
            self._visitors -= 1
            self._last_use = self._clock.monotonic()

    def close(self) -> None:
        """Listen no more; no key fits any longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._now is None:
            return
        self._now.server.close()
        forget_endpoint(self._endpoint, self._now.port)
        log.info("the API listens at port %d no more", self._now.port)
        self._now = None

    async def _open(self, listen: Listen) -> OpenDoor:
        keys = Keys.fresh()
        started = self._clock.now().isoformat()
        with ExitStack() as undo:
            try:
                listener = undo.enter_context(listen_at_loopback())
                port: int = listener.getsockname()[1]
                write_endpoint(self._endpoint, Endpoint(port, os.getpid(), started, keys.token))
            except OSError as error:
                raise DaybellError(f"cannot open the API to browsers: {error}") from error
            server = await listen(listener)
            undo.pop_all()
        log.info("the API listens at port %d of this machine alone", port)
        return OpenDoor(server, port, keys)

    def _look(self) -> None:
        unused = self._clock.monotonic() - self._last_use
        if self._visitors or unused < self._idle:
            self._look_again(self._idle if self._visitors else self._idle - unused)
        else:
            self.close()

    def _look_again(self, seconds: float) -> None:
        if not self._is_lasting:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._look)


def listen_at_loopback() -> socket.socket:
    """A port of this machine that no other machine reaches, and no other program shares."""
    # Named, or asyncio would not know it for TCP, and each small answer would wait 40 ms for the one before.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            # There another program may otherwise take the same port, and what comes to it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listener.bind((HOST, 0))
        listener.listen(64)
    except OSError:
        listener.close()
        raise
    return listener
