"""How is a body read: once, whole, and neither for ever nor without a bound?"""

import asyncio
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from daybell.api.answers import refusal
from daybell.api.headers import MAX_BODY, too_large, too_slow

LINGER = 2.0
MAX_UNREAD = 16 * MAX_BODY
"""Seconds and bytes for which a refused body is thrown away: its sender hears an answer, no broken pipe."""


async def read_body(receive: Receive, patience: float) -> bytes | Response:
    """All of it, or why it was refused. Who hung up before its end is refused too: half a wish is none."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(patience):
            while size <= MAX_BODY:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return refusal(400, "bad_request", "the request ended before its body did")
                part: bytes = message.get("body", b"")
                parts.append(part)
                size += len(part)
                if not message.get("more_body", False):
                    return b"".join(parts) if size <= MAX_BODY else too_large()
    except TimeoutError:
        return too_slow()
    return too_large()


def replay(body: bytes, receive: Receive) -> Receive:
    """The body once more, in one piece, and then whatever comes."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


async def answer_unread(
    answer: Response, scope: Scope, receive: Receive, send: Send, patience: float = LINGER
) -> None:
    """Answer while the body still comes, and hang up only then: it is read, and thrown away, for a while."""
    answer.headers["connection"] = "close"

    async def last_word(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        await send({**message, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await _discard(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    await answer(scope, receive, last_word)


async def _discard(receive: Receive) -> None:
    size = 0
    while size <= MAX_UNREAD:
        message = await receive()
        size += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return
