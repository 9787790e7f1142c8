"""What happens, as it happens? A stream of events; whoever comes back hears what it has missed."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from daybell.api.ring import Ring, frame
from daybell.api.streaming import Streamed
from daybell.api.streams import Streams
from daybell.core.telling import tag_of, told
from daybell.engine.service import SchedulerService
from daybell.model.events import AnyEvent

KEEP_ALIVE = 25.0
"""Seconds of silence: proxies and sleeping laptops drop what says nothing for half a minute."""
HEARTBEAT = b": still here\n\n"
RETRY = b"retry: 2000\n"
"""Milliseconds before a browser comes back."""
MEDIA_TYPE = "text/event-stream"
CHANGED = "changed"
"""Names or problems are different; there is no event of the journal for it."""


class Events:
    """Lives on the event loop's thread, but for `_hear`. Before the first listener nothing is kept."""

    def __init__(self, service: SchedulerService, streams: Streams, ring: Ring | None = None) -> None:
        self._service = service
        self._streams = streams
        self._ring = ring or Ring(secrets.token_hex(4))
        self._encoder = msgspec.json.Encoder()
        self._waiting: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_told = False
        """The loop was told of news, and has not passed it on yet."""
        self._is_closed = False

    async def answer(self, request: Request) -> Response:
        """Everything that happens from now on, one event for each fact, until one of us hangs up.

        An event has an id, a name such as run_finished and a JSON object. Whoever sends the last id it has
        seen, as the header Last-Event-ID or as the query's last_event_id, is sent what came after it; where
        that is not known any more the first event is `reset`: load anew what you show. Otherwise `hello`.
        """
        self._begin()
        asked = request.query_params.get("last_event_id")
        last = request.headers.get("last-event-id", asked)
        if request.method == "HEAD":
            return Response(media_type=MEDIA_TYPE)
        news = asyncio.Event()
        return EventStream(self._frames(last, news), self._listening(news))

    def close(self) -> None:
        """End all streams, once they have what there is to hear."""
        self._is_closed = True
        self._wake()

    def _begin(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._service.subscribe(self._hear)

    def _hear(self, events: Sequence[AnyEvent]) -> None:
        """On the engine's thread: each event becomes bytes once, however many listen."""
        encode = self._encoder.encode
        self._ring.add([(tag_of(one), encode(told(one))) for one in events] or [(CHANGED, b"{}")])
        if self._waiting and not self._is_told and self._loop is not None:
            self._is_told = True
            with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._is_told = False
        for waiting in self._waiting:
            waiting.set()

    @contextmanager
    def _listening(self, news: asyncio.Event) -> Iterator[None]:
        """TooManyStreams."""
        with self._streams.one():
            self._waiting.add(news)
            try:
                yield
            finally:
                self._waiting.discard(news)

    async def _frames(self, asked: str | None, news: asyncio.Event) -> AsyncIterator[bytes]:
        """A listener that is so slow that the ring has moved on is sent away, and told so."""
        number = self._ring.last if asked is None else self._ring.number(asked)
        if number is None or self._ring.after(number) is None:
            number = self._ring.last
            yield RETRY + self._first("reset", number)
        else:
            yield RETRY + (self._first("hello", number) if asked is None else b"\n")
        while True:
            news.clear()
            part = self._ring.after(number)
            if part is None:
                yield self._first("reset", self._ring.last)
                return
            number = part.last
            if part.content:
                yield part.content
            elif self._is_closed:
                return
            elif await _is_quiet(news):
                yield HEARTBEAT

    def _first(self, tag: str, number: int) -> bytes:
        return frame(self._ring.place(number), tag, b"{}")


class EventStream(Streamed):
    """Counts as one of the streams for as long as it lasts. TooManyStreams."""

    def __init__(self, frames: AsyncIterator[bytes], listening: AbstractContextManager[None]) -> None:
        super().__init__(frames, media_type=MEDIA_TYPE)
        self._listening = listening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._listening:
            await super().__call__(scope, receive, send)


async def _is_quiet(news: asyncio.Event) -> bool:
    """Whether nothing has come for as long as one may be silent."""
    try:
        async with asyncio.timeout(KEEP_ALIVE):
            await news.wait()
    except TimeoutError:
        return True
    return False
