"""What may be asked, and where? One short function a question, named like the service's."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from daybell.api.answers import as_error, as_http_error, as_json, refusal, unexpected
from daybell.api.calls import Calls
from daybell.api.guard import Guard
from daybell.api.output import Output
from daybell.api.requests import cancel_target, new_definition, number, run_query, seconds
from daybell.api.waiting import Waiting
from daybell.engine.service import SchedulerService
from daybell.model.errors import DaybellError

MOST_INSTANTS = 100
LONGEST_WAIT = 60.0
"""Seconds; whoever wants to wait longer asks again, so nobody who hung up is waited for longer."""


class Routes:
    """The answers to all questions below /api/v1."""

    def __init__(self, service: SchedulerService, calls: Calls, waiting: Waiting) -> None:
        self._service = service
        self._call = calls
        self._waiting = waiting
        self._output = Output(service, calls)

    def table(self) -> list[Route]:
        """Every address with its method and what answers there."""
        return [
            Route("/api/v1/status", self.status),
            Route("/api/v1/jobs", self.list_jobs),
            Route("/api/v1/jobs", self.add_job, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}", self.get_job),
            Route("/api/v1/jobs/{job_id}", self.remove_job, methods=["DELETE"]),
            Route("/api/v1/jobs/{job_id}/run", self.run_now, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/pause", self.pause_job, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/resume", self.resume_job, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/next", self.next_runs),
            Route("/api/v1/pause", self.pause_all, methods=["POST"]),
            Route("/api/v1/resume", self.resume_all, methods=["POST"]),
            Route("/api/v1/runs", self.history),
            Route("/api/v1/runs/{run_id}", self.get_run),
            Route("/api/v1/runs/{run_id}/log", self._output.answer),
            Route("/api/v1/cancel", self.cancel_run, methods=["POST"]),
            Route("/api/v1/stop", self.stop, methods=["POST"]),
        ]

    async def status(self, _request: Request) -> Response:
        return as_json(await self._call(self._service.status))

    async def list_jobs(self, _request: Request) -> Response:
        return as_json(await self._call(self._service.list_jobs))

    async def add_job(self, request: Request) -> Response:
        job_id, definition = await new_definition(request)
        return as_json(await self._call(self._service.add_job, job_id, definition), 201)

    async def get_job(self, request: Request) -> Response:
        job_id = request.path_params["job_id"]
        job = await self._call(self._service.get_job, job_id)
        return as_json({"job": job, "status": await self._call(self._service.get_job_status, job_id)})

    async def remove_job(self, request: Request) -> Response:
        await self._call(self._service.remove_job, request.path_params["job_id"])
        return Response(status_code=204)

    async def run_now(self, request: Request) -> Response:
        run_id = await self._call(self._service.run_now, request.path_params["job_id"])
        return as_json({"run_id": run_id}, 202)

    async def pause_job(self, request: Request) -> Response:
        job_id = request.path_params["job_id"]
        await self._call(self._service.pause_job, job_id)
        return as_json(await self._call(self._service.get_job_status, job_id))

    async def resume_job(self, request: Request) -> Response:
        job_id = request.path_params["job_id"]
        await self._call(self._service.resume_job, job_id)
        return as_json(await self._call(self._service.get_job_status, job_id))

    async def pause_all(self, _request: Request) -> Response:
        await self._call(self._service.pause_all)
        return as_json({})

    async def resume_all(self, _request: Request) -> Response:
        await self._call(self._service.resume_all)
        return as_json({})

    async def next_runs(self, request: Request) -> Response:
        job_id = request.path_params["job_id"]
        count = number(request, "n", default=5, lowest=1, highest=MOST_INSTANTS)
        return as_json({"job_id": job_id, "runs": await self._call(self._service.next_runs, job_id, count)})

    async def history(self, request: Request) -> Response:
        page = await self._call(self._service.history, run_query(request, self._service.zone))
        return as_json({"runs": page.runs, "next": None if page.next is None else str(page.next)})

    async def get_run(self, request: Request) -> Response:
        run_id = request.path_params["run_id"]
        patience = seconds(request, "wait", highest=LONGEST_WAIT)
        if patience:
            return as_json(await self._waiting.for_end(run_id, patience))
        return as_json(await self._call(self._service.get_run, run_id))

    async def cancel_run(self, request: Request) -> Response:
        target = await cancel_target(request)
        return as_json({"run_ids": await self._call(self._service.cancel_run, target)})

    async def stop(self, _request: Request) -> Response:
        await self._call(self._service.request_stop)
        return as_json({}, 202)


def application(routes: Routes) -> Guard:
    """The whole of it, guard outermost."""
    app = Starlette(
        routes=routes.table(),
        exception_handlers={
            DaybellError: _expected,
            HTTPException: _not_routed,
            TimeoutError: _too_slow,
            Exception: _unexpected,
        },
    )
    app.router.redirect_slashes = False
    return Guard(app)


async def _expected(_request: Request, error: Exception) -> Response:
    return as_error(error if isinstance(error, DaybellError) else DaybellError())


async def _not_routed(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return as_http_error(status, request.method, request.url.path)


async def _too_slow(_request: Request, _error: Exception) -> Response:
    return refusal(503, "busy", "Daybell is busy and did not answer in time; try again")


async def _unexpected(_request: Request, _error: Exception) -> Response:
    return unexpected()
