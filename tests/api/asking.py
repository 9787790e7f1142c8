"""Plain HTTP over a unix socket, for requests that the client would never send."""

import http.client
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Asking:
    """One request a call, with exactly the given method, headers and body."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        """Status and decoded body; headers in Python's spelling, as in content_type."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        status, content = self.bytes(method, path, body, names)
        return status, json.loads(content) if content else None

    def bytes(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("daybell", timeout=10)
        connection.sock = self.connect()
        try:
            connection.request(method, path, body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(10)
        plain.connect(str(self._path))
        return plain
