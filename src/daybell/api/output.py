"""What has a run printed so far? From an offset on, in chunks; what was left out is named, and not sent."""

from collections.abc import AsyncIterator
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response

from daybell.api.calls import Calls
from daybell.api.client import NEXT
from daybell.api.requests import number
from daybell.api.streaming import Streamed
from daybell.core.excerpt import head_of
from daybell.engine.service import SchedulerService
from daybell.model.errors import JobNotFound, RunNotFound
from daybell.model.job import Keep
from daybell.store.printed import Printed

LARGEST = 2**53
"""Bytes: what every JSON reader can count to."""


class Output:
    """Answers with bytes: what a command prints is its own business, and may be no text at all."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self._service = service
        self._call = calls

    async def answer(self, request: Request) -> Response:
        offset = number(request, "offset", default=0, highest=LARGEST)
        run_id = request.path_params["run_id"]
        file, head = await self._call(self._open, run_id)
        printed = Printed(file, head)
        # Up to the end as it is now: a run that prints without pause would otherwise be followed for ever.
        end = max(offset, await self._call(printed.end))
        return Streamed(
            self._chunks(file, printed, offset, end),
            media_type="text/plain; charset=utf-8",
            headers={NEXT: str(end)},
        )

    def _open(self, run_id: str) -> tuple[BinaryIO, int]:
        """Its file, and how much of the beginning is kept where it printed too much."""
        try:
            keep = self._service.get_job(self._service.get_run(run_id).job_id).keep
        except JobNotFound:
            keep = Keep()
        try:
            return self._service.log_file(run_id).open("rb"), head_of(keep.output)
        except FileNotFoundError as error:
            raise RunNotFound(f"the output of run {run_id} is gone") from error

    async def _chunks(self, file: BinaryIO, printed: Printed, offset: int, end: int) -> AsyncIterator[bytes]:
        try:
            while offset < end:
                chunk, offset = await self._call(printed.read, offset, end)
                if not chunk:
                    break
                yield chunk
        finally:
            file.close()
