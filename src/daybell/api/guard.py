"""Which requests reach the routes at all? The outermost layer of both doors: nothing is routed round it."""

import logging
from collections.abc import Set as AbstractSet
from contextlib import nullcontext

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daybell.api.answers import refusal, unexpected
from daybell.api.bodies import answer_unread, read_body, replay
from daybell.api.bounds import USUAL, Bounds
from daybell.api.doors import TcpDoor
from daybell.api.headers import HARDENING, Head, judge
from daybell.api.quota import REFUSALS_TOLD, Quota

log = logging.getLogger(__name__)


class Guard:
    """Judges head, visitor and body, in this order; hardens each answer; logs what the app lets escape."""

    def __init__(
        self, app: ASGIApp, door: TcpDoor, bounds: Bounds = USUAL, public: AbstractSet[str] = frozenset()
    ) -> None:
        """`public` are the paths that may be asked before one has shown anything."""
        self._app = app
        self._door = door
        self._bounds = bounds
        self._public = public
        self._refusals = Quota(*REFUSALS_TOLD)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        head = Head.of(scope)
        answering = Answering(send)
        if refused := judge(head) or self._judge_visitor(head):
            await self._refuse(head, refused, scope, receive, answering)
            return
        is_inside = head.port is not None and head.path not in self._public
        with self._door.visit() if is_inside else nullcontext():
            body = await read_body(receive, self._bounds.slowest) if head.has_body else b""
            if isinstance(body, Response):
                await self._refuse(head, body, scope, receive, answering)
            else:
                await self._let_through(head, scope, replay(body, receive), answering)

    def _judge_visitor(self, head: Head) -> Response | None:
        """Through the socket comes nobody else: its protocol has seen to that."""
        if head.port is not None and head.path not in self._public and not self._door.admits(head.bearer):
            answer = refusal(401, "unauthorized", "show who you are: Authorization: Bearer, with the token")
            answer.headers["www-authenticate"] = "Bearer"
            return answer
        return None

    async def _let_through(self, head: Head, scope: Scope, receive: Receive, answering: "Answering") -> None:
        try:
            await self._app(scope, receive, answering)
        # The edge of a request: the next one must not suffer.
        except Exception:
            log.exception("%s %s failed", head.method, head.raw_path)
            if not answering.has_begun:
                await unexpected()(scope, receive, answering)

    async def _refuse(
        self, head: Head, answer: Response, scope: Scope, receive: Receive, answering: "Answering"
    ) -> None:
        # Never what stands behind a question mark: there may be a secret in it.
        if self._refusals.take():
            log.warning("refused %s %s: %d", head.method, head.raw_path[:200], answer.status_code)
        if head.has_body:
            await answer_unread(answer, scope, receive, answering)
        else:
            await answer(scope, receive, answering)


class Answering:
    """Sends what it is given, with the headers that every answer has."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            said = list(message.get("headers", []))
            names = {name.lower() for name, _ in said}
            message["headers"] = said + [one for one in HARDENING if one[0] not in names]
        await self._send(message)
