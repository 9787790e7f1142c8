import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.fake_service import FakeService, add, hourly
from api.tcp import Tcp
from daybell.api.client import ApiError, Client, NotRunning
from daybell.api.endpoint import Endpoint, proof, write_endpoint
from daybell.api.reach import client_of
from daybell.api.token_client import TokenClient
from daybell.store.directories import find

Squat = Callable[[bytes], TokenClient]


def http(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


class Squatter:
    """Somebody who listens at the port that the file names, and remembers all that they are told."""

    def __init__(self, listener: socket.socket, answer: bytes) -> None:
        self.heard = b""
        self._listener = listener
        self._answer = answer
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(10)
        with connection:
            while b"}" not in self.heard and (part := connection.recv(65536)):
                self.heard += part
            connection.sendall(self._answer)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                self.heard += part

    def join(self) -> None:
        self._thread.join(10)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def file(tmp_path: Path, listener: socket.socket) -> Path:
    path = tmp_path / "endpoint.json"
    write_endpoint(path, Endpoint(listener.getsockname()[1], 1, "", "the-token"))
    return path


def test_it_asks_what_the_other_client_asks(tcp: Tcp, service: FakeService) -> None:
    client = TokenClient(tcp.endpoint)
    add(service, "backup")
    assert [job["id"] for job in client.get("/api/v1/jobs")] == ["backup"]  # type: ignore[index, union-attr, call-overload]  # JSON
    assert client.post("/api/v1/jobs/backup/pause")
    client.post("/api/v1/jobs", hourly("second"))  # type: ignore[arg-type]  # JSON
    client.delete("/api/v1/jobs/backup")
    assert set(service.jobs) == {"second"}
    with pytest.raises(ApiError) as raised:
        client.get("/api/v1/jobs/gone")
    assert raised.value.status == 404


def test_the_token_holder_may_ask_for_a_code(tcp: Tcp) -> None:
    """As `daybell open` must where there is no other door."""
    opened = TokenClient(tcp.endpoint).post("/api/v1/door")
    assert isinstance(opened, dict)
    assert opened["port"] == tcp.port
    assert str(opened["url"]).startswith(f"http://127.0.0.1:{tcp.port}/#code=")


@pytest.mark.parametrize(
    "answer",
    [
        http(b'{"proof": "00"}'),
        http(b'{"proof": null}'),
        http(b'{"proof": "\\u00e9"}'),
        http(b"[]"),
        http(b"<html>"),
        http(b"", b"404 Not Found"),
        http(json.dumps({"proof": proof("another-token", "x")}).encode()),
    ],
)
def test_who_took_the_port_learns_nothing(listener: socket.socket, file: Path, answer: bytes) -> None:
    squatter = Squatter(listener, answer)
    with pytest.raises(ApiError, match="is not your Daybell") as raised:
        TokenClient(file).get("/api/v1/status")
    assert raised.value.code == "not_permitted"
    squatter.join()
    assert squatter.heard.startswith(b"POST /api/v1/hello ")
    assert b"the-token" not in squatter.heard
    assert b"Authorization" not in squatter.heard


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (http(b"", b"429 Too Many Requests"), "busy"),
        (http(b"", b"503 Service Unavailable"), "no_answer"),
        (b"", "no_answer"),
        (b"nonsense\r\n\r\n", "no_answer"),
    ],
)
def test_what_goes_wrong_before_the_proof_shows_nothing_either(
    listener: socket.socket, file: Path, answer: bytes, code: str
) -> None:
    squatter = Squatter(listener, answer)
    with pytest.raises(ApiError) as raised:
        TokenClient(file).get("/api/v1/status")
    assert raised.value.code == code
    squatter.join()
    assert b"the-token" not in squatter.heard


def test_what_was_proved_holds_for_that_connection_only(listener: socket.socket, file: Path) -> None:
    """A connection that broke is not made anew: behind the port there may be somebody else by now."""

    class Relay(Squatter):
        def _serve(self) -> None:
            connection, _ = self._listener.accept()
            with connection:
                while b"}" not in self.heard:
                    self.heard += connection.recv(65536)
                nonce = json.loads(self.heard.partition(b"\r\n\r\n")[2])["nonce"]
                answer = http(json.dumps({"proof": proof("the-token", nonce)}).encode())
                connection.sendall(answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))

    relay = Relay(listener, b"")
    with pytest.raises(ApiError, match="broke off"):
        TokenClient(file).get("/api/v1/status")
    relay.join()
    assert b"the-token" not in relay.heard


def test_a_port_that_nobody_holds_is_not_running(listener: socket.socket, file: Path) -> None:
    listener.close()
    with pytest.raises(NotRunning):
        TokenClient(file).get("/api/v1/status")


def test_no_file_is_not_running(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        TokenClient(tmp_path / "endpoint.json").get("/api/v1/status")


def test_a_loose_file_is_not_believed(file: Path) -> None:
    file.chmod(0o644)
    with pytest.raises(ApiError, match="others than you may use"):
        TokenClient(file).get("/api/v1/status")


@pytest.mark.parametrize(
    ("platform", "kind"), [("linux", Client), ("darwin", Client), ("win32", TokenClient)]
)
def test_each_system_has_its_way(platform: str, kind: type[Client], tmp_path: Path) -> None:
    assert type(client_of(find({"DAYBELL_HOME": str(tmp_path)}), platform)) is kind
