import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from api.fake_service import FakeService, add
from api.tcp import exchange, open_door, read_answer
from daybell.api.bounds import USUAL, Bounds
from daybell.api.client import Client
from daybell.api.peers import HasOptions
from daybell.api.protocol import BoundedProtocol
from daybell.api.server import ApiServer
from daybell.store.artifacts import ArtifactFiles
from waiting import until

BRIEF = 0.3
"""Seconds in place of ten."""
HELD = Bounds(slowest=5, connections=4)


class Served:
    """A server with other bounds, and what it serves."""

    def __init__(self, directory: Path, bounds: Bounds) -> None:
        self.path = directory / "api.sock"
        self.service = FakeService(directory)
        self.server = ApiServer(self.service, self.path, ArtifactFiles(directory), bounds=bounds)
        self.server.start()
        self.tcp = open_door(self.path)
        self.client = Client(self.path)

    def head(self, path: str = "/api/v1/jobs", method: str = "GET", *more: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.tcp.port}"]
        lines += [f"Authorization: Bearer {self.tcp.token}", "Content-Type: application/json", *more]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Bounds], Served]]:
    with ExitStack() as begun:

        def start(bounds: Bounds) -> Served:
            served = Served(tmp_path, bounds)
            begun.callback(served.server.stop)
            return served

        yield start


Serve = Callable[[Bounds], Served]


def test_a_person_has_ten_seconds_and_128_connections() -> None:
    assert Bounds(slowest=10, connections=128, idle=600) == USUAL
    assert BoundedProtocol.bounds is USUAL


@pytest.mark.parametrize("sent", [b"", b"G", b"GET /api/v1/jobs HTTP/1.1\r\nHost: "])
def test_a_head_that_does_not_come_is_not_waited_for(serve: Serve, sent: bytes) -> None:
    served = serve(Bounds(slowest=BRIEF))
    with served.tcp.connect() as slow:
        began = monotonic()
        assert exchange(slow, sent).status == 408
        assert slow.recv(10) == b""
        assert BRIEF * 0.9 < monotonic() - began < 10 * BRIEF


def test_a_head_that_comes_byte_by_byte_has_no_more_time(serve: Serve) -> None:
    served = serve(Bounds(slowest=BRIEF))
    pause = threading.Event()
    with served.tcp.connect() as slow:
        began = monotonic()
        try:
            while monotonic() - began < 20 * BRIEF:
                slow.sendall(b"X")
                pause.wait(BRIEF / 10)
        except OSError:
            pass
        assert monotonic() - began < 10 * BRIEF


def test_a_second_head_has_as_little_time_as_the_first(serve: Serve) -> None:
    served = serve(Bounds(slowest=BRIEF))
    with served.tcp.connect() as slow:
        assert exchange(slow, served.head()).status == 200
        began = monotonic()
        assert exchange(slow, b"GET /api").status == 408
        assert monotonic() - began < 10 * BRIEF


def test_a_body_that_does_not_come_is_not_waited_for(serve: Serve) -> None:
    served = serve(Bounds(slowest=BRIEF))
    for length in ("Content-Length: 100", "Transfer-Encoding: chunked"):
        with served.tcp.connect() as slow:
            began = monotonic()
            answer = exchange(slow, served.head("/api/v1/jobs", "POST", length) + b"5\r\n{   \r")
            assert (answer.status, answer.json["error"]["code"]) == (408, "too_slow")
            assert monotonic() - began < 20 * BRIEF
            assert answer.headers["connection"] == "close"
    assert served.service.jobs == {}


def test_an_answer_may_take_its_time(serve: Serve) -> None:
    served = serve(Bounds(slowest=BRIEF))
    add(served.service, "backup")
    run_id = served.service.run_now("backup")
    with served.tcp.connect() as patient:
        assert exchange(patient, served.head(f"/api/v1/runs/{run_id}?wait=1")).json["outcome"] is None


def test_open_heads_neither_slow_nor_keep_out_anybody(serve: Serve) -> None:
    served = serve(USUAL)
    with ExitStack() as held:
        for _ in range(200):
            half = held.enter_context(closing(served.tcp.connect()))
            half.sendall(b"GET / HTTP/1.1\r\nHost: ")
        for ask in (served.tcp.ask, partial(served.client.get, "/api/v1/jobs")):
            began = monotonic()
            ask()
            assert monotonic() - began < USUAL.slowest / 2
        assert served.tcp.ask().status == 200


