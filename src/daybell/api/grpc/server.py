"""How are the three calls of scheduler.proto answered? By the service that answers REST, on its event loop.

The only module that imports grpclib, and itself imported only where gRPC is switched on.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from google.protobuf.message import DecodeError
from grpclib import GRPCError, Status
from grpclib.const import Cardinality, Handler
from grpclib.protocol import H2Protocol
from grpclib.server import Server, Stream

from daybell.api.callers import API
from daybell.api.calls import Calls
from daybell.api.grpc.answers import as_status
from daybell.api.grpc.scheduler_pb2 import (
    GetSchedulerStatusRequest,
    GetSchedulerStatusResponse,
    PauseJobRequest,
    PauseJobResponse,
    ResumeJobRequest,
    ResumeJobResponse,
)
from daybell.api.headers import MAX_BODY
from daybell.api.peers import is_allowed, own_uid
from daybell.api.protocol import UidOf
from daybell.api.quota import REFUSALS_TOLD, Quota
from daybell.engine.service import SchedulerService
from daybell.model.errors import Conflict, DaybellError, JobNotFound
from daybell.model.job import Job

SERVICE = "/daybell.v1.Scheduler"
STATUS_OF = {
    "not_running": Status.UNAVAILABLE,
    "cannot_record": Status.UNAVAILABLE,
    "disk_refused": Status.UNAVAILABLE,
}
"""gRPC's status by the code of a DaybellError, and anything else is INTERNAL. A job that does not exist
is no error of the call, but `success` that is false."""
BUSY = "Daybell is busy and did not answer in time; try again"
UNEXPECTED = "something went wrong inside Daybell; its log says more"

P = ParamSpec("P")
T = TypeVar("T")
Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

log = logging.getLogger(__name__)


class Scheduler:
    """The calls, as grpclib wants them."""

    def __init__(self, service: SchedulerService, calls: Calls, patience: float) -> None:
        """`patience` is how many seconds a request may take to come."""
        self._service = service
        self._call = calls
        self._patience = patience

    def __mapping__(self) -> dict[str, Handler]:
        """By path."""
        asked = {
            "GetSchedulerStatus": (self.status, GetSchedulerStatusRequest, GetSchedulerStatusResponse),
            "PauseJob": (self.pause, PauseJobRequest, PauseJobResponse),
            "ResumeJob": (self.resume, ResumeJobRequest, ResumeJobResponse),
        }
        return {
            f"{SERVICE}/{name}": Handler(answer, Cardinality.UNARY_UNARY, request, reply)
            for name, (answer, request, reply) in asked.items()
        }

    async def status(self, stream: Stream[GetSchedulerStatusRequest, GetSchedulerStatusResponse]) -> None:
        await self._asked(stream)
        await stream.send_message(await self._ask(self._status))

    async def pause(self, stream: Stream[PauseJobRequest, PauseJobResponse]) -> None:
        wish = await self._asked(stream)
        refusal = await self._ask(_refusal, partial(self._service.pause_job, by=API), wish.job_name)
        await stream.send_message(PauseJobResponse(success=refusal is None, error=refusal))

    async def resume(self, stream: Stream[ResumeJobRequest, ResumeJobResponse]) -> None:
        wish = await self._asked(stream)
        refusal = await self._ask(_refusal, self._service.resume_job, wish.job_name)
        await stream.send_message(ResumeJobResponse(success=refusal is None, error=refusal))

    def _status(self) -> GetSchedulerStatusResponse:
        status = self._service.status()
        return as_status(status, [self._job(one.id) for one in status.jobs])

    def _job(self, job_id: str) -> Job | None:
        """None for a job whose file was never valid, or that has just been removed."""
        try:
            return self._service.get_job(job_id)
        except JobNotFound:
            return None

    async def _asked(self, stream: Stream[Asked, Answered]) -> Asked:
        try:
            async with asyncio.timeout(self._patience):
                request = await stream.recv_message()
        except DecodeError as error:
            raise GRPCError(Status.INVALID_ARGUMENT, f"not as scheduler.proto says: {error}") from None
        except TimeoutError:
            raise GRPCError(Status.DEADLINE_EXCEEDED, "the request took too long to come") from None
        if request is None:
            raise GRPCError(Status.INVALID_ARGUMENT, "the call ended before its request came")
        return request

    async def _ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await self._call(function, *args, **kwargs)
        except DaybellError as error:
            raise GRPCError(STATUS_OF.get(error.code, Status.INTERNAL), str(error)) from None
        except TimeoutError:
            raise GRPCError(Status.UNAVAILABLE, BUSY) from None
        # The edge of what is ours: grpclib would tell whoever asks less, and the log nothing of where.
        except Exception:
            log.exception("a gRPC call failed")
            raise GRPCError(Status.INTERNAL, UNEXPECTED) from None


class OwnCalls(Server):
    """grpclib's server, behind a socket that is listened to already, and for nobody but us."""

    def __init__(self, scheduler: Scheduler, uid_of: UidOf, most: int) -> None:
        """`most` is how many connections there may be at once."""
        super().__init__([scheduler])
        self._uid_of = uid_of
        self._most = most
        self._tellings = Quota(*REFUSALS_TOLD)
        self._listening: asyncio.AbstractServer | None = None
        self._connections: dict[OwnConnection, None] = {}
        """The one that was used last is the last one."""

    async def listen(self, listener: socket.socket) -> None:
        """Answer whoever comes there, until `hang_up`."""
        # It tells of each call that its caller gave up.
        logging.getLogger("grpclib").setLevel(logging.ERROR)
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(lambda: OwnConnection(self, self._spoken()), sock=listener)

    def hang_up(self) -> None:
        """Listen no more, and end every call where it is."""
        if self._listening is not None:
            self._listening.close()
        for connection in list(self._connections):
            connection.end("Daybell stops")

    def used(self, connection: "OwnConnection") -> None:
        """It is open, and somebody is at the other end."""
        self._connections.pop(connection, None)
        self._connections[connection] = None

    def lost(self, connection: "OwnConnection") -> None:
        self._connections.pop(connection, None)

    def admits(self, transport: asyncio.Transport) -> bool:
        """Another user does not come in, even if somebody has opened the socket's mode.

        Who is idle for longest makes room: to hold on keeps nobody out.
        """
        uid = self._uid_of(transport.get_extra_info("socket"))
        if not is_allowed(uid, own_uid()):
            self._tell("closed a gRPC connection from another user, uid %s", uid)
            return False
        if len(self._connections) < self._most:
            return True
        idle = next((one for one in self._connections if not one.is_busy), None)
        if idle is None:
            self._tell("closed a gRPC connection: there are %s with open calls", self._most)
            return False
        idle.end("others need its place")
        self.lost(idle)
        return True

    def _spoken(self) -> H2Protocol:
        return self._protocol_factory()

    def _tell(self, line: str, what: int | None) -> None:
        if self._tellings.take():
            log.warning(line, what)


