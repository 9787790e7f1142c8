"""How do pings get to their servers?

A script of its own, `python -I -S ping_child.py`, and the only part of Daybell that speaks TLS. Its input
is the `Orders`, as JSON; for each ping it prints a line `[place, failure, is_refusal]` as soon as it knows.
It says nothing of an address but its host, and ends by itself when its time is up.
"""

import json
import os
import ssl
import sys
import threading
import time
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage
from socket import gaierror
from typing import IO, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

NO_HOST = "the host cannot be found"


class Orders(NamedTuple):
    """What it is given."""

    agent: str
    """What servers are told that we are."""
    try_seconds: float
    """For a whole answer, however slowly it comes."""
    pauses: list[float]
    """Seconds before each further try."""
    seconds: float
    """For all pings together."""
    pings: list[tuple[str, str | None]]
    """Address and body."""


class Result(NamedTuple):
    """What a try came to."""

    failure: str = ""
    """In words, without the address; empty: it got there."""
    is_refusal: bool = False
    """The server is there and understands, but does not want this."""
    may_pass: bool = False
    """Another try may help."""
    is_silent: bool = False
    """Nobody has answered at all, so that other pings to this host need not wait for that again."""


class Redirects(HTTPRedirectHandler):
    """Followed as the library does, to the web only; with 307 and 308 those of a failure as well."""

    def http_error_307(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> object:
        """Without its words, but it gets there."""
        return self.http_error_302(req, fp, code if req.data is None else HTTPStatus.SEE_OTHER, msg, headers)

    http_error_308 = http_error_307


def opener() -> OpenerDirector:
    """It knows nothing but http and https, and the proxies that the environment names."""
    director = OpenerDirector()
    director.addheaders = []
    handlers = (
        *(ProxyHandler(), UnknownHandler(), HTTPHandler(), HTTPSHandler()),
        *(HTTPDefaultErrorHandler(), Redirects(), HTTPErrorProcessor()),
    )
    for handler in handlers:
        director.add_handler(handler)
    return director


def in_words(error: BaseException) -> Result:
    """An error's own text might have the address in it."""
    match error:
        case HTTPError(code=code) if 300 <= code < 400:
            return Result(f"a redirect that is not followed ({code})", is_refusal=True)
        case HTTPError(code=code):
            return Result(_status(code), is_refusal=code < 500, may_pass=code >= 500)
        case URLError(reason=BaseException() as reason):
            return in_words(reason)
        case URLError():
            return Result("a redirect that is not followed", is_refusal=True)
        case ssl.SSLCertVerificationError():
            return Result(f"its certificate is not trusted ({error.verify_message.rstrip('.')})")
        case ssl.SSLError():
            word: str = getattr(error, "reason", None) or "for no known reason"
            return Result(f"no TLS ({word.lower().replace('_', ' ')})", may_pass=True)
        case HTTPException():
            return Result("no answer in HTTP", may_pass=True)
        case OSError():
            return Result(_trouble(error), may_pass=True, is_silent=True)
        case UnicodeError():
            return Result(NO_HOST)
        case _:
            return Result(type(error).__name__)


def _trouble(error: OSError) -> str:
    match error:
        case TimeoutError():
            return "timed out"
        case gaierror():
            return NO_HOST
        case OSError(args=(str() as said,)) if said.startswith("Tunnel connection failed"):
            return f"the proxy refuses ({said.rpartition(': ')[2]})"
        case _:
            return (error.strerror or type(error).__name__).lower()


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return f"status {code}"


class Lane:
    """Pings to one host, one after the other, on a thread of its own."""

    def __init__(self, director: OpenerDirector, orders: Orders) -> None:
        self._director = director
        self._orders = orders
        self._pings: list[tuple[int, str, bytes | None]] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def add(self, place: int, url: str, body: str | None) -> None:
        self._pings.append((place, url, None if body is None else body.encode(errors="replace")))

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        silence: Result | None = None
        for place, url, data in self._pings:
            result = silence or self._send(url, data)
            silence = result if result.is_silent else None
            line = json.dumps([place, result.failure, result.is_refusal])
            os.write(1, f"{line}\n".encode())  # one call a line: the lanes do not mix theirs

    def _send(self, url: str, data: bytes | None) -> Result:
        result = self._try(url, data)
        for pause in self._orders.pauses:
            if not result.may_pass:
                break
            threading.Event().wait(pause)
            result = self._try(url, data)
        return result

    def _try(self, url: str, data: bytes | None) -> Result:
        """On a thread that can be left behind: the library's timeout begins anew with each byte."""
        headers = {"User-Agent": self._orders.agent, "Content-Type": "text/plain; charset=utf-8"}
        # Each try needs its own: a request that went through a proxy is another one afterwards.
        request = Request(url, data=data, headers=headers)  # noqa: S310 - the opener knows no other scheme
        found: list[Result] = []
        trying = threading.Thread(target=lambda: found.append(self._open(request)), daemon=True)
        trying.start()
        trying.join(self._orders.try_seconds)
        return found[0] if found else in_words(TimeoutError())

    def _open(self, request: Request) -> Result:
        try:
            with self._director.open(request, timeout=self._orders.try_seconds):
                return Result()
        except Exception as error:  # noqa: BLE001 - the edge of a thread; all of it is told
            return in_words(error)


def lanes(orders: Orders) -> list[Lane]:
    """One for each host."""
    director, found = opener(), dict[str, Lane]()
    for place, (url, body) in enumerate(orders.pings):
        host = urlsplit(url).netloc.lower()
        if host not in found:
            found[host] = Lane(director, orders)
        found[host].add(place, url, body)
    return list(found.values())


def main() -> None:
    """Until all is told, or the time is up."""
    orders = Orders(**json.load(sys.stdin.buffer))
    end = time.monotonic() + orders.seconds
    started = lanes(orders)
    for lane in started:
        lane.start()
    for lane in started:
        lane.join(max(0.0, end - time.monotonic()))
    os._exit(0)  # whatever still waits for a server is left behind


if __name__ == "__main__":
    main()
