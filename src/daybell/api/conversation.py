"""How is a question put over a connection, and its answer read? HTTP/1.1, as our own server speaks it.

`http.client` knows more of it, and takes `email` along: a third of the time that a command may take. What our
server never says is refused here, such as an answer without its length, a folded header, or one that only
announces another one.
"""

import socket
from collections.abc import Iterator, Mapping
from io import BufferedReader

CHUNK = 64 * 1024
"""Bytes that are taken at once, at most."""
LONGEST = 16 * 1024
"""Bytes of a line of the head."""
MOST_HEADERS = 100
WITH_BODY = ("POST", "PUT", "PATCH")
"""Servers want to know of these how long they are, and be it nothing."""
DIGITS, HEX_DIGITS = frozenset(b"0123456789"), frozenset(b"0123456789abcdefABCDEF")


class Broken(Exception):
    """What came is no answer, or only a part of one."""


class Answer:
    """What came back; its body is read once. Broken and OSError, in all of it."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self.status, self.reason = _status(_line(stream))
        self.headers: Mapping[str, str] = _headers(stream)
        """By their names, written Like-This."""
        self._is_chunked = "Transfer-Encoding" in self.headers
        self._left = 0 if self._is_chunked else self._length()
        """Bytes until the end of this chunk, or of the body."""
        self._is_over = not (self._left or self._is_chunked)

    @property
    def leaves_open(self) -> bool:
        """Another question may follow on the same connection."""
        return self._is_over and self.headers.get("Connection", "").lower() != "close"

    def read(self, most: int | None = None) -> bytes:
        """All of the body, or as much as was asked for."""
        parts: list[bytes] = []
        size = 0
        for part in self.parts():
            parts.append(part)
            size += len(part)
            if most is not None and size >= most:
                break
        return b"".join(parts)[:most]

    def parts(self) -> Iterator[bytes]:
        """The body as it comes."""
        while not self._is_over:
            if self._is_chunked and not self._left:
                self._left = self._next_chunk()
            if self._left:
                yield self._part()

    def lines(self) -> Iterator[bytes]:
        """Without their ends, each as soon as it is whole."""
        rest = b""
        for part in self.parts():
            *whole, rest = (rest + part).split(b"\n")
            yield from (line.removesuffix(b"\r") for line in whole)
        if rest:
            yield rest

    def _part(self) -> bytes:
        part = self._stream.read1(min(CHUNK, self._left))
        if not part:
            raise Broken("the answer ends before its end")
        self._left -= len(part)
        if not self._left and self._is_chunked and _line(self._stream):
            raise Broken("a chunk is longer than it said")
        self._is_over = not (self._left or self._is_chunked)
        return part

    def _next_chunk(self) -> int:
        """How long it is; 0 behind the last one, with what follows it."""
        said = _line(self._stream).partition(b";")[0].strip()
        if not said or len(said) > 16 or not HEX_DIGITS.issuperset(said):
            raise Broken(f"a chunk is {said[:20]!r} long")
        size = int(said, 16)
        if not size:
            _headers(self._stream)
            self._is_over = True
        return size

    def _length(self) -> int:
        if self.status in (204, 304):
            return 0
        said = self.headers.get("Content-Length", "").encode("latin-1")
        if not said or len(said) > 18 or not DIGITS.issuperset(said):
            raise Broken("the answer does not say how long it is")
        return int(said)


class Conversation:
    """One question after the other, over a connected socket that is closed with it."""

    def __init__(self, plain: socket.socket, host: str) -> None:
        self._plain = plain
        self._host = host
        self._stream = plain.makefile("rb")
        self._last: Answer | None = None

    def ask(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        """Broken and OSError. ValueError for what would be more than one question."""
        if self._last is not None and not self._last.leaves_open:
            raise Broken("the connection is over")
        sent = {"Host": self._host, **headers}
        if content is not None or method in WITH_BODY:
            sent["Content-Length"] = str(len(content or b""))
        head = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        if " " in target or not all(line.isascii() and line.isprintable() for line in head):
            raise ValueError(f"this cannot be asked: {method} {target!r}")
        self._plain.sendall("\r\n".join([*head, "", ""]).encode() + (content or b""))
        self._last = Answer(self._stream)
        return self._last

    def close(self) -> None:
        self._stream.close()
        self._plain.close()


def _line(stream: BufferedReader) -> bytes:
    """Without its end."""
    line = stream.readline(LONGEST)
    if not line.endswith(b"\n"):
        raise Broken("a line is too long" if len(line) == LONGEST else "the answer ends before its end")
    return line[:-1].removesuffix(b"\r")


def _status(line: bytes) -> tuple[int, str]:
    version, _, rest = line.partition(b" ")
    code, _, reason = rest.partition(b" ")
    if version != b"HTTP/1.1" or len(code) != 3 or not DIGITS.issuperset(code) or code < b"200":
        raise Broken(f"this is no answer: {line[:40]!r}")
    return int(code), reason.decode("latin-1")


def _headers(stream: BufferedReader) -> dict[str, str]:
    """Up to the empty line. Broken for one that stands twice: whom should one believe?"""
    found: dict[str, str] = {}
    while line := _line(stream):
        name, colon, value = line.decode("latin-1").partition(":")
        key = name.title()
        if not colon or not name or name.strip() != name or key in found or len(found) == MOST_HEADERS:
            raise Broken(f"this is no header of an answer: {line[:40]!r}")
        found[key] = value.strip()
    if "Transfer-Encoding" in found and (
        found["Transfer-Encoding"].lower() != "chunked" or "Content-Length" in found
    ):
        raise Broken("the answer does not say how long it is")
    return found
