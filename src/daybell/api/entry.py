"""How does one come in through the TCP door? What is asked before anything else."""

from typing import Annotated, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from daybell.api.answers import InvalidRequest, as_json, refusal
from daybell.api.doors import Listen, TcpDoor
from daybell.api.endpoint import HELLO, HOST
from daybell.api.headers import Head
from daybell.api.keys import CODE_LIFE, Keys
from daybell.model.errors import Conflict

Body = TypeVar("Body", bound=msgspec.Struct)

SESSION = "/api/v1/session"
OPEN = frozenset({SESSION, HELLO})
"""What may be asked before one has shown anything: it hands out nothing for nothing."""


class HelloBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a hello."""

    nonce: Annotated[str, msgspec.Meta(min_length=16, max_length=128)]
    """Anything new."""


class SessionBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body with which a browser begins."""

    code: str
    """What stood in the fragment of the address."""


class Entry:
    """Lives on the event loop's thread."""

    def __init__(self, door: TcpDoor, listen: Listen) -> None:
        self._door = door
        self._listen = listen

    def table(self) -> list[Route]:
        return [
            Route("/api/v1/door", self.open_door, methods=["POST"]),
            Route(HELLO, self.hello, methods=["POST"]),
            Route(SESSION, self.begin_session, methods=["POST"]),
        ]

    async def open_door(self, request: Request) -> Response:
        """Where the page is, with a code that lets one browser in. A browser's session asks in vain."""
        head = Head.of(request.scope)
        keys = self._door.keys
        if head.port is not None and not (keys and keys.is_token(head.bearer)):
            return refusal(403, "not_permitted", "only who holds the token may let a browser in")
        port, url = await self.let_in()
        return as_json({"port": port, "url": url, "seconds": CODE_LIFE}, 201)

    async def let_in(self) -> tuple[int, str]:
        """The port, and an address there that is worth something once and for a minute."""
        opened = await self._door.open(self._listen)
        return opened.port, f"http://{HOST}:{opened.port}/#code={opened.keys.new_code()}"

    async def hello(self, request: Request) -> Response:
        """The proof that we hold the token, for whoever wants it before they show theirs."""
        nonce = _read(await request.body(), HelloBody).nonce
        proof = self._keys().prove(nonce)
        if proof is None:
            return refusal(429, "too_many_tries", "there were too many hellos; wait a minute")
        return as_json({"proof": proof})

    async def begin_session(self, request: Request) -> Response:
        code = _read(await request.body(), SessionBody).code
        keys = self._keys()
        if not keys.hears_codes:
            return refusal(429, "too_many_tries", "there were too many wrong codes; wait a minute")
        session = keys.exchange(code)
        if session is None:
            return refusal(
                401, "unauthorized", "that code is too old or was used; `daybell open` makes a new one"
            )
        return as_json({"token": session}, 201)

    def _keys(self) -> Keys:
        if self._door.keys is None:
            raise Conflict("the API is not open to browsers; `daybell open` opens it")
        return self._door.keys


def _read(content: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise InvalidRequest(str(error)) from error
