"""Who may hold a connection, and for how long without a word? HTTP as uvicorn speaks it, with bounds."""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import ClassVar

import h11
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from daybell.api.answers import refusal
from daybell.api.bounds import USUAL, Bounds
from daybell.api.headers import HARDENING, MAX_HEAD, too_slow
from daybell.api.peers import HasOptions, is_allowed, own_uid, peer_uid
from daybell.api.quota import REFUSALS_TOLD, Quota

STREAMS = ("/api/v1/events",)
"""What goes on until somebody hangs up: bounded elsewhere."""

UidOf = Callable[[HasOptions], int | None]

log = logging.getLogger(__name__)


class BoundedProtocol(H11Protocol):
    """One connection."""

    uid_of: ClassVar[UidOf] = staticmethod(peer_uid)
    bounds: ClassVar[Bounds] = USUAL
    tellings: ClassVar[Quota] = Quota(*REFUSALS_TOLD)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        # First of all, even for a stranger: uvicorn counts who comes, and later who goes.
        super().connection_made(transport)
        self.has_asked = False
        self.last_use = self.loop.time()
        self._head_timer: asyncio.TimerHandle | None = None
        if self._is_foreign(transport):
            transport.abort()
            return
        self._head_timer = self.loop.call_later(self.bounds.slowest, self._head_is_late)
        if not self._has_room():
            self.app = full

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.last_use = self.loop.time()
        if self.conn.their_state is not h11.IDLE:
            self._stop_head_timer()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(self.bounds.slowest, self._head_is_late)

    def on_response_complete(self) -> None:
        self.has_asked = True
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's, for what is no HTTP: as JSON, hardened, and with the status that fits."""
        hint = getattr(sys.exception(), "error_status_hint", 400)
        if hint == 431:
            self._answer_and_close(
                refusal(431, "head_too_large", f"at most {MAX_HEAD // 1024} KiB of headers")
            )
        else:
            self._answer_and_close(refusal(hint, "bad_request", msg))
        self._tell("refused what is no HTTP request: %d", hint)

    @property
    def is_busy(self) -> bool:
        """A request is being answered that came whole: who never ends theirs takes nobody's place."""
        return (
            self.conn.our_state in (h11.SEND_RESPONSE, h11.SEND_BODY)
            and self.conn.their_state is not h11.SEND_BODY
        )

    @property
    def is_stream(self) -> bool:
        return self.is_busy and self.scope["path"] in STREAMS

    def _is_foreign(self, transport: asyncio.Transport) -> bool:
        """Another user, at the unix socket, even if somebody has opened its mode."""
        if self.server is not None and self.server[1] is not None:
            return False
        uid = type(self).uid_of(transport.get_extra_info("socket"))
        if is_allowed(uid, own_uid()):
            return False
        self._tell("closed a connection from another user, uid %s", uid)
        return True

    def _has_room(self) -> bool:
        """Who has asked nothing yet makes room, then who is idle for longest: holding on keeps nobody out."""
        others = [one for one in self.connections if isinstance(one, BoundedProtocol) and one is not self]
        beside = [one for one in others if one.is_beside(self) and not one.is_stream]
        idle = sorted(
            (one for one in beside if not one.is_busy), key=lambda one: (one.has_asked, one.last_use)
        )
        for one in idle[: max(0, len(beside) - self.bounds.connections + 1)]:
            one.transport.abort()
        return len(beside) - len(idle) < self.bounds.connections

    def is_beside(self, other: "BoundedProtocol") -> bool:
        """Whether both came through the same door."""
        return self.server == other.server and not self.transport.is_closing()

    def _head_is_late(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self._answer_and_close(too_slow())

    def _tell(self, line: str, what: int | None) -> None:
        if self.tellings.take():
            log.warning(line, what)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _answer_and_close(self, answer: Response) -> None:
        """Without the app, which knows nothing of this request."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            status, headers = answer.status_code, [*answer.raw_headers, *HARDENING, (b"connection", b"close")]
            content = bytes(answer.body)
            for event in (
                h11.Response(status_code=status, headers=headers),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


async def full(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer of a door through which too many came."""
    headers = {name.decode(): value.decode() for name, value in HARDENING}
    answer = refusal(503, "too_many_connections", "too many requests are being answered; try again")
    answer.headers.update({**headers, "connection": "close"})
    await answer(scope, receive, send)
