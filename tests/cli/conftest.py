"""A real app's API on a real socket, with a scheduler that runs nothing, and the program that asks it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.fake_service import NOON, FakeFiles, FakeService
from app_home import Home
from cli.program import Program
from daybell.api.server import ApiServer
from daybell.core.definitions import parse_job
from daybell.core.surprises import warnings
from daybell.engine.editing import Editor
from daybell.engine.files import Judgement
from daybell.model.job import Job
from daybell.store.artifacts import ArtifactFiles
from daybell.store.directories import create, find


class JudgingFiles(FakeFiles):
    """They know what a definition would be."""

    def judge(self, job_id: str, definition: bytes) -> Judgement:
        zone, file = self._service.zone, f"{job_id}.json"
        job = parse_job(job_id, file, definition, zone)
        return Judgement(job, (), (*self._service.problems, *warnings(job, file, zone, NOON)))


def starts(job: Job, count: int) -> tuple[datetime, ...]:
    """Every hour."""
    return tuple(NOON + timedelta(hours=hour + 1) for hour in range(count if job.triggers else 0))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[FakeService]:
    directories = find({"DAYBELL_HOME": str(home)})
    create(directories)
    service = FakeService(directories.log)
    service.editor = Editor(JudgingFiles(service), lambda: None, starts)
    server = ApiServer(service, directories.socket, ArtifactFiles(directories.artifacts))
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


@pytest.fixture(scope="module")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A real app, for all tests of a module."""
    home = Home(tmp_path_factory.mktemp("app"))
    with home.running("--headless"):
        yield home
