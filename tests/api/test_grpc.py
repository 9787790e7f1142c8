"""The gRPC door: who gets in, what becomes of errors, and what it costs where nobody wants it."""

import asyncio
import logging
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from google.protobuf.message import Message
from grpclib import GRPCError, Status
from grpclib.client import Channel, StreamUnaryMethod, UnaryUnaryMethod
from grpclib.encoding.base import CodecBase
from grpclib.encoding.proto import ProtoCodec
from grpclib.exceptions import StreamTerminatedError

from api.asking import Asking
from api.calling import SERVICE, Calling, switched_on
from api.fake_service import FakeService, add
from daybell.api.bounds import USUAL, Bounds
from daybell.api.calls import THREADS
from daybell.api.client import Client
from daybell.api.grpc.scheduler_pb2 import GetSchedulerStatusRequest, PauseJobRequest, PauseJobResponse
from daybell.api.headers import MAX_BODY
from daybell.api.peers import peer_uid
from daybell.api.protocol import UidOf
from daybell.api.server import ApiServer
from daybell.engine.configuring import at_once, differing
from daybell.model.errors import Conflict, DaybellError, DiskRefused, JobNotFound, LedgerError, NotRunning
from daybell.model.settings import ApiConfig, Settings
from daybell.store.artifacts import ArtifactFiles
from waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Python has no unix sockets on Windows")

