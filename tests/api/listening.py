"""A listener to the event stream: plain sockets, so that it may be slow, rude, or gone."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self


class Heard(NamedTuple):
    """One event."""

    place: str
    tag: str
    content: Any


class Listener:
    """One stream. It is open once the answer has begun."""

    def __init__(self, path: Path, last: str | None = None, query: str = "") -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(path))
        known = "" if last is None else f"Last-Event-ID: {last}\r\n"
        request = f"GET /api/v1/events{query} HTTP/1.1\r\nHost: daybell\r\n{known}\r\n"
        self.socket.sendall(request.encode())
        self._file = self.socket.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        self.headers = {name.lower(): value for name, value in self._head()}
        self.chunks = self._chunks()
        """What comes, as it is."""
        self.events = self._events()
        """Until the stream ends."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def hear(self, count: int) -> list[Heard]:
        """The next ones."""
        return [next(self.events) for _ in range(count)]

    def _events(self) -> Iterator[Heard]:
        lines: dict[str, str] = {}
        for line in self._lines():
            name, _, value = line.partition(": ")
            if name == "data":
                yield Heard(lines["id"], lines["event"], json.loads(value))
                lines.clear()
            else:
                lines[name] = value

    def _head(self) -> Iterator[tuple[str, str]]:
        while line := self._file.readline().decode().strip():
            name, _, value = line.partition(": ")
            yield name, value

    def _lines(self) -> Iterator[str]:
        rest = b""
        for chunk in self.chunks:
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode() for line in whole if line)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._file.readline() or b"0", 16):
            yield self._file.read(size)
            self._file.readline()
