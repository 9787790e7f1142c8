"""What may be asked about what happened while nobody looked?"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from daybell.api.answers import InvalidRequest, as_json
from daybell.api.calls import Calls
from daybell.engine.service import SchedulerService


class AwayBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of what shall become of it, which may be absent."""

    job: str | None = None
    """Only of this one."""


class AwayDoor:
    """JobNotFound and Conflict become answers as everywhere."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self._service = service
        self._call = calls

    async def get(self, _request: Request) -> Response:
        return as_json({"away": await self._call(self._service.away.card)})

    async def run(self, request: Request) -> Response:
        return as_json({"run_ids": await self._call(self._service.away.run, await _job(request))}, 202)

    async def skip(self, request: Request) -> Response:
        return as_json({"run_ids": await self._call(self._service.away.skip, await _job(request))}, 202)

    async def dismiss(self, _request: Request) -> Response:
        await self._call(self._service.away.dismiss)
        return Response(status_code=204)


async def _job(request: Request) -> str | None:
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=AwayBody).job
    except ValueError as error:  # also of what is no UTF-8
        raise InvalidRequest(f'expected {{"job": "backup"}} or nothing: {error}') from error
