"""What is the shape of all this? The description of the API, and the schemas of what a person writes."""

from collections.abc import Sequence
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from daybell.api.calls import Calls
from daybell.engine.service import SchedulerService
from daybell.store.schemas import SHIPPED

JSON = "application/json"
SCHEMA = "application/schema+json"


class Documents:
    """Made when somebody asks for the first time: few do, and it takes a tenth of a second."""

    def __init__(self, service: SchedulerService, calls: Calls, schemas: Path) -> None:
        """`schemas` is where those are that were shipped."""
        self._service = service
        self._call = calls
        self._schemas = schemas
        self._openapi = b""

    async def openapi(self, request: Request) -> Response:
        """What may be asked, and what is answered, as OpenAPI 3.1."""
        if not self._openapi:
            routes = [route for route in request.app.routes if isinstance(route, Route)]
            self._openapi = await self._call(self._made, routes)
        return Response(self._openapi, media_type=JSON)

    async def schema(self, request: Request) -> Response:
        """What may stand in a job's file or in the settings, and what runs and the status look like."""
        name = request.path_params["name"]
        if name not in SHIPPED:
            raise HTTPException(404)
        content = await self._call((self._schemas / f"{name}.schema.json").read_bytes)
        return Response(content, media_type=SCHEMA)

    def _made(self, routes: Sequence[Route]) -> bytes:
        from daybell.api.openapi import document  # noqa: PLC0415 - few ask, and all would pay its memory

        return document(routes, self._service.status().scheduler.version, self._schemas)
