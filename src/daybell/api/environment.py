"""Which environment does a job get, and where from?"""

import sys
from typing import Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from daybell.api.answers import as_json
from daybell.api.calls import Calls
from daybell.core.environment_view import EnvironmentView, Known, view
from daybell.core.search_path import overlaid
from daybell.engine.service import SchedulerService
from daybell.model.errors import NoFindings


class Environment(Protocol):
    """What `machine.job_environment` is."""

    @property
    def known(self) -> Known: ...

    def refresh(self) -> Known:
        """Ask the login shell anew, which may take half a minute. Conflict, NoFindings."""
        ...


class NoEnvironment(Struct, frozen=True):
    """Where nobody knows."""

    @property
    def known(self) -> Known:
        raise NoFindings("nobody here knows the environment of jobs")

    def refresh(self) -> Known:
        return self.known


NO_ENVIRONMENT = NoEnvironment()


class EnvironmentDoor:
    """Values are told of variables alone that hold no secrets: PATH, the locale, directories."""

    def __init__(self, service: SchedulerService, calls: Calls, environment: Environment) -> None:
        self._service = service
        self._call = calls
        self._environment = environment

    def table(self) -> list[Route]:
        return [
            Route("/api/v1/environment", self.of_all),
            Route("/api/v1/environment/refresh", self.refresh, methods=["POST"]),
            Route("/api/v1/jobs/{job_id}/environment", self.of_job),
        ]

    async def of_all(self, _request: Request) -> Response:
        """What all jobs have in common, beside the login shell's and Daybell's own."""
        return as_json(await self._call(lambda: view(self._environment.known)))

    async def of_job(self, request: Request) -> Response:
        """With what the job's own definition says; what a run is told of itself is not among it."""
        return as_json(await self._call(self._of_job, request.path_params["job_id"]))

    async def refresh(self, _request: Request) -> Response:
        """Ask the login shell anew. It takes as long as the shell's own files do, at most half a minute."""
        return as_json(await self._call(lambda: view(self._environment.refresh())))

    def _of_job(self, job_id: str) -> EnvironmentView:
        job = self._service.get_job(job_id)
        added = overlaid({}, job.handler.env, sys.platform)
        return view(self._environment.known, job_id, added)
