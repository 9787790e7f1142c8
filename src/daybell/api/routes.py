"""What may be asked, and where? One short function a question, named like the service's."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from daybell.api.about import NOWHERE, About, Around
from daybell.api.answers import as_error, as_http_error, as_json, refusal, unexpected
from daybell.api.artifacts import Artifacts
from daybell.api.autostart import AutostartDoor
from daybell.api.away import AwayDoor
from daybell.api.callers import caller
from daybell.api.calls import Calls
from daybell.api.environment import EnvironmentDoor
from daybell.api.jobs import Jobs
from daybell.api.output import Output
from daybell.api.reports import Reports
from daybell.api.runs import Runs
from daybell.api.settings import SettingsDoor
from daybell.api.stats import Stats
from daybell.api.waiting import Waiting
from daybell.api.watching import Watching
from daybell.engine.service import SchedulerService
from daybell.model.errors import DaybellError
from daybell.store.artifacts import ArtifactFiles


class Routes:
    """The answers to all questions below /api/v1."""

    def __init__(
        self,
        service: SchedulerService,
        calls: Calls,
        waiting: Waiting,
        artifacts: ArtifactFiles,
        around: Around = NOWHERE,
    ) -> None:
        self._service = service
        self._call = calls
        self._jobs = Jobs(service, calls)
        self._runs = Runs(service, calls, waiting)
        self._settings = SettingsDoor(service, calls)
        self._stats = Stats(service, calls)
        self._away = AwayDoor(service, calls)
        self._output = Output(service, calls)
        self._artifacts = Artifacts(service, calls, artifacts)
        self._reports = Reports(service, calls, artifacts)
        self._about = About(service, calls, around)
        self._environment = EnvironmentDoor(service, calls, around.environment)
        self._autostart = AutostartDoor(calls, around.at_login)
        self.watching = Watching(service, calls)

    def table(self) -> list[Route]:
        """Every address with its method and what answers there."""
        return [
            Route("/api/v1/status", self.status),
            *self.watching.table(),
            *self._about.table(),
            *self._environment.table(),
            *self._autostart.table(),
            *self._of_jobs(),
            *self._of_runs(),
            Route("/api/v1/away", self._away.get),
            Route("/api/v1/away", self._away.dismiss, methods=["DELETE"]),
            Route("/api/v1/away/run", self._away.run, methods=["POST"]),
            Route("/api/v1/away/skip", self._away.skip, methods=["POST"]),
            Route("/api/v1/preview", self._jobs.preview, methods=["POST"]),
            Route("/api/v1/stats", self._stats.of_all),
            Route("/api/v1/settings", self._settings.get),
            Route("/api/v1/settings", self._settings.replace, methods=["PUT"]),
            Route("/api/v1/settings", self._settings.patch, methods=["PATCH"]),
            Route("/api/v1/pause", self.pause_all, methods=["POST"]),
            Route("/api/v1/resume", self.resume_all, methods=["POST"]),
            Route("/api/v1/cancel", self._runs.cancel_any, methods=["POST"]),
            Route("/api/v1/stop", self.stop, methods=["POST"]),
        ]

    def _of_jobs(self) -> list[Route]:
        jobs = self._jobs
        return [
            Route("/api/v1/jobs", jobs.list),
            Route("/api/v1/jobs", jobs.add, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}", jobs.get),
            Route("/api/v1/jobs/{job_id}", jobs.replace, methods=["PUT"]),
            Route("/api/v1/jobs/{job_id}", jobs.patch, methods=["PATCH"]),
            Route("/api/v1/jobs/{job_id}", jobs.remove, methods=["DELETE"]),
            Route("/api/v1/jobs/{job_id}/run", jobs.run, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/pause", jobs.pause, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/resume", jobs.resume, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/enable", jobs.enable, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/disable", jobs.disable, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/next", jobs.next_runs),
            Route("/api/v1/jobs/{job_id}/stats", self._stats.of_job),
            Route("/api/v1/jobs/{job_id}/edits", jobs.edits),
            Route("/api/v1/jobs/{job_id}/why", jobs.why),
        ]

    def _of_runs(self) -> list[Route]:
        runs = self._runs
        return [
            Route("/api/v1/runs", runs.list),
            Route("/api/v1/runs/{run_id}", runs.get),
            Route("/api/v1/runs/{run_id}/cancel", runs.cancel, methods=["POST"]),
            Route("/api/v1/runs/{run_id}/retry", runs.retry, methods=["POST"]),
            Route("/api/v1/runs/{run_id}/log", self._output.answer),
            Route("/api/v1/runs/{run_id}/artifacts", self._artifacts.list),
            Route("/api/v1/runs/{run_id}/artifacts/{name:path}", self._artifacts.content),
            Route("/api/v1/runs/{run_id}/report.md", self._reports.as_page),
            Route("/api/v1/runs/{run_id}/report.json", self._reports.as_members),
        ]

    async def status(self, _request: Request) -> Response:
        return as_json(await self._call(self._service.status))

    async def pause_all(self, request: Request) -> Response:
        await self._call(self._service.pause_all, caller(request))
        return as_json({})

    async def resume_all(self, _request: Request) -> Response:
        await self._call(self._service.resume_all)
        return as_json({})

    async def stop(self, _request: Request) -> Response:
        await self._call(self._service.request_stop)
        return as_json({}, 202)


def application(table: Sequence[Route]) -> Starlette:
    """The whole of it, but for the guard."""
    app = Starlette(
        routes=table,
        exception_handlers={
            DaybellError: _expected,
            HTTPException: _not_routed,
            TimeoutError: _too_slow,
            Exception: _unexpected,
        },
    )
    app.router.redirect_slashes = False
    return app


async def _expected(_request: Request, error: Exception) -> Response:
    return as_error(error if isinstance(error, DaybellError) else DaybellError())


async def _not_routed(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    answer = as_http_error(status, request.method, request.url.path)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        routes = [one for one in request.app.routes if one.matches(request.scope)[0] is not Match.NONE]
        answer.headers["allow"] = ", ".join(sorted({method for route in routes for method in route.methods}))
    return answer


async def _too_slow(_request: Request, _error: Exception) -> Response:
    return refusal(503, "busy", "Daybell is busy and did not answer in time; try again")


async def _unexpected(_request: Request, _error: Exception) -> Response:
    return unexpected()
