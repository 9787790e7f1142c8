import asyncio
import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.asking import Asking
from api.fake_service import FakeService, add
from api.tcp import Tcp, open_door
from daybell.api.bounds import USUAL, Bounds
from daybell.api.calls import Calls
from daybell.api.client import Client, NotRunning
from daybell.api.doors import TcpDoor, is_only_door, listen_at_loopback
from daybell.api.pages import Pages
from daybell.api.server import ApiServer
from daybell.api.token_client import TokenClient
from daybell.model.errors import DaybellError
from daybell.store.artifacts import ArtifactFiles
from daybell.store.assets import asset
from waiting import until

IDLE = 600.0
SHORT = 0.2
"""In place of that."""


class Watch:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds


class Listening:
    """Stands in for the server: it counts who listens."""

    def __init__(self) -> None:
        self.begun: list[asyncio.Server] = []

    async def __call__(self, listener: socket.socket) -> asyncio.Server:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, sock=listener)
        self.begun.append(server)
        return server


def a_door(path: Path, watch: Watch, *, is_lasting: bool = False) -> TcpDoor:
    return TcpDoor(path / "endpoint.json", watch, is_lasting=is_lasting, idle=IDLE)


def test_only_windows_has_no_other() -> None:
    assert [system for system in ("linux", "darwin", "win32") if is_only_door(system)] == ["win32"]


def test_it_listens_to_this_machine_alone() -> None:
    with listen_at_loopback() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert not listener.get_inheritable()
        # Else asyncio would leave small answers waiting for each other, 40 ms each.
        assert listener.proto == socket.IPPROTO_TCP


def test_no_other_address_of_this_machine_leads_in(tcp: Tcp) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as about:
        with suppress(OSError):
            about.connect(("192.0.2.1", 9))  # sends nothing: the system only says which address it would use
        own = about.getsockname()[0]
    if own in ("0.0.0.0", "127.0.0.1"):
        own = "127.0.0.2"  # this machine has no other network; the whole of 127 is loopback, and not ours
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((own, tcp.port), 2)


def test_its_file_says_where_and_for_whom(tcp: Tcp) -> None:
    endpoint = json.loads(tcp.endpoint.read_text())
    assert set(endpoint) == {"port", "pid", "started", "token"}
    assert (endpoint["port"], endpoint["pid"]) == (tcp.port, os.getpid())
    assert datetime.fromisoformat(endpoint["started"]).tzinfo
    assert stat.S_IMODE(tcp.endpoint.stat().st_mode) == 0o600


def test_asked_for_again_it_is_the_same_with_another_code(tcp: Tcp, socket_path: Path) -> None:
    again = open_door(socket_path)
    assert (again.port, again.token) == (tcp.port, tcp.token)
    assert again.code != tcp.code


def test_it_is_closed_when_nobody_has_used_it_for_a_while(tmp_path: Path) -> None:
    watch, listening = Watch(), Listening()

    async def live() -> None:
        door = a_door(tmp_path, watch)
        first = await door.open(listening)
        watch.seconds = IDLE - 1
        door._look()
        assert door.admits(first.keys.token.encode())
        watch.seconds = IDLE
        door._look()
        assert not door.admits(first.keys.token.encode())
        assert door.keys is None
        assert not listening.begun[0].is_serving()
        assert not (tmp_path / "endpoint.json").exists()
        second = await door.open(listening)
        assert second.keys.token != first.keys.token
        assert not door.admits(first.keys.token.encode())
        door.close()

    asyncio.run(live())


def test_while_somebody_is_inside_it_stays_open(tmp_path: Path) -> None:
    """A stream is a visit that lasts."""
    watch, listening = Watch(), Listening()

    async def live() -> None:
        door = a_door(tmp_path, watch)
        await door.open(listening)
        with door.visit():
            watch.seconds = 10 * IDLE
            door._look()
            assert door.keys is not None
        watch.seconds += IDLE - 1
        door._look()
        assert door.keys is not None
        watch.seconds += 1
        door._look()
        assert door.keys is None

    asyncio.run(live())


def test_to_ask_for_it_is_to_use_it(tmp_path: Path) -> None:
    watch, listening = Watch(), Listening()

    async def live() -> None:
        door = a_door(tmp_path, watch)
        await door.open(listening)
        watch.seconds = IDLE - 1
        await asyncio.gather(door.open(listening), door.open(listening))
        watch.seconds = IDLE
        door._look()
        assert door.keys is not None
        assert len(listening.begun) == 1
        door.close()
        door.close()

    asyncio.run(live())


@pytest.mark.parametrize(("is_lasting", "timers"), [(True, 0), (False, 1)])
def test_it_sleeps_but_for_one_timer(tmp_path: Path, is_lasting: bool, timers: int) -> None:  # noqa: FBT001 - a table
    async def live() -> int:
        door = a_door(tmp_path, Watch(), is_lasting=is_lasting)
        await door.open(Listening())
        scheduled = len(getattr(asyncio.get_running_loop(), "_scheduled"))  # noqa: B009 - asyncio has no other word
        door.close()
        assert door._timer is None
        return scheduled

    assert asyncio.run(live()) == timers


def test_where_its_file_cannot_be_written_it_stays_shut(tmp_path: Path) -> None:
    listening = Listening()

    async def live() -> None:
        door = a_door(tmp_path / "gone", Watch())
        with pytest.raises(DaybellError, match="cannot open the API to browsers"):
            await door.open(listening)
        assert door.keys is None

    asyncio.run(live())
    assert listening.begun == []


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "api.sock"


