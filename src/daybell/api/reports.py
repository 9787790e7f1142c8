"""What is told of one run, as a page for people or as one object for programs? Made when it is asked for."""

from contextlib import suppress

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from daybell.api.answers import as_json
from daybell.api.calls import Calls
from daybell.core.report import Artifact, Report, as_markdown, as_members
from daybell.engine.service import SchedulerService
from daybell.store.artifacts import ArtifactFiles


class Reports:
    """A run that there is not is answered as everywhere."""

    def __init__(self, service: SchedulerService, calls: Calls, files: ArtifactFiles) -> None:
        self._service = service
        self._call = calls
        self._files = files

    async def as_page(self, request: Request) -> Response:
        report = await self._call(self._report, request.path_params["run_id"])
        return Response(as_markdown(report), media_type="text/markdown")

    async def as_members(self, request: Request) -> Response:
        report = await self._call(self._report, request.path_params["run_id"])
        return as_json(as_members(report))

    def _report(self, run_id: str) -> Report:
        report = self._service.report(run_id)
        with suppress(OSError):
            found = self._files.list(report.run.job_id, run_id)
            return replace(report, artifacts=tuple(Artifact(one.name, one.bytes) for one in found))
        return report
