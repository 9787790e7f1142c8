"""A line between a browser and Daybell that can be cut.

It is a proxy, and gives each request a connection of its own.
"""

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

BROKEN = r"net::ERR_|\b50[234]\b"
"""What a browser complains of where the line was cut: it may be anywhere in a question or its answer."""
HEAD_ENDS = b"\r\n\r\n"
ABSOLUTE = re.compile(rb"^([A-Z]+) http://([^/:]+):(\d+)(\S*)")


class Line:
    """Whole until it is cut; then nothing passes, and what passed just now breaks off, until it is mended."""

    def __init__(self) -> None:
        self._is_cut = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()  # nothing begins unseen while it is being cut
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="line")
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._is_cut = False

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        line = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    line.pass_on(self.request)

        return Handler

    def pass_on(self, browser: socket.socket) -> None:
        """One request and its answer. OSError."""
        head = b""
        while HEAD_ENDS not in head:
            more = browser.recv(65536)
            if not more:
                return
            head += more
        found = ABSOLUTE.match(head)
        if found is None:
            return
        method, host, port, path = found.groups()
        with socket.create_connection((host.decode(), int(port))) as daybell, self._passing(browser, daybell):
            rest = head[found.end() :].replace(b"Proxy-Connection: keep-alive", b"Connection: close", 1)
            daybell.sendall(method + b" " + (path or b"/") + rest)
            back = threading.Thread(target=_copy, args=(browser, daybell), name="line up", daemon=True)
            back.start()
            _copy(daybell, browser)
            with suppress(OSError):
                browser.shutdown(socket.SHUT_RDWR)
            back.join(5)

    @contextmanager
    def _passing(self, *ends: socket.socket) -> Iterator[None]:
        """As long as they are connected through it. OSError where it is cut."""
        with self._lock:
            if self._is_cut:
                raise ConnectionAbortedError
            self._open.update(ends)
        try:
            yield
        finally:
            with self._lock:
                self._open.difference_update(ends)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)