def a_server(run: Path, platform: str = "linux", bounds: Bounds = USUAL) -> ApiServer:
    service = FakeService(run.parent)
    return ApiServer(service, run, ArtifactFiles(run.parent), platform=platform, bounds=bounds)


@pytest.fixture
def on_windows(run: Path) -> Iterator[TokenClient]:
    server = a_server(run, "win32")
    server.start()
    yield TokenClient(run.with_name("endpoint.json"))
    assert server.stop()


def test_on_windows_it_is_open_from_the_start(on_windows: TokenClient, run: Path) -> None:
    assert not run.exists()
    assert on_windows.get("/api/v1/jobs") == []


def test_elsewhere_it_is_shut_until_somebody_asks(run: Path) -> None:
    endpoint = run.with_name("endpoint.json")
    endpoint.write_text("what a Daybell that was killed has left")
    server = a_server(run)
    server.start()
    try:
        assert Client(run).get("/api/v1/jobs") == []
        assert not endpoint.exists()
        assert open_door(run).ask().status == 200
    finally:
        assert server.stop()
    assert not endpoint.exists()
    with pytest.raises(NotRunning):
        TokenClient(endpoint).get("/api/v1/jobs")


def inside(run: Path, path: str = "/api/v1/jobs", token: str = "") -> tuple[Tcp, int]:
    """A door and its answer. On a busy machine it may be closed again before it is asked."""
    for _ in range(50):
        with suppress(OSError, AssertionError):
            door = open_door(run)
            if status := door.ask(path=path, Authorization=f"Bearer {token or door.token}").status:
                return door, status
    raise AssertionError("nobody gets in")


def test_it_closes_by_itself_and_opens_anew(run: Path) -> None:
    """On the real loop, with a real and short while."""
    server = a_server(run, bounds=Bounds(idle=SHORT))
    server.start()
    try:
        first, status = inside(run)
        assert status == 200
        until(lambda: not first.endpoint.exists())
        with pytest.raises(OSError, match="refused"):
            first.connect()
        second, status = inside(run)
        assert status == 200
        assert second.token != first.token
        assert inside(run, token=first.token)[1] == 401
    finally:
        assert server.stop()


def test_a_request_that_waits_keeps_it_open(run: Path) -> None:
    service, endpoint = FakeService(run.parent), run.with_name("endpoint.json")
    add(service, "backup")
    run_id = service.run_now("backup")
    service.heard.clear()
    server = ApiServer(service, run, ArtifactFiles(run.parent), bounds=Bounds(idle=SHORT))
    server.start()
    try:
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(inside, run, f"/api/v1/runs/{run_id}?wait=60")
            assert service.heard.wait(10)
            threading.Event().wait(2 * SHORT)
            assert endpoint.exists()
            service.finish(run_id, "succeeded")
            assert answer.result(10)[1] == 200
        until(lambda: not endpoint.exists())
    finally:
        assert server.stop()


def test_before_it_is_open_nobody_gets_a_session(run: Path) -> None:
    server = a_server(run)
    server.start()
    try:
        ask = Asking(run)
        for path, body in (("session", b'{"code": "x"}'), ("hello", b'{"nonce": "0123456789abcdef"}')):
            status, answer = ask("POST", f"/api/v1/{path}", body, content_type="application/json")
            assert (status, answer["error"]["code"]) == (409, "conflict")
    finally:
        assert server.stop()


def session_of(tcp: Tcp) -> str:
    answer = tcp.ask("POST", "/api/v1/session", json.dumps({"code": tcp.code}).encode(), Authorization=None)
    assert answer.status == 201
    return str(answer.json["token"])


def test_a_browser_comes_in_with_a_code_once(tcp: Tcp) -> None:
    session = session_of(tcp)
    assert tcp.ask(Authorization=f"Bearer {session}").status == 200
    again = tcp.ask("POST", "/api/v1/session", json.dumps({"code": tcp.code}).encode(), Authorization=None)
    assert (again.status, again.json["error"]["code"]) == (401, "unauthorized")
    assert session != tcp.token


def test_five_wrong_codes_are_heard_and_a_sixth_is_not(tcp: Tcp, socket_path: Path) -> None:
    wrong = b'{"code": "wrong"}'
    answers = [tcp.ask("POST", "/api/v1/session", wrong, Authorization=None).status for _ in range(7)]
    assert answers == [401] * 5 + [429] * 2
    session_of(open_door(socket_path))


def test_a_session_may_not_let_others_in(tcp: Tcp) -> None:
    answer = tcp.ask("POST", "/api/v1/door", Authorization=f"Bearer {session_of(tcp)}")
    assert (answer.status, answer.json["error"]["code"]) == (403, "not_permitted")


def test_the_page_holds_nothing_and_says_what_it_is(tcp: Tcp) -> None:
    for path in Pages(asset("web"), Calls()).paths:
        answer = tcp.ask(path=path, Authorization=None)
        assert answer.status == 200
        assert tcp.token.encode() not in answer.body


def test_the_door_costs_no_thread(tcp: Tcp) -> None:
    tcp.ask()
    before = threading.active_count()
    with tcp.connect() as plain:
        # Answered, so that it has come in before the server ends: Python 3.11 forgets who comes just then.
        plain.sendall(b"nonsense\r\n\r\n")
        assert plain.recv(4096)
        assert threading.active_count() == before
