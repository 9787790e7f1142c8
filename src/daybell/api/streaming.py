"""How is an answer sent that is made while it is sent? Piece by piece, for as long as somebody reads it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

STALLED = 30.0
"""Seconds for which a reader may take nothing; then it is not one any more."""

log = logging.getLogger(__name__)


class Streamed(Response):
    """As Starlette's own, but that brings in anyio's back end, and with it ssl: 5 MB for two futures.

    Its pieces are closed when it is over, however that came.
    """

    def __init__(
        self, pieces: AsyncIterator[bytes], *, media_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self._pieces = pieces
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not sending.done():
                sending.cancel()
            outcomes = await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._close()
        match outcomes[0]:
            case TimeoutError():
                log.warning("closed a stream that nobody reads: %s", scope["path"])
            case Exception() as error:
                raise error

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for piece in self._pieces:
            async with asyncio.timeout(STALLED):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _close(self) -> None:
        if isinstance(self._pieces, AsyncGenerator):
            await self._pieces.aclose()


async def _gone(receive: Receive) -> None:
    """Returns once nobody is there any more."""
    while (await receive())["type"] != "http.disconnect":
        pass
