"""One real server on a real socket for all tests of a file, with a scheduler that is emptied for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.asking import Asking
from api.fake_service import FakeService
from api.tcp import Tcp, open_door
from daybell.api.client import Client
from daybell.api.server import ApiServer
from daybell.store.artifacts import ArtifactFiles


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> FakeService:
    return FakeService(tmp_path_factory.mktemp("logs"))


@pytest.fixture(scope="module")
def socket_path(shared_service: FakeService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("run") / "api.sock"
    server = ApiServer(shared_service, path, ArtifactFiles(shared_service.logs / "artifacts"))
    server.start()
    yield path
    assert server.stop()


@pytest.fixture
def service(shared_service: FakeService) -> FakeService:
    shared_service.reset()
    return shared_service


@pytest.fixture
def client(socket_path: Path, service: FakeService) -> Client:
    return Client(socket_path)


@pytest.fixture
def ask(socket_path: Path, service: FakeService) -> Asking:
    return Asking(socket_path)


@pytest.fixture
def tcp(socket_path: Path, service: FakeService) -> Tcp:
    """The TCP door of the same server, opened anew for each test with a new code."""
    return open_door(socket_path)
