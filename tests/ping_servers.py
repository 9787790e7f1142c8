"""Servers that watch over jobs, of this machine: what they are asked, and how they answer."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    rid: str | None
    agent: str
    body: str

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


Answer = tuple[int, str]
"""A status, and where to go instead."""


class PingServer:
    """It answers what it is told to, and then 200."""

    def __init__(self, answers: Sequence[Answer | int] = ()) -> None:
        self.asked: list[Asked] = []
        self.agents: set[str] = set()
        self._answers = list(answers)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hangs up is no error

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/ping/2f1d", scheme: str = "http") -> str:
        return f"{scheme}://{self.host}{path}"

    @property
    def lines(self) -> list[str]:
        return [one.line for one in self.asked]

    def speak_tls(self, context: ssl.SSLContext) -> None:
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @contextmanager
    def running(self) -> Iterator["PingServer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join(10)
            self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place = urlsplit(self.path)
                rid = parse_qs(place.query).get("rid", [None])[0]
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                agent = self.headers["User-Agent"]
                server.asked.append(Asked(self.command, place.path, rid, agent, body))
                answer = server._answers.pop(0) if server._answers else 200
                status, location = (answer, "") if isinstance(answer, int) else answer
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET  # noqa: N815 - the library's name

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                pass

        return Handler


Talk = Callable[[socket.socket, threading.Event], None]


@contextmanager
def strange_server(talk: Talk) -> Iterator[str]:
    """An address whose server accepts, and then does what it likes until the end of the block."""
    over = threading.Event()
    threads = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threads.append(threading.Thread(target=serve, args=(connection,)))
                    threads[-1].start()

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                talk(connection, over)

        accepting = threading.Thread(target=accept)
        accepting.start()
        port = listening.getsockname()[1]
        yield f"http://127.0.0.1:{port}/ping/2f1d"
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join(10)
        for thread in threads:
            thread.join(10)


def says_nothing(connection: socket.socket, over: threading.Event) -> None:
    over.wait(60)


def trickles(connection: socket.socket, over: threading.Event) -> None:
    """An answer that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not over.wait(0.05):
        connection.sendall(b"x")


def babbles(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(1000)
    connection.sendall(b"220 mail.example ESMTP\r\n")


def free_port() -> int:
    """One that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
