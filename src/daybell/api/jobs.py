"""What may be asked of jobs? Their files are edited, and they are told to run, to pause and to go on."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from daybell.api.answers import as_json
from daybell.api.callers import caller
from daybell.api.calls import Calls
from daybell.api.conditions import answer, expected, expected_surely, tagged
from daybell.api.requests import asked_definition, changes, moment, new_definition, number, pause_wish
from daybell.engine.editing import Document
from daybell.engine.service import SchedulerService
from daybell.model.errors import JobNotFound
from daybell.model.job import Job

MOST_INSTANTS = 100


class Jobs:
    """JobNotFound and other refusals become answers as everywhere."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self._service = service
        self._editor = service.editor
        self._call = calls

    async def list(self, _request: Request) -> Response:
        return as_json(await self._call(self._service.list_jobs))

    async def add(self, request: Request) -> Response:
        job_id, definition = await new_definition(request)
        status = await self._call(self._service.add_job, job_id, definition)
        file = await self._call(self._editor.document, job_id)
        response = tagged(as_json(status, 201), file.etag)
        response.headers["location"] = f"/api/v1/jobs/{job_id}"
        return response

    async def get(self, request: Request) -> Response:
        job_id = _id(request)
        return await self._told(request, await self._call(self._editor.document, job_id))

    async def replace(self, request: Request) -> Response:
        job_id, tags = _id(request), expected_surely(request)
        wanted = await changes(request, job_id)
        return await self._told(request, await self._call(self._editor.replace, job_id, wanted, tags))

    async def patch(self, request: Request) -> Response:
        job_id, tags = _id(request), expected_surely(request)
        patch = await changes(request, job_id)
        return await self._told(request, await self._call(self._editor.patch, job_id, patch, tags))

    async def remove(self, request: Request) -> Response:
        await self._call(self._service.remove_job, _id(request), expected(request))
        return Response(status_code=204)

    async def preview(self, request: Request) -> Response:
        count = number(request, "n", default=5, lowest=1, highest=MOST_INSTANTS)
        job_id, wanted = await asked_definition(request)
        return as_json(await self._call(self._editor.preview, job_id, wanted, count))

    async def run(self, request: Request) -> Response:
        run_id = await self._call(self._service.run_now, _id(request))
        return as_json({"run_id": run_id}, 202)

    async def pause(self, request: Request) -> Response:
        until, reason = await pause_wish(request, self._service.zone)
        await self._call(self._service.pause_job, _id(request), until, reason, caller(request))
        return await self._status(request)

    async def resume(self, request: Request) -> Response:
        await self._call(self._service.resume_job, _id(request))
        return await self._status(request)

    async def enable(self, request: Request) -> Response:
        return await self._switched(request, is_enabled=True)

    async def disable(self, request: Request) -> Response:
        return await self._switched(request, is_enabled=False)

    async def next_runs(self, request: Request) -> Response:
        count = number(request, "n", default=5, lowest=1, highest=MOST_INSTANTS)
        runs = await self._call(self._service.next_runs, _id(request), count)
        return as_json({"job_id": _id(request), "runs": runs})

    async def edits(self, request: Request) -> Response:
        """The definitions with which it ran, and the one it has now: fifty at most, the latest first."""
        return as_json({"edits": await self._call(self._service.observation.edits.of, _id(request))})

    async def why(self, request: Request) -> Response:
        at = moment("at", request.query_params.get("at"), self._service.zone)
        return as_json(await self._call(self._service.explaining.why, _id(request), at))

    async def _told(self, request: Request, file: Document) -> Response:
        job_id = _id(request)
        status = await self._call(self._service.get_job_status, job_id)
        job = await self._call(_or_none, self._service.get_job, job_id)
        return answer(request, {"job": job, "status": status, "definition": file.definition}, file.etag)

    async def _switched(self, request: Request, *, is_enabled: bool) -> Response:
        file = await self._call(self._editor.enable, _id(request), is_enabled=is_enabled)
        return tagged(await self._status(request), file.etag)

    async def _status(self, request: Request) -> Response:
        return as_json(await self._call(self._service.get_job_status, _id(request)))


def _id(request: Request) -> str:
    job_id: str = request.path_params["job_id"]
    return job_id


def _or_none(get_job: Callable[[str], Job], job_id: str) -> Job | None:
    """None for a job whose file was never valid."""
    try:
        return get_job(job_id)
    except JobNotFound:
        return None
