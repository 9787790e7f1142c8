import os
import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.fake_service import FakeService, add
from daybell.api.client import ApiError, Client, NotRunning
from daybell.api.peers import HasOptions, is_allowed, peer_uid
from daybell.api.server import ApiServer
from daybell.api.sockets import listen
from daybell.model.errors import AlreadyRunning, DaybellError
from daybell.store.artifacts import ArtifactFiles
from waiting import until

QUIET = 1.0
"""Seconds to be quiet for: uvicorn's own loop would wake ten times."""

Serve = Callable[..., ApiServer]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "api.sock"


@pytest.fixture
def serve(path: Path, tmp_path: Path) -> Iterator[Serve]:
    """Starts a server, which ends with the test."""
    with ExitStack() as started:

        def start(uid_of: Callable[[HasOptions], int | None] = peer_uid) -> ApiServer:
            server = ApiServer(FakeService(tmp_path), path, ArtifactFiles(tmp_path), uid_of)
            server.start()
            started.callback(server.stop)
            return server

        yield start


def api_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "api"]


def test_the_socket_is_ours_alone(serve: Serve, path: Path) -> None:
    serve()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_ends_and_leaves_nothing_behind(serve: Serve, path: Path) -> None:
    server = serve()
    Client(path).get("/api/v1/status")
    assert server.stop()
    assert not path.exists()
    assert api_threads() == []
    with pytest.raises(NotRunning):
        Client(path).get("/api/v1/status")


def test_it_ends_at_once_with_a_connection_open(serve: Serve, path: Path) -> None:
    server = serve()
    with socket.socket(socket.AF_UNIX) as idle:
        idle.connect(str(path))
        idle.sendall(b"GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200 ")
        assert server.stop()


def test_stopping_what_never_started_is_fine(path: Path, tmp_path: Path) -> None:
    assert ApiServer(FakeService(tmp_path), path, ArtifactFiles(tmp_path)).stop()


def test_a_socket_that_nobody_answers_is_replaced(serve: Serve, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    serve()
    assert Client(path).get("/api/v1/jobs") == []


def test_a_socket_that_somebody_answers_is_left_alone(serve: Serve, path: Path, tmp_path: Path) -> None:
    serve()
    second = ApiServer(FakeService(tmp_path), path, ArtifactFiles(tmp_path))
    with pytest.raises(AlreadyRunning, match="another Daybell listens at"):
        second.start()
    assert second.stop()
    assert Client(path).get("/api/v1/jobs") == []


def test_a_file_in_the_way_is_left_alone(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(DaybellError, match="is not a socket; move it away"):
        listen(path)
    assert path.read_text() == "mine"


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(DaybellError, match=r"cannot listen at .*gone/api.sock: No such file"):
        listen(tmp_path / "gone" / "api.sock")


def test_the_mask_of_the_process_is_put_back(path: Path) -> None:
    before = os.umask(0o022)
    try:
        listen(path).close()
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_another_apps_socket_is_not_removed(serve: Serve, path: Path) -> None:
    server = serve()
    path.rename(path.with_suffix(".old"))
    path.write_text("another's")
    server.stop()
    assert path.read_text() == "another's"


@pytest.mark.parametrize("uid", [os.getuid() + 1, None])
def test_a_foreign_peer_is_cut_off(serve: Serve, path: Path, uid: int | None) -> None:
    serve(lambda _connection: uid)
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(10)
        plain.connect(str(path))
        try:
            plain.sendall(b"GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n")
            assert plain.recv(100) == b""
        except (BrokenPipeError, ConnectionResetError):
            pass
    with pytest.raises(ApiError, match="broke off"):
        Client(path).get("/api/v1/jobs")


def test_the_kernel_knows_who_we_are() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert peer_uid(one) == os.getuid()


class FakeOptions:
    """A socket of another system."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        if self._answer is None:
            raise OSError
        return self._answer[:size]


@pytest.mark.parametrize(
    ("platform", "answer", "uid"),
    [
        ("linux", struct.pack("3i", 7, 1000, 100), 1000),
        ("darwin", struct.pack("IIh", 0, 501, 1) + bytes(66), 501),
        ("darwin", None, None),
        ("linux", None, None),
        ("win32", b"", None),
    ],
)
def test_each_system_tells_the_uid_in_its_own_way(
    platform: str, answer: bytes | None, uid: int | None
) -> None:
    assert peer_uid(FakeOptions(answer), platform) == uid


@pytest.mark.parametrize(
    ("uid", "own", "allowed"),
    [(1000, 1000, True), (0, 1000, True), (1001, 1000, False), (None, 1000, False), (0, 0, True)],
)
def test_only_we_and_root_may_ask(uid: int | None, own: int, allowed: bool) -> None:  # noqa: FBT001 - a table
    assert is_allowed(uid, own) is allowed


def switches() -> list[str]:
    """How often the server's thread went to sleep, so far."""
    (thread,) = api_threads()
    lines = Path(f"/proc/self/task/{thread.native_id}/status").read_text().splitlines()
    return [line for line in lines if "ctxt_switches" in line]


def is_quiet() -> bool:
    before = switches()
    threading.Event().wait(QUIET)
    return switches() == before


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts switches in /proc")
def test_it_sleeps_until_somebody_asks(serve: Serve, path: Path) -> None:
    serve()
    client = Client(path)
    for _request in range(20):
        client.get("/api/v1/status")
    until(is_quiet)  # once what came of the 20 connections has settled


def test_twenty_at_once_are_answered(serve: Serve, path: Path, tmp_path: Path) -> None:
    service = FakeService(tmp_path)
    add(service, "backup")
    serve()
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            assert Client(path).get("/api/v1/jobs") == []
        except BaseException as error:  # noqa: BLE001 - told below, on the test's thread
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert failures == []
