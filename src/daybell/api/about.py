"""What is there to know of the app itself? Which one it is, where it keeps what it has, and what ails it."""

import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from daybell.api.answers import as_json
from daybell.api.autostart import NO_LOGIN, AtLoginSwitch
from daybell.api.calls import Calls
from daybell.api.environment import NO_ENVIRONMENT, Environment
from daybell.engine.service import SchedulerService
from daybell.model.errors import NoFindings


def _nobody() -> dict[str, object]:
    raise NoFindings("there is no doctor here")


class Around(NamedTuple):
    """What is told of the app that the scheduler does not know."""

    paths: Mapping[str, str] = {}
    doctor: Callable[[], Mapping[str, object]] = _nobody
    """What `daybell doctor --json` says; may take long. NoFindings, Conflict."""
    endpoint: Path | None = None
    """The file that leads to the port; without one it lies beside the socket."""
    environment: Environment = NO_ENVIRONMENT
    at_login: AtLoginSwitch = NO_LOGIN


NOWHERE = Around()


class About:
    """Reads, and changes nothing."""

    def __init__(self, service: SchedulerService, calls: Calls, around: Around) -> None:
        self._service = service
        self._call = calls
        self._around = around

    def table(self) -> list[Route]:
        return [
            Route("/api/v1/about", self.about),
            Route("/api/v1/doctor", self.doctor),
        ]

    async def about(self, _request: Request) -> Response:
        """Which Daybell this is, and where its files are."""
        return as_json(await self._call(self._about))

    async def doctor(self, _request: Request) -> Response:
        """What `daybell doctor` finds. It takes a second or two, at most twenty; one can ask at a time."""
        return as_json(await self._call(self._around.doctor))

    def _about(self) -> dict[str, object]:
        scheduler = self._service.status().scheduler
        return {
            "version": scheduler.version,
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.release()}",
            "pid": scheduler.pid,
            "started": scheduler.started,
            "zone": str(self._service.zone),
            "paths": self._around.paths,
        }
