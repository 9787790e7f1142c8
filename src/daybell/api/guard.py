"""Which requests reach the routes at all? The outermost layer: nothing is routed round it."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daybell.api.answers import refusal

MAX_BODY = 256 * 1024
"""Bytes; a job file is one or two thousand."""
MAX_READ = 16 * MAX_BODY
"""Bytes read of a body that is too large, and thrown away: its sender hears an answer, not a broken pipe."""

log = logging.getLogger(__name__)


class Guard:
    """Reads each body once, whole, and judges it; logs what the app lets escape."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        body = await read_body(receive) if has_body(headers) else b""
        if body is None:
            answer = refusal(413, "too_large", f"a request may not be larger than {MAX_BODY // 1024} KiB")
            answer.headers["connection"] = "close"
            await answer(scope, receive, send)
        elif body and not is_json(headers):
            answer = refusal(415, "unsupported_type", "send JSON, with Content-Type: application/json")
            await answer(scope, receive, send)
        else:
            await self._let_through(scope, replay(body, receive), send)

    async def _let_through(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        # The edge of a request: the answer has gone out by now, and the next request must not suffer.
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])


def has_body(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


def is_json(headers: dict[bytes, bytes]) -> bool:
    kind = headers.get(b"content-type", b"").partition(b";")[0]
    return kind.strip().lower() == b"application/json"


async def read_body(receive: Receive) -> bytes | None:
    """All of it; None when it is too large, or its sender hung up before its end: half a wish is none."""
    parts: list[bytes] = []
    size = 0
    while size <= MAX_READ:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part: bytes = message.get("body", b"")
        size += len(part)
        if size <= MAX_BODY:
            parts.append(part)
        if not message.get("more_body", False):
            break
    return b"".join(parts) if size <= MAX_BODY else None


def replay(body: bytes, receive: Receive) -> Receive:
    """The body once more, in one piece, and then whatever comes."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
