"""A real app's API on a real socket, with a scheduler that runs nothing, and the program that asks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.fake_service import FakeService
from cli.program import Program
from daybell.api.server import ApiServer
from daybell.store.directories import create, find


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
