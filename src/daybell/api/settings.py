"""What do the settings say, and how are they changed?"""

from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from daybell.api.calls import Calls
from daybell.api.conditions import answer, expected_surely
from daybell.api.requests import changes
from daybell.engine.configuring import SettingsNow
from daybell.engine.service import SchedulerService


class SettingsDoor:
    """The one file that is no job's."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self._service = service
        self._call = calls

    async def get(self, request: Request) -> Response:
        return _told(request, await self._call(self._service.settings.now))

    async def replace(self, request: Request) -> Response:
        tags = expected_surely(request)
        wanted = await changes(request)
        return _told(request, await self._call(self._service.settings.replace, wanted, tags))

    async def patch(self, request: Request) -> Response:
        tags = expected_surely(request)
        patch = await changes(request)
        return _told(request, await self._call(self._service.settings.patch, patch, tags))


def _told(request: Request, now: SettingsNow) -> Response:
    members = asdict(now)
    return answer(request, members, members.pop("etag"))
