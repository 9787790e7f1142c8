"""What has a run printed so far? Its file as it is, from an offset on, in chunks."""

from collections.abc import AsyncIterator
from io import SEEK_END
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from daybell.api.calls import Calls
from daybell.api.requests import number
from daybell.engine.service import SchedulerService
from daybell.model.errors import RunNotFound

CHUNK = 64 * 1024
LARGEST = 2**53
"""Bytes: what every JSON reader can count to."""


class Output:
    """Answers with bytes: what a command prints is its own business, and may be no text at all."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self._service = service
        self._call = calls

    async def answer(self, request: Request) -> Response:
        offset = number(request, "offset", default=0, highest=LARGEST)
        file = await self._call(self._open, request.path_params["run_id"])
        # Up to the end as it is now: a run that prints without pause would otherwise be followed for ever.
        length = max(0, await self._call(file.seek, 0, SEEK_END) - offset)
        return StreamingResponse(
            self._chunks(file, offset, length),
            media_type="text/plain; charset=utf-8",
            headers={"Content-Length": str(length)},
        )

    def _open(self, run_id: str) -> BinaryIO:
        try:
            return self._service.log_file(run_id).open("rb")
        except FileNotFoundError as error:
            raise RunNotFound(f"the output of run {run_id} is gone") from error

    async def _chunks(self, file: BinaryIO, offset: int, length: int) -> AsyncIterator[bytes]:
        try:
            await self._call(file.seek, offset)
            while length > 0 and (chunk := await self._call(file.read, min(CHUNK, length))):
                length -= len(chunk)
                yield chunk
        finally:
            file.close()
