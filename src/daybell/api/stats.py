"""How do runs go, over the last days? Counted when somebody asks."""

from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from daybell.api.answers import as_json
from daybell.api.calls import Calls
from daybell.api.requests import number
from daybell.core.summaries import summarised
from daybell.engine.service import SchedulerService

USUAL, MOST = 30, 3650
"""Days."""


class Stats:
    """JobNotFound becomes an answer as everywhere."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self._service = service
        self._call = calls

    async def of_all(self, request: Request) -> Response:
        days = number(request, "days", default=USUAL, lowest=1, highest=MOST)
        return as_json({"days": days, **asdict(await self._call(self._service.summaries, days))})

    async def of_job(self, request: Request) -> Response:
        days = number(request, "days", default=USUAL, lowest=1, highest=MOST)
        job_id: str = request.path_params["job_id"]
        found = await self._call(self._service.summaries, days, job_id)
        summary = found.jobs.get(job_id) or summarised(())
        known = {"job_id": job_id, "days": days, "since": found.since, "is_complete": found.is_complete}
        return as_json({**known, "hours": found.hours, **asdict(summary)})
