"""What has a run left to be kept? A list of its files, and each of them as it is."""

import os
from collections.abc import AsyncIterator, Sequence
from typing import BinaryIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from daybell.api.answers import as_json
from daybell.api.calls import Calls
from daybell.api.streaming import Streamed
from daybell.engine.service import SchedulerService
from daybell.model.errors import RunNotFound
from daybell.store.artifacts import Artifact, ArtifactFiles

CHUNK = 64 * 1024


class Artifacts:
    """Answers with bytes that nobody may take for a page of ours."""

    def __init__(self, service: SchedulerService, calls: Calls, files: ArtifactFiles) -> None:
        self._service = service
        self._call = calls
        self._files = files

    async def list(self, request: Request) -> Response:
        return as_json({"artifacts": await self._call(self._list, request.path_params["run_id"])})

    async def content(self, request: Request) -> Response:
        name = request.path_params["name"]
        file = await self._call(self._open, request.path_params["run_id"], name)
        size = os.fstat(file.fileno()).st_size
        last = quote(name.rpartition("/")[2], safe="")
        return Streamed(
            self._chunks(file, size),
            media_type="application/octet-stream",
            headers={
                "Content-Length": str(size),
                "Content-Disposition": f"attachment; filename*=UTF-8''{last}",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _list(self, run_id: str) -> Sequence[Artifact]:
        run = self._service.get_run(run_id)
        try:
            return self._files.list(run.job_id, run.run_id)
        except OSError:
            return ()

    def _open(self, run_id: str, name: str) -> BinaryIO:
        run = self._service.get_run(run_id)
        try:
            return self._files.open(run.job_id, run.run_id, name)
        except (OSError, ValueError) as error:
            raise RunNotFound(f"run {run_id} has left no such file") from error

    async def _chunks(self, file: BinaryIO, length: int) -> AsyncIterator[bytes]:
        try:
            while length > 0 and (chunk := await self._call(file.read, min(CHUNK, length))):
                length -= len(chunk)
                yield chunk
        finally:
            file.close()