CLOSED = (StreamTerminatedError, ConnectionError, AttributeError)
"""The last is how grpclib's own client takes it when it is hung up on before it has said a word."""
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""What a client says first, with settings that say nothing."""
Serve = Callable[..., ApiServer]


class SlowService(FakeService):
    """Its status takes until somebody opens the gate."""

    def __init__(self, logs: Path) -> None:
        super().__init__(logs)
        self.settings = switched_on()
        self.gate = threading.Event()
        self.gate.set()
        self.asked = 0

    def pause_job(
        self, job_id: str, until: object = None, reason: str | None = None, by: str | None = None
    ) -> None:
        self.asked += 1
        self.gate.wait(10)
        if self.failure:
            raise self.failure
        super().pause_job(job_id, by=by)


@pytest.fixture
def service(tmp_path: Path) -> SlowService:
    return SlowService(tmp_path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "grpc.sock"


@pytest.fixture
def grpc(path: Path) -> Calling:
    return Calling(path)


@pytest.fixture
def serve(service: SlowService, tmp_path: Path) -> Iterator[Serve]:
    """Starts a server, which ends with the test."""
    with ExitStack() as started:

        def start(uid_of: UidOf = peer_uid, bounds: Bounds = USUAL) -> ApiServer:
            artifacts = ArtifactFiles(tmp_path)
            server = ApiServer(service, tmp_path / "api.sock", artifacts, uid_of, bounds=bounds)
            server.start()
            started.callback(server.stop)
            return server

        yield start


def test_it_is_off_by_default(service: FakeService, serve: Serve, path: Path, tmp_path: Path) -> None:
    service.settings = FakeService(tmp_path).settings
    serve()
    assert not path.exists()
    assert service.status().problems == ()


def test_the_switch_holds_from_the_next_start_on() -> None:
    on = Settings(api=ApiConfig(grpc=True))
    assert differing(Settings(), on) == ["api.grpc"]
    assert at_once(Settings(), on) == Settings()


def test_off_it_loads_nothing() -> None:
    """What the app imports, imports neither grpclib nor protobuf."""
    libraries = ("grpclib", "h2", "google.protobuf")
    check = f"import sys, daybell.bootstrap.app; print([one for one in {libraries} if one in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_socket_is_ours_alone_and_goes_with_the_server(serve: Serve, path: Path, grpc: Calling) -> None:
    server = serve()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert grpc.status().scheduler_running
    assert server.stop()
    assert not path.exists()


def test_a_scheduler_that_is_switched_off_does_not_run(
    serve: Serve, service: SlowService, grpc: Calling
) -> None:
    serve()
    service.state = "stopped"
    assert not grpc.status().scheduler_running


def test_another_apps_socket_is_not_removed(serve: Serve, path: Path) -> None:
    server = serve()
    path.rename(path.with_suffix(".old"))
    path.write_text("another's")
    server.stop()
    assert path.read_text() == "another's"


def test_a_pause_came_through_the_api(serve: Serve, service: SlowService, grpc: Calling) -> None:
    add(service, "backup")
    serve()
    assert grpc.pause("backup").success
    assert service.paused_by == ["the API"]


@pytest.mark.parametrize("uid", [os.getuid() + 1, None])
def test_another_user_is_refused(serve: Serve, service: SlowService, grpc: Calling, uid: int | None) -> None:
    add(service, "backup")
    serve(lambda _connection: uid)
    with pytest.raises(CLOSED):
        grpc.pause("backup")
    assert service.asked == 0


def test_a_stranger_hears_not_a_byte(serve: Serve, path: Path) -> None:
    serve(lambda _connection: None)
    with connected(path) as stranger, suppress(ConnectionResetError):
        assert stranger.recv(100) == b""


@pytest.mark.parametrize(
    ("failure", "status", "message"),
    [
        (NotRunning(), Status.UNAVAILABLE, "Daybell is not running."),
        (LedgerError("no room"), Status.UNAVAILABLE, "no room"),
        (DiskRefused("read-only"), Status.UNAVAILABLE, "read-only"),
        (TimeoutError(), Status.UNAVAILABLE, "Daybell is busy and did not answer in time; try again"),
        (DaybellError("odd"), Status.INTERNAL, "odd"),
    ],
)
def test_each_error_has_its_status(
    serve: Serve, service: SlowService, grpc: Calling, failure: Exception, status: Status, message: str
) -> None:
    serve()
    service.failure = failure
    for call in (grpc.status, lambda: grpc.pause("backup")):
        with pytest.raises(GRPCError) as refused:
            call()
        assert (refused.value.status, refused.value.message) == (status, message)


def test_a_mistake_of_ours_is_told_in_the_log_alone(
    serve: Serve, service: SlowService, grpc: Calling, caplog: pytest.LogCaptureFixture
) -> None:
    serve()
    service.failure = ValueError("secret")
    with pytest.raises(GRPCError) as refused:
        grpc.status()
    assert refused.value.status == Status.INTERNAL
    assert "secret" not in str(refused.value.message)
    assert "ValueError: secret" in caplog.text


@pytest.mark.parametrize("failure", [JobNotFound("no such job"), Conflict("not now")])
def test_what_cannot_be_done_is_an_answer(
    serve: Serve, service: SlowService, grpc: Calling, failure: Exception
) -> None:
    serve()
    service.failure = failure
    assert grpc.pause("backup") == PauseJobResponse(success=False, error=str(failure))


def test_what_is_no_such_message_is_refused(serve: Serve, grpc: Calling) -> None:
    serve()
    with pytest.raises(GRPCError) as refused:
        asyncio.run(send(grpc.path, PauseJobRequest(), 10, Noise()))
    assert refused.value.status == Status.INVALID_ARGUMENT


def test_a_call_without_a_request_is_refused(serve: Serve, path: Path) -> None:
    serve()
    with pytest.raises(GRPCError) as refused:
        asyncio.run(send_none(path))
    assert refused.value.status == Status.INVALID_ARGUMENT


def test_an_answer_may_be_long(serve: Serve, service: SlowService, grpc: Calling) -> None:
    add(service, *(f"job-{number:04}-{'x' * 1000}" for number in range(2000)))
    serve()
    assert len(grpc.status().jobs) == 2000


def test_an_unknown_call_is_refused(serve: Serve, grpc: Calling) -> None:
    serve()
    with pytest.raises(GRPCError):  # whose status grpclib's own client does not read
        grpc.call("RemoveJob", GetSchedulerStatusRequest(), PauseJobResponse)
    assert grpc.status().scheduler_running


def test_a_message_has_a_bound(serve: Serve, service: SlowService, grpc: Calling) -> None:
    serve()
    with pytest.raises(CLOSED):
        grpc.pause("x" * 2 * MAX_BODY)
    assert service.asked == 0
    assert grpc.status().scheduler_running


def test_who_is_idle_for_longest_makes_room(serve: Serve, grpc: Calling, path: Path) -> None:
    serve(bounds=USUAL._replace(connections=2))
    with ExitStack() as held:
        first, second = (held.enter_context(connected(path)) for _ in range(2))
        for one in (first, second):
            assert one.recv(1000)
        first.sendall(PREFACE)
        until(lambda: bool(first.recv(1000)))  # so that of the two the second is the idle one
        assert grpc.status().scheduler_running
        assert second.recv(1000) == b""
        first.settimeout(0)
        with pytest.raises(BlockingIOError):
            first.recv(1000)


def test_where_all_are_busy_one_more_is_refused(serve: Serve, service: SlowService, grpc: Calling) -> None:
    add(service, "backup")
    serve(bounds=USUAL._replace(connections=2))
    service.gate.clear()
    callers = [threading.Thread(target=grpc.pause, args=("backup",)) for _ in range(2)]
    for caller in callers:
        caller.start()
    until(lambda: service.asked == 2)
    with pytest.raises(CLOSED):
        grpc.status()
    service.gate.set()
    for caller in callers:
        caller.join(10)
    assert grpc.status().scheduler_running


def test_a_request_that_never_comes_is_not_waited_for(serve: Serve, path: Path) -> None:
    serve(bounds=USUAL._replace(slowest=0.1))
    with pytest.raises(GRPCError) as refused:
        asyncio.run(say_nothing(path))
    assert refused.value.status == Status.DEADLINE_EXCEEDED


def test_noise_closes_that_connection_alone(serve: Serve, grpc: Calling, path: Path) -> None:
    serve()
    with connected(path) as noisy:
        noisy.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        while noisy.recv(4096):
            pass
    assert grpc.status().scheduler_running


def test_it_stops_at_once_with_calls_open(serve: Serve, service: SlowService, grpc: Calling) -> None:
    add(service, "backup")
    server = serve()
    service.gate.clear()
    ended: list[BaseException] = []

    def call() -> None:
        try:
            grpc.pause("backup")
        except BaseException as error:  # noqa: BLE001 - told below, on the test's thread
            ended.append(error)

    callers = [threading.Thread(target=call) for _ in range(THREADS)]
    for caller in callers:
        caller.start()
    until(lambda: service.asked == THREADS)
    begun = time.monotonic()
    assert server.stop()
    assert time.monotonic() - begun < 5, "each call takes ten"
    service.gate.set()
    for caller in callers:
        caller.join(10)
    assert [type(error) for error in ended] == [StreamTerminatedError] * THREADS


def test_without_its_libraries_the_status_says_what_to_install(
    serve: Serve, service: SlowService, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delitem(sys.modules, "daybell.api.grpc.server", raising=False)
    monkeypatch.delattr("daybell.api.grpc.server", raising=False)
    monkeypatch.setitem(sys.modules, "grpclib", None)
    serve()
    _, status = Asking(tmp_path / "api.sock")("GET", "/api/v1/status")
    (problem,) = status["problems"]
    assert (problem["file"], problem["field"]) == ("settings.json", "api.grpc")
    assert 'pip install "daybell[grpc]"' in problem["message"]
    assert not path.exists()


def test_a_file_in_the_way_is_told_and_left_alone(
    serve: Serve, service: SlowService, path: Path, tmp_path: Path
) -> None:
    path.write_text("mine")
    serve()
    (problem,) = service.status().problems
    assert problem.message.endswith("grpc.sock is not a socket; move it away")
    assert path.read_text() == "mine"
    assert Client(tmp_path / "api.sock").get("/api/v1/jobs") == []


def test_who_gives_up_is_not_worth_a_line(
    serve: Serve, service: SlowService, grpc: Calling, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve()
    service.gate.clear()
    with caplog.at_level(logging.INFO):
        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(send(grpc.path, PauseJobRequest(job_name="backup"), 0.1))
        service.gate.set()
        grpc.status()
        assert server.stop()
    assert [one for one in caplog.records if one.name.startswith("grpclib")] == []


def connected(path: Path) -> socket.socket:
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(10)
    one.connect(str(path))
    return one


async def say_nothing(path: Path) -> None:
    """Begin a call, and send no request."""
    async with Channel(path=str(path)) as channel:
        method = UnaryUnaryMethod[PauseJobRequest, PauseJobResponse](
            channel, f"{SERVICE}/PauseJob", PauseJobRequest, PauseJobResponse
        )
        async with method.open(timeout=10) as stream:
            await stream.send_request()
            await stream.recv_message()


async def send(path: Path, request: Message, patience: float, codec: CodecBase | None = None) -> None:
    async with Channel(path=str(path), codec=codec) as channel:
        method = UnaryUnaryMethod[Message, PauseJobResponse](
            channel, f"{SERVICE}/PauseJob", PauseJobRequest, PauseJobResponse
        )
        await method(request, timeout=patience)


async def send_none(path: Path) -> None:
    """A call of this kind has one message; only one of another kind may have none."""
    async with Channel(path=str(path)) as channel:
        method = StreamUnaryMethod[PauseJobRequest, PauseJobResponse](
            channel, f"{SERVICE}/PauseJob", PauseJobRequest, PauseJobResponse
        )
        await method([], timeout=10)


class Noise(ProtoCodec):
    """Whatever is to be sent, this is no message."""

    def encode(self, message: object, message_type: object) -> bytes:
        return b"\xff\xff"
