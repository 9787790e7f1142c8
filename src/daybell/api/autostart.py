"""What may be asked about starting at login?"""

from typing import Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from daybell.api.answers import InvalidRequest, as_json
from daybell.api.calls import Calls
from daybell.core.autostart import AtLogin, How
from daybell.model.errors import Conflict

ADDRESS = "/api/v1/autostart"


class AtLoginBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a switch."""

    enabled: bool
    how: How | None = None
    """In which way; null: in the one that is on, or the usual one."""


class AtLoginSwitch(Protocol):
    """May take seconds; DaybellError."""

    def now(self) -> AtLogin: ...

    def switch(self, *, on: bool, how: How | None = None) -> AtLogin:
        """Conflict where somebody else has switched it off."""
        ...


class NoLogin:
    """Stands where no app runs that could start at login."""

    def now(self) -> AtLogin:
        return AtLogin(False)

    def switch(self, *, on: bool, how: How | None = None) -> AtLogin:  # noqa: ARG002 - it has none
        raise Conflict(f"there is nothing here that could be switched {'on' if on else 'off'}")


NO_LOGIN = NoLogin()


class AutostartDoor:
    """Off the event loop: programs of the system are asked."""

    def __init__(self, calls: Calls, switch: AtLoginSwitch) -> None:
        self._call = calls
        self._switch = switch

    def table(self) -> list[Route]:
        return [Route(ADDRESS, self.get), Route(ADDRESS, self.replace, methods=["PUT"])]

    async def get(self, _request: Request) -> Response:
        return as_json(await self._call(self._switch.now))

    async def replace(self, request: Request) -> Response:
        try:
            wish = msgspec.json.decode(await request.body(), type=AtLoginBody)
        except ValueError as error:  # also of what is no UTF-8
            raise InvalidRequest(f'expected {{"enabled": true}} or {{"enabled": false}}: {error}') from error
        return as_json(await self._call(self._switch.switch, on=wish.enabled, how=wish.how))