def waiting(served: Served, count: int, held: ExitStack) -> list[socket.socket]:
    """So many connections with a request whose answer takes a while."""
    add(served.service, "backup")
    run_id = served.service.run_now("backup")
    busy = []
    for _ in range(count):
        one = held.enter_context(closing(served.tcp.connect()))
        one.sendall(served.head(f"/api/v1/runs/{run_id}?wait=30"))
        busy.append(one)
    until(lambda: len(served.service.subscribers) >= count)
    return busy


def test_when_all_are_busy_one_more_is_told_so(serve: Serve) -> None:
    served = serve(HELD)
    with ExitStack() as held:
        busy = waiting(served, HELD.connections, held)
        answer = served.tcp.ask()
        assert (answer.status, answer.json["error"]["code"]) == (503, "too_many_connections")
        assert answer.headers["connection"] == "close"
        assert answer.headers["x-frame-options"] == "DENY"
        # Each door has room of its own: who holds this one cannot keep the person's commands out.
        assert served.client.get("/api/v1/status")
        served.service.finish("run-1", "succeeded")
        assert all(read_answer(one).status == 200 for one in busy)
    until(lambda: served.tcp.ask().status == 200)


def test_who_does_nothing_makes_room_for_who_asks(serve: Serve) -> None:
    served = serve(HELD)
    with ExitStack() as held:
        idle = [held.enter_context(closing(served.tcp.connect())) for _ in range(HELD.connections)]
        for one in idle:
            assert exchange(one, served.head()).status == 200
        assert served.tcp.ask().status == 200
        assert idle[0].recv(10) == b""
        assert exchange(idle[-1], served.head()).status == 200


def test_who_has_never_asked_is_the_first_to_make_room(serve: Serve) -> None:
    served = serve(HELD)
    with ExitStack() as held:
        first = held.enter_context(closing(served.tcp.connect()))
        assert exchange(first, served.head()).status == 200
        halves = [held.enter_context(closing(served.tcp.connect())) for _ in range(2 * HELD.connections)]
        with suppress(ConnectionResetError):
            assert halves[HELD.connections].recv(10) == b""
        assert exchange(first, served.head()).status == 200


def test_a_body_that_never_ends_holds_no_place(serve: Serve) -> None:
    """Even who has no token may send one, where a code is exchanged."""
    served = serve(HELD)
    head = served.head("/api/v1/session", "POST", "Content-Length: 100", "Expect: 100-continue")
    with ExitStack() as held:
        for _ in range(3 * HELD.connections):
            slow = held.enter_context(closing(served.tcp.connect()))
            slow.sendall(head)
            assert slow.recv(100).startswith(b"HTTP/1.1 100 ")
        assert served.tcp.ask().status == 200


def test_beyond_those_who_are_busy_there_is_one_at_most(serve: Serve) -> None:
    """Each is a file descriptor, which the jobs need too."""
    served = serve(HELD)
    with ExitStack() as held:
        waiting(served, HELD.connections, held)
        strangers = [held.enter_context(closing(served.tcp.connect())) for _ in range(20)]
        with suppress(ConnectionResetError):
            assert strangers[-2].recv(10) == b""
        assert len(served.server._server.server_state.connections) <= HELD.connections + 1
        assert exchange(strangers[-1], served.head()).status == 503


def test_what_is_no_http_does_not_fill_the_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    served = serve(HELD)
    for _ in range(80):
        assert served.tcp.raw(b"GET\r\n\r\n").status == 400
    assert sum("no HTTP" in line for line in caplog.messages) == 60


def test_a_foreign_peer_is_forgotten_as_any_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Uvicorn has counted it by the time it is dropped, and must hear that it is gone."""
    foreign = os.getuid() + 1
    uids: list[int] = [foreign]

    def uid_of(_: HasOptions) -> int | None:
        return uids[-1]

    server = ApiServer(FakeService(tmp_path), tmp_path / "api.sock", ArtifactFiles(tmp_path), uid_of)
    server.start()
    try:
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.settimeout(10)
                stranger.connect(str(tmp_path / "api.sock"))
                assert exchange(stranger, b"GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n").status == 0
        until(lambda: not server._server.server_state.connections)
        assert [line for line in caplog.messages if "another user" not in line] == []
        assert len(caplog.messages) == 3
        uids.append(os.getuid())
        assert Client(tmp_path / "api.sock").get("/api/v1/jobs") == []
    finally:
        assert server.stop()


def test_stopping_does_not_wait_for_whoever_is_slow(serve: Serve) -> None:
    served = serve(USUAL)
    with ExitStack() as held:
        for _ in range(20):
            half = held.enter_context(closing(served.tcp.connect()))
            half.sendall(b"GET / HTTP/1.1\r\nHost: ")
        waiting(served, 20, held)
        began = monotonic()
        assert served.server.stop()
        assert monotonic() - began < USUAL.slowest / 2
