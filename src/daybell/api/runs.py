"""What may be asked of runs? Their rows, and to end one or to try it again."""

from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from daybell.api.answers import as_json
from daybell.api.calls import Calls
from daybell.api.requests import cancel_target, run_query, seconds
from daybell.api.waiting import Waiting
from daybell.engine.service import SchedulerService

LONGEST_WAIT = 60.0
"""Seconds; whoever wants to wait longer asks again, so nobody who hung up is waited for longer."""


class Runs:
    """RunNotFound and other refusals become answers as everywhere."""

    def __init__(self, service: SchedulerService, calls: Calls, waiting: Waiting) -> None:
        self._service = service
        self._call = calls
        self._waiting = waiting

    async def list(self, request: Request) -> Response:
        page = await self._call(self._service.history, run_query(request, self._service.zone))
        following = None if page.next is None else str(page.next)
        return as_json({"runs": [asdict(run) for run in page.runs], "next": following})

    async def get(self, request: Request) -> Response:
        run_id = request.path_params["run_id"]
        patience = seconds(request, "wait", highest=LONGEST_WAIT)
        if patience:
            run = await self._waiting.for_end(run_id, patience)
        else:
            run = await self._call(self._service.get_run, run_id)
        definition = await self._call(self._service.definition_of, run)
        return as_json({**asdict(run), "definition_snapshot": definition})

    async def cancel(self, request: Request) -> Response:
        run_id = request.path_params["run_id"]
        return as_json({"run_ids": await self._call(self._service.cancel_one, run_id)}, 202)

    async def cancel_any(self, request: Request) -> Response:
        """By the id of a run or of a job."""
        target = await cancel_target(request)
        return as_json({"run_ids": await self._call(self._service.cancel_run, target)})

    async def retry(self, request: Request) -> Response:
        run_id = await self._call(self._service.retry_run, request.path_params["run_id"])
        return as_json({"run_id": run_id}, 202)
