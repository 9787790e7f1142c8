"""The TCP door as strangers and browsers meet it: bytes over a real socket."""

import json
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from daybell.api.client import Client
from daybell.api.endpoint import read_endpoint

JSON = "application/json"


class Answer(NamedTuple):
    """What came back; status 0 where nothing did before the connection was closed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Tcp:
    """One open door."""

    def __init__(self, endpoint: Path, url: str) -> None:
        found = read_endpoint(endpoint)
        assert found is not None
        self.endpoint = endpoint
        self.port, self.token = found.port, found.token
        self.url = url

    @property
    def code(self) -> str:
        return self.url.partition("#code=")[2]

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 15)

    def ask(
        self, method: str = "GET", path: str = "/api/v1/jobs", body: bytes = b"", **headers: str | None
    ) -> Answer:
        """As a program with the token would; a header that is None is left out."""
        usual = {"Host": f"127.0.0.1:{self.port}", "Authorization": f"Bearer {self.token}"}
        if body or method in ("POST", "PUT", "PATCH"):
            usual |= {"Content-Type": JSON, "Content-Length": str(len(body))}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in (usual | given).items() if value is not None]
        return self.raw("\r\n".join([f"{method} {path} HTTP/1.1", *lines]).encode() + b"\r\n\r\n" + body)

    def raw(self, request: bytes) -> Answer:
        with self.connect() as plain:
            return exchange(plain, request)


def open_door(socket_path: Path) -> Tcp:
    """Ask for it as `daybell open` does."""
    opened = Client(socket_path).post("/api/v1/door")
    assert isinstance(opened, dict)
    return Tcp(socket_path.with_name("endpoint.json"), str(opened["url"]))


def exchange(plain: socket.socket, request: bytes) -> Answer:
    """Send it, and read one answer."""
    with suppress(OSError):  # hung up on already; what it said before may still be there
        plain.sendall(request)
    return read_answer(plain, is_head=request.startswith(b"HEAD "))


def read_answer(plain: socket.socket, *, is_head: bool = False) -> Answer:
    received = b""
    try:
        while (end := received.find(b"\r\n\r\n")) < 0:
            if not (part := plain.recv(65536)):
                return Answer(0, {}, received)
            received += part
        head, body = received[:end].decode("latin-1"), received[end + 4 :]
        status, *lines = head.split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = 0 if is_head else int(headers.get("content-length", 0))
        while len(body) < length and (part := plain.recv(65536)):
            body += part
    except ConnectionResetError:
        return Answer(0, {}, received)
    found = re.match(r"HTTP/1.1 (\d{3}) ", status)
    assert found, status
    return Answer(int(found[1]), headers, body)
