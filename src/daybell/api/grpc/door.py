"""Is gRPC spoken? Only where the settings say so and its libraries are installed; else it costs nothing."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from daybell.api.bounds import Bounds
from daybell.api.calls import Calls
from daybell.api.protocol import UidOf
from daybell.api.sockets import forget, inode_of, listen
from daybell.engine.service import SchedulerService
from daybell.model.errors import DaybellError
from daybell.model.status import Problem

if TYPE_CHECKING:
    from daybell.api.grpc.server import OwnCalls

MISSING = 'gRPC needs what is not installed: pip install "daybell[grpc]", then start Daybell anew'

log = logging.getLogger(__name__)


class GrpcDoor:
    """A third door, for the calls of scheduler.proto. Lives on the event loop's thread."""

    def __init__(
        self, service: SchedulerService, calls: Calls, path: Path, *, uid_of: UidOf, bounds: Bounds
    ) -> None:
        self._service = service
        self._calls = calls
        self._path = path
        self._uid_of = uid_of
        self._bounds = bounds
        self._inode = 0
        self._own_calls: OwnCalls | None = None

    async def open(self) -> None:
        """Listen, if that is wished. What keeps it shut is told in the status; the other doors stay open."""
        if not self._service.settings.held.api.grpc:
            return
        try:
            await self._open()
        except DaybellError as error:
            log.error("gRPC: %s", error, exc_info=error.__cause__)  # noqa: TRY400 - its message says all
            problem = Problem("settings.json", "api.grpc", str(error))
            self._service.problems = (*self._service.problems, problem)

    def close(self) -> None:
        """Calls that are open end without an answer."""
        if self._own_calls is not None:
            self._own_calls.hang_up()
            self._own_calls = None
            forget(self._path, self._inode)

    async def _open(self) -> None:
        own_calls = self._build()
        listener = listen(self._path)
        self._inode = inode_of(self._path)
        await own_calls.listen(listener)
        self._own_calls = own_calls
        log.info("gRPC listens at %s", self._path)

    def _build(self) -> "OwnCalls":
        try:
            from daybell.api.grpc import server  # noqa: PLC0415 - 4 MB that only those pay who want it
        except Exception as error:  # besides ImportError: protobuf refuses versions that do not fit
            raise DaybellError(f"{MISSING} ({error})") from error
        scheduler = server.Scheduler(self._service, self._calls, self._bounds.slowest)
        return server.OwnCalls(scheduler, self._uid_of, self._bounds.connections)
