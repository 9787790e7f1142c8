"""An answer in pieces, without any server: the test is both ends of the wire."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from starlette.types import Message

from daybell.api import streaming
from daybell.api.streaming import Streamed

ONE_STREAM = """
import sys
from pathlib import Path
from api.fake_service import FakeService
from api.listening import Listener
from daybell.api.server import ApiServer
from daybell.store.artifacts import ArtifactFiles

directory = Path(sys.argv[1])
server = ApiServer(FakeService(directory), directory / "api.sock", ArtifactFiles(directory))
server.start()
with Listener(directory / "api.sock") as listener:
    listener.hear(1)
server.stop()
sys.exit("anyio._backends._asyncio" in sys.modules)
"""


class Wire:
    """What was sent; whoever reads may hang up, or take nothing."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.hung_up = asyncio.Event()
        self.taking = asyncio.Event()
        self.taking.set()

    async def receive(self) -> Message:
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.taking.wait()
        self.sent.append(message)

    @property
    def body(self) -> list[bytes]:
        return [message["body"] for message in self.sent[1:]]


class Pieces:
    """So many, and whether they were closed."""

    def __init__(self, between: Callable[[int], None] = lambda _: None, count: int = 3) -> None:
        self.is_closed = False
        self._count = count
        self._between = between

    async def made(self) -> AsyncIterator[bytes]:
        try:
            for piece in range(self._count):
                self._between(piece)
                await asyncio.sleep(0)
                yield str(piece).encode()
        finally:
            self.is_closed = True


def serve(pieces: Pieces, wire: Wire) -> None:
    answer = Streamed(pieces.made(), media_type="text/plain", headers={"X-Known": "1"})
    asyncio.run(answer({"type": "http", "path": "/there"}, wire.receive, wire.send))


def test_pieces_are_sent_as_they_are_made() -> None:
    wire, pieces = Wire(), Pieces()
    serve(pieces, wire)
    assert wire.body == [b"0", b"1", b"2", b""]
    assert (wire.sent[0]["status"], wire.sent[-1]["more_body"]) == (200, False)
    assert (b"x-known", b"1") in wire.sent[0]["headers"]
    assert pieces.is_closed


def test_whoever_hangs_up_ends_it() -> None:
    wire = Wire()
    pieces = Pieces(lambda piece: wire.hung_up.set() if piece == 1 else None, count=1000)
    serve(pieces, wire)
    assert 1 <= len(wire.body) < 100
    assert pieces.is_closed


def test_whoever_takes_nothing_ends_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(streaming, "STALLED", 0.01)
    wire = Wire()
    pieces = Pieces(lambda piece: wire.taking.clear() if piece == 1 else None)
    with caplog.at_level(logging.WARNING):
        serve(pieces, wire)
    assert wire.body == [b"0"]
    assert pieces.is_closed
    assert "closed a stream that nobody reads: /there" in caplog.text


def test_what_goes_wrong_on_the_way_is_not_hidden() -> None:
    def fail(_: int) -> None:
        raise OSError("the disk is gone")

    pieces = Pieces(fail)
    with pytest.raises(OSError, match="the disk is gone"):
        serve(pieces, Wire())
    assert pieces.is_closed


def test_an_end_from_outside_closes_it_too() -> None:
    async def end() -> Pieces:
        wire = Wire()
        pieces = Pieces(lambda _: wire.taking.clear())
        answer = Streamed(pieces.made(), media_type="text/plain")
        serving = asyncio.ensure_future(answer({"type": "http", "path": "/"}, wire.receive, wire.send))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not pieces.is_closed
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return pieces

    assert asyncio.run(end()).is_closed


def test_a_stream_does_without_what_takes_five_megabytes(tmp_path: Path) -> None:
    """Nothing of the API may need anyio's back end: in a process of its own, since others here do."""
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", ONE_STREAM, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(tests)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
