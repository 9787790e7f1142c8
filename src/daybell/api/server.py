"""How is the API served? By one thread that sleeps until somebody asks."""

import asyncio
import logging
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import uvicorn.server

from daybell.api.about import NOWHERE, Around
from daybell.api.bounds import USUAL, Bounds
from daybell.api.calls import Calls
from daybell.api.doors import TcpDoor, is_only_door
from daybell.api.entry import OPEN, Entry
from daybell.api.grpc.door import GrpcDoor
from daybell.api.guard import Guard
from daybell.api.headers import MAX_HEAD
from daybell.api.pages import Pages
from daybell.api.peers import peer_uid
from daybell.api.protocol import BoundedProtocol, UidOf
from daybell.api.quota import REFUSALS_TOLD, Quota
from daybell.api.routes import Routes, application
from daybell.api.sockets import forget, inode_of, listen
from daybell.api.waiting import Waiting
from daybell.engine.service import SchedulerService
from daybell.machine.clock import SystemClock
from daybell.model.errors import DaybellError
from daybell.store.artifacts import ArtifactFiles
from daybell.store.assets import asset

START = 10.0
STOP = 5.0
"""Seconds to begin and to end; measured 0.04 and 0.2. The graceful part of the end may take 2."""

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


class QuietServer(uvicorn.server.Server):
    """Waits for an event where uvicorn looks every 0.1 s: 594 wakeups a minute less."""

    def __init__(
        self, config: uvicorn.Config, opening: Callable[[], Awaitable[None]], closing: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._opening = opening
        self._closing = closing
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.started = False  # it has not, before all is open that must be
        await self._opening()
        self.started = True
        self.ready.set()

    async def main_loop(self) -> None:
        await self._stopped.wait()
        self._closing()

    async def listen(self, listener: socket.socket) -> asyncio.AbstractServer:
        """Serve what comes in there as well, until it is closed or the server ends."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._connection, sock=listener)
        self.servers = [*(one for one in self.servers if one.is_serving()), server]
        return server

    def _connection(self) -> asyncio.Protocol:
        protocol = self.config.http_protocol_class
        return protocol(  # type: ignore[call-arg]  # as uvicorn's own
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    def ask(self, answer: Coroutine[None, None, Answer]) -> Answer:
        """What the event loop says to that. From any other thread, once it is ready; DaybellError."""
        loop = self._loop
        if loop is None or not loop.is_running():
            answer.close()
            raise DaybellError("the local API has ended; the log says why")
        try:
            return asyncio.run_coroutine_threadsafe(answer, loop).result(START)
        except TimeoutError:
            raise DaybellError(f"the local API did not answer within {START:.0f} s") from None

    def request_stop(self) -> None:
        """From any thread, once it is ready."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopped.set)


class ApiServer:
    """The API of one service, at a path and, when asked for, at a port. Started and stopped once."""

    def __init__(
        self,
        service: SchedulerService,
        path: Path,
        artifacts: ArtifactFiles,
        uid_of: UidOf = peer_uid,
        *,
        platform: str = sys.platform,
        bounds: Bounds = USUAL,
        around: Around = NOWHERE,
    ) -> None:
        self._path = path
        self._inode = 0
        self._calls = Calls()
        self._is_tcp_only = is_only_door(platform)
        self._door = TcpDoor(
            around.endpoint or path.with_name("endpoint.json"),
            SystemClock(),
            is_lasting=self._is_tcp_only,
            idle=bounds.idle,
        )
        self._grpc = GrpcDoor(service, self._calls, path.with_name("grpc.sock"), uid_of=uid_of, bounds=bounds)
        self._waiting = Waiting(service, self._calls)
        self._entry = Entry(self._door, self._listen)
        routes = Routes(service, self._calls, self._waiting, artifacts, around)
        self._watching = routes.watching
        pages = Pages(asset("web"), self._calls)
        app = application([*self._entry.table(), *routes.table(), *pages.table()])
        guard = Guard(app, self._door, bounds, OPEN | pages.paths)
        self._server = QuietServer(_config(guard, uid_of, bounds), self._opening, self._closing)
        self._thread = threading.Thread(target=self._run, name="api", daemon=True)
        self._listener: socket.socket | None = None

    def start(self) -> None:
        """Listen; returns once requests are answered. AlreadyRunning, or a DaybellError that says why not."""
        if not self._is_tcp_only:
            self._listener = listen(self._path)
            self._inode = inode_of(self._path)
        self._door.begin()
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

    def new_address(self) -> str:
        """One that lets a browser in once, within a minute. From any thread but its own; DaybellError."""
        _port, url = self._server.ask(self._entry.let_in())
        return url

    async def _listen(self, listener: socket.socket) -> asyncio.AbstractServer:
        return await self._server.listen(listener)

    async def _opening(self) -> None:
        if self._is_tcp_only:
            await self._door.open(self._listen)
        await self._grpc.open()

    def _closing(self) -> None:
        self._waiting.close()
        self._watching.close()
        self._door.close()
        self._grpc.close()

    def _run(self) -> None:
        try:
            self._server.run([self._listener] if self._listener else [])
        # The edge of this thread: without the API the app still runs its jobs.
        except Exception:
            log.exception("the local API ended")
        finally:
            self._server.ready.set()


def _config(app: Guard, uid_of: UidOf, bounds: Bounds) -> uvicorn.Config:
    attributes = {"uid_of": staticmethod(uid_of), "bounds": bounds, "tellings": Quota(*REFUSALS_TOLD)}
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=type("Protocol", (BoundedProtocol,), attributes),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # its warnings would tell, without a bound, of all that anybody sends
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=MAX_HEAD,
    )
