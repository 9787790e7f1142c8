"""A conversation with a real app over its socket: statuses, headers and bodies, as any program gets them."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: Any
    """As JSON has it; None without any."""
    etag: str | None

    @property
    def code(self) -> str:
        """Of the error."""
        code: str = self.body["error"]["code"]
        return code

    @property
    def fields(self) -> list[str]:
        """Of the problems."""
        return [one["field"] for one in self.body["error"]["problems"]]


class Talk:
    """One request a call."""

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Headers in Python's spelling, as in if_match; a body that is no bytes is sent as JSON."""
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if content is not None:
            names = {"Content-Type": "application/json", **names}
        connection = http.client.HTTPConnection("daybell", timeout=20)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(20)
        connection.sock.connect(str(self._path))
        try:
            connection.request(method, f"/api/v1{path}", content, names)
            answer = connection.getresponse()
            read = answer.read()
            return Answer(answer.status, json.loads(read) if read else None, answer.headers["ETag"])
        finally:
            connection.close()