class OwnConnection(asyncio.Protocol):
    """grpclib's protocol with a porter in front: until that knows who comes, not a byte is read."""

    def __init__(self, calls: OwnCalls, spoken: H2Protocol) -> None:
        self._calls = calls
        self._spoken = spoken
        self._is_inside = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # of a stream
        self._transport = transport
        if not self._calls.admits(transport):
            transport.abort()
            return
        self._is_inside = True
        self._calls.used(self)
        self._spoken.connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._is_inside:
            self._calls.lost(self)
            self._spoken.connection_lost(exc)

    @property
    def is_busy(self) -> bool:
        """A call is open."""
        return bool(self._spoken.processor.streams)

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        self._calls.used(self)
        self._spoken.data_received(data)
        # grpclib would collect whatever length a message says it has.
        streams = self._spoken.processor.streams.values()
        if any(one.data_received > MAX_BODY for one in streams):
            self._transport.abort()

    def pause_writing(self) -> None:
        self._spoken.pause_writing()

    def resume_writing(self) -> None:
        self._spoken.resume_writing()

    def end(self, why: str) -> None:
        """Whoever still waits for an answer hears that there will be none."""
        self._spoken.processor.close(why)


def _refusal(verb: Callable[[str], None], job_id: str) -> str | None:
    """Why it cannot be done, for want of such a job or in its present state; None when it is done."""
    try:
        verb(job_id)
    except (JobNotFound, Conflict) as error:
        return str(error)
    return None
