"""Many at once at the TCP door: those who listen, those who wait for an answer, those who never say all."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import NamedTuple, Self

from waiting import until

GATHERING = 20.0
"""Seconds until all are there."""


COMES_AGAIN = 1.0
"""Seconds after it was thrown out."""


class Held(NamedTuple):
    """How many of each."""

    streams: int = 64
    waiting: int = 64
    """For the end of a run."""
    half_open: int = 64
    """They send half of a head; when they are thrown out, they come again."""


class Crowd:
    """Is there from the beginning of the block to its end."""

    def __init__(self, port: int, token: str, run_id: str, held: Held = Held()) -> None:  # noqa: B008 - a value
        self.lost: list[str] = []
        """What ended that should have lasted."""
        self._port = port
        self._token = token
        self._run_id = run_id
        self._held = held
        self._there = 0
        self._has_come = asyncio.Event()
        self._is_over = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, name="crowd", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            until(lambda: self._there >= sum(self._held), GATHERING)
        except AssertionError:
            self.leave()
            raise AssertionError(f"{self._there} of {sum(self._held)} came: {self.lost[:3]}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Hang up, all of them. What ends from now on is not lost."""
        self._is_over = True
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    def _live(self) -> None:
        coming = self._loop.create_task(self._come())
        self._loop.run_forever()
        coming.cancel()
        self._loop.run_until_complete(asyncio.gather(coming, return_exceptions=True))
        self._loop.close()

    async def _come(self) -> None:
        """One after the other, as people do: who has only just come in is the first to make room."""
        held = self._held
        kinds: list[Callable[[], Coroutine[None, None, None]]] = [self._listen] * held.streams
        kinds += [self._wait] * held.waiting + [self._dawdle] * held.half_open
        async with asyncio.TaskGroup() as people:
            for kind in kinds:
                people.create_task(self._stay(kind))
                await self._has_come.wait()
                self._has_come.clear()

    async def _stay(self, kind: Callable[[], Coroutine[None, None, None]]) -> None:
        try:
            await kind()
        except OSError as error:
            self._lose(f"{kind.__name__}: {error!r}")

    async def _listen(self) -> None:
        reader, writer = await self._ask("/api/v1/events")
        status = await reader.readline()
        if b" 200 " in status:
            self._arrive()
            while await reader.read(65536):
                pass
        self._lose(f"a stream ended: {status!r}")
        writer.close()

    async def _wait(self) -> None:
        while True:
            reader, writer = await self._ask(f"/api/v1/runs/{self._run_id}?wait=60")
            self._arrive()
            status = await reader.readline()
            await reader.read()
            writer.close()
            if b" 200 " not in status:
                self._lose(f"waiting for an answer ended: {status!r}")
                return

    async def _dawdle(self) -> None:
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(b"GET /api/v1/jobs HTTP/1.1\r\nHost: ")
            self._arrive()
            with suppress(ConnectionError):
                await reader.read()
            writer.close()
            await asyncio.sleep(COMES_AGAIN)

    async def _ask(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAuthorization: Bearer {self._token}\r\n"
        )
        writer.write(f"{head}Connection: close\r\n\r\n".encode())
        return reader, writer

    def _arrive(self) -> None:
        """Also again, after having been thrown out."""
        self._there += 1
        self._has_come.set()

    def _lose(self, what: str) -> None:
        if not self._is_over:
            self.lost.append(what)
            self._has_come.set()


def ask_steadily(asks: Sequence[Callable[[], object]], each: float, seconds: float) -> list[float]:
    """One after the other, one every `each` seconds; how long each took, from when it should have begun."""
    took = []
    pause = threading.Event()
    began = time.monotonic()
    for number in range(int(seconds / each)):
        planned = began + number * each
        pause.wait(max(0.0, planned - time.monotonic()))
        asks[number % len(asks)]()
        took.append(time.monotonic() - planned)
    return took
