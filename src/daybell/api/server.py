"""How is the API served? By one thread that sleeps until somebody asks."""

import asyncio
import logging
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from daybell.api.calls import Calls
from daybell.api.guard import Guard
from daybell.api.peers import HasOptions, is_allowed, own_uid, peer_uid
from daybell.api.routes import Routes, application
from daybell.api.sockets import forget, inode_of, listen
from daybell.api.waiting import Waiting
from daybell.engine.service import SchedulerService
from daybell.model.errors import DaybellError

START = 10.0
STOP = 5.0
"""Seconds to begin and to end; measured 0.04 and 0.2. The graceful part of the end may take 2."""

log = logging.getLogger(__name__)


class QuietServer(uvicorn.Server):
    """Waits for an event where uvicorn looks every 0.1 s: 594 wakeups a minute less."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._closing = closing
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        await self._stopped.wait()
        self._closing()

    def request_stop(self) -> None:
        """From any thread, once it is ready."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopped.set)


class ApiServer:
    """The API of one service at one path. Started and stopped once."""

    def __init__(
        self,
        service: SchedulerService,
        path: Path,
        uid_of: Callable[[HasOptions], int | None] = peer_uid,
    ) -> None:
        self._path = path
        self._inode = 0
        self._calls = Calls()
        waiting = Waiting(service, self._calls)
        app = application(Routes(service, self._calls, waiting))
        self._server = QuietServer(_config(app, uid_of), waiting.close)
        self._thread = threading.Thread(target=self._run, name="api", daemon=True)
        self._listener: socket.socket | None = None

    def start(self) -> None:
        """Listen; returns once requests are answered. AlreadyRunning, or a DaybellError that says why not.

        On Windows there is no such server yet: the app runs without one, and the log says so.
        """
        if sys.platform == "win32":
            log.warning("the command line cannot reach this Daybell: Python has no unix sockets on Windows")
            return
        self._listener = listen(self._path)
        self._inode = inode_of(self._path)
        self._thread.start()
        if not self._server.ready.wait(START) or not self._server.started:
            raise DaybellError(f"the local API did not start at {self._path}; the log says why")

    def stop(self) -> bool:
        """Answer no more; whether its thread ended in time. Requests that wait for a run get it as it is."""
        self._server.request_stop()
        if self._thread.is_alive():
            self._thread.join(STOP)
        self._calls.stop()
        forget(self._path, self._inode)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._server.run([self._listener] if self._listener else [])
        # The edge of this thread: without the API the app still runs its jobs.
        except Exception:
            log.exception("the local API ended")
        finally:
            self._server.ready.set()


def _config(app: Guard, uid_of: Callable[[HasOptions], int | None]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=_private(uid_of),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=2,
        limit_concurrency=128,
        h11_max_incomplete_event_size=16 * 1024,
    )


def _private(uid_of: Callable[[HasOptions], int | None]) -> type[H11Protocol]:
    """HTTP for this person only, even if somebody opened the socket's mode."""

    class PrivateProtocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
            super().connection_made(transport)
            uid = uid_of(transport.get_extra_info("socket"))
            if not is_allowed(uid, own_uid()):
                log.warning("closed a connection from another user", extra={"uid": uid})
                transport.abort()

    return PrivateProtocol
