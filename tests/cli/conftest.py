"""The program as a person meets it: arguments in, text and an exit code out, and a real app behind it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import pytest
from api.fake_service import FakeService

from daybell.api.server import ApiServer
from daybell.cli.main import main
from daybell.cli.terminal import Terminal
from daybell.store.directories import create, find

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class Said(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str


class Program:
    """`daybell`, in a home of its own, in a window of this width."""

    def __init__(self, home: Path) -> None:
        self.environ = {"DAYBELL_HOME": str(home)}
        self.home = home
        self.width = 80
        self.has_colour = False

    def __call__(self, *argv: str) -> Said:
        out, err = TextIOWrapper(BytesIO(), encoding="utf-8"), TextIOWrapper(BytesIO(), encoding="utf-8")
        terminal = Terminal(out, err, self.environ, NOW, self.width, self.has_colour, UTC)
        code = main(argv, terminal)
        return Said(code, content(out), content(err))


def content(stream: TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, BytesIO)
    return buffer.getvalue().decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[FakeService]:
    directories = find({"DAYBELL_HOME": str(home)})
    create(directories)
    service = FakeService(directories.log)
    server = ApiServer(service, directories.socket)
    server.start()
    yield service
    assert server.stop()


@pytest.fixture
def service(running: FakeService) -> FakeService:
    running.reset()
    return running


@pytest.fixture
def daybell(home: Path) -> Program:
    return Program(home)


@pytest.fixture
def lonely(tmp_path: Path) -> Program:
    """Without a running app."""
    return Program(tmp_path)
