"""May a request with this head pass, and what does each answer tell a browser?

The rules stand in the order in which they are asked; the first that objects gives the answer.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Scope

from daybell.api.answers import refusal

MAX_BODY = 256 * 1024
"""Bytes; a job file is one or two thousand."""
MAX_HEAD = 16 * 1024
"""Bytes of the target and all headers together."""
MOST_HEADERS = 64
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
WRITING = ("POST", "PUT", "PATCH")
JSON_TYPES = (b"application/json", b"application/merge-patch+json")

POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    b"require-trusted-types-for 'script'; trusted-types 'none'"
)
"""What a page of ours may do: use its own files and this API, and make no markup of text."""
HARDENING = (
    (b"content-security-policy", POLICY),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""On every answer of both doors."""


class Head(NamedTuple):
    """A request before its body."""

    method: str
    path: str
    raw_path: str
    """As it was sent: printable ASCII, fit for a log."""
    size: int
    """Bytes of the target and of all headers."""
    headers: Sequence[tuple[bytes, bytes]]
    port: int | None
    """The port it came to; None: it came through the unix socket."""

    @classmethod
    def of(cls, scope: Scope) -> "Head":
        headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
        raw_path: bytes = scope["raw_path"]
        # A place that nobody knows is not the unix socket: no port is right there, and all is refused.
        _, port = scope["server"] or ("", 0)
        return cls(
            method=scope["method"],
            path=scope["path"],
            raw_path=raw_path.decode("ascii", "backslashreplace"),
            size=len(raw_path) + len(scope["query_string"]) + sum(len(n) + len(v) + 4 for n, v in headers),
            headers=headers,
            port=port,
        )

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]

    @property
    def has_body(self) -> bool:
        return self.all(b"content-length") not in ([], [b"0"]) or bool(self.all(b"transfer-encoding"))

    @property
    def bearer(self) -> bytes:
        """What it shows to be let in; empty without anything, or with more than one thing."""
        match self.all(b"authorization"):
            case [shown]:
                scheme, _, token = shown.partition(b" ")
                return token.strip() if scheme.lower() == b"bearer" else b""
            case _:
                return b""


def judge(head: Head) -> Response | None:
    """The answer to a request that may not pass; None where no rule objects."""
    return next((answer for rule in RULES if (answer := rule(head))), None)


def _frame(head: Head) -> Response | None:
    """Two statements of one length: a proxy might believe the other one."""
    if head.all(b"content-length") and head.all(b"transfer-encoding"):
        return refusal(400, "bad_request", "send Content-Length or Transfer-Encoding, and not both")
    return None


def _size(head: Head) -> Response | None:
    if len(head.headers) > MOST_HEADERS or head.size > MAX_HEAD:
        most = f"{MOST_HEADERS} headers, {MAX_HEAD // 1024} KiB in all"
        return refusal(431, "head_too_large", f"a request may have at most {most}")
    return None


def _host(head: Head) -> Response | None:
    """A foreign name that leads to this machine is how a web page would get behind our address."""
    if head.port is None:
        return None
    hosts = head.all(b"host")
    if len(hosts) != 1:
        return refusal(400, "bad_request", "send one Host header")
    if hosts[0] not in (b"127.0.0.1:%d" % head.port, b"localhost:%d" % head.port):
        return refusal(421, "wrong_host", f"this is 127.0.0.1:{head.port}, and answers to no other name")
    return None


def _fetch_site(head: Head) -> Response | None:
    """Where the browser says that another page asks. Another port of ours is another page too."""
    if head.port is None:
        return None
    match head.all(b"sec-fetch-site"):
        case [] | [b"same-origin"]:
            return None
        case [b"none"] if head.method in ("GET", "HEAD"):
            return None
        case [_] if _opens_the_page(head):
            return None
        case _:
            return refusal(403, "foreign_page", "another page may not ask this")


def _opens_the_page(head: Head) -> bool:
    """A link that leads to the page itself, in a window of its own: it holds nothing that could be read."""
    return (
        head.method == "GET"
        and head.path == "/"
        and head.all(b"sec-fetch-mode") == [b"navigate"]
        and head.all(b"sec-fetch-dest") == [b"document"]
    )


def _origin(head: Head) -> Response | None:
    if head.port is None:
        return None
    origins = head.all(b"origin")
    if origins and origins != [b"http://" + head.all(b"host")[0]]:
        return refusal(403, "foreign_page", "another page may not ask this")
    return None


def _method(head: Head) -> Response | None:
    if head.method in METHODS:
        return None
    answer = refusal(405, "method_not_allowed", f"nothing here takes {head.method[:20]}")
    answer.headers["allow"] = ", ".join(METHODS)
    return answer


def _content_type(head: Head) -> Response | None:
    """A form of another page can send all types but these. Through the socket no page comes."""
    if not head.has_body and (head.port is None or head.method not in WRITING):
        return None
    kinds = head.all(b"content-type")
    if len(kinds) == 1 and kinds[0].partition(b";")[0].strip().lower() in JSON_TYPES:
        return None
    return refusal(415, "unsupported_type", "send JSON, with Content-Type: application/json")


def _length(head: Head) -> Response | None:
    declared = head.all(b"content-length")
    if declared and int(declared[0]) > MAX_BODY:
        return too_large()
    return None


def too_large() -> Response:
    return refusal(413, "too_large", f"a request may not be larger than {MAX_BODY // 1024} KiB")


def too_slow() -> Response:
    return refusal(HTTPStatus.REQUEST_TIMEOUT, "too_slow", "the request took too long to come")


RULES: tuple[Callable[[Head], Response | None], ...] = (
    *(_frame, _size),
    *(_host, _fetch_site, _origin),
    *(_method, _content_type, _length),
)
