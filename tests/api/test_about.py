"""What is told of the app itself, and what ails it."""

import platform
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.asking import Asking
from api.fake_service import FakeService
from api.talking import Talk
from app_home import Home
from daybell.api.about import Around
from daybell.api.server import ApiServer
from daybell.model.errors import Conflict, NoFindings
from daybell.store.artifacts import ArtifactFiles
from daybell.store.directories import find

WELL: Mapping[str, object] = {"schema": 1, "worst": "ok", "findings": []}


@contextmanager
def served(directory: Path, around: Around) -> Iterator[Asking]:
    service = FakeService(directory)
    server = ApiServer(service, directory / "api.sock", ArtifactFiles(directory), around=around)
    server.start()
    try:
        yield Asking(directory / "api.sock")
    finally:
        assert server.stop()


def test_it_says_which_daybell_it_is_and_where_its_files_are(tmp_path: Path) -> None:
    with served(tmp_path, Around({"jobs": "/home/ann/jobs", "socket": "/run/api.sock"})) as ask:
        status, about = ask("GET", "/api/v1/about")
    assert status == 200
    assert about == {
        "version": "0.1.0",
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()}",
        "pid": FakeService(tmp_path).pid,
        "started": "2026-11-20T12:00:00Z",
        "zone": "Europe/Berlin",
        "paths": {"jobs": "/home/ann/jobs", "socket": "/run/api.sock"},
    }


def test_what_the_doctor_says_is_passed_on_and_not_kept(tmp_path: Path) -> None:
    said = [{**WELL, "worst": "warning"}, WELL]
    with served(tmp_path, Around(doctor=said.pop)) as ask:
        assert ask("GET", "/api/v1/doctor") == (200, WELL)
        assert ask("GET", "/api/v1/doctor") == (200, {**WELL, "worst": "warning"})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NoFindings("the doctor did not come to an end within 20 s"), (503, "no_findings")),
        (Conflict("somebody has asked the doctor already"), (409, "conflict")),
    ],
)
def test_a_doctor_who_finds_nothing_out_says_so(
    tmp_path: Path, error: Exception, expected: tuple[int, str]
) -> None:
    with served(tmp_path, Around(doctor=raising(error))) as ask:
        status, body = ask("GET", "/api/v1/doctor")
    assert (status, body["error"]["code"]) == expected
    assert body["error"]["message"] == str(error)


def raising(error: Exception) -> Callable[[], Mapping[str, object]]:
    def look() -> Mapping[str, object]:
        raise error

    return look


def test_without_a_doctor_there_are_no_findings(tmp_path: Path) -> None:
    with served(tmp_path, Around()) as ask:
        assert ask("GET", "/api/v1/doctor")[0] == 503
        assert ask("GET", "/api/v1/about")[1]["paths"] == {}


def test_while_the_doctor_looks_others_are_answered(tmp_path: Path) -> None:
    looking, done = threading.Event(), threading.Event()

    def look() -> Mapping[str, object]:
        looking.set()
        assert done.wait(10)
        return WELL

    with served(tmp_path, Around(doctor=look)) as ask:
        asking = threading.Thread(target=ask, args=("GET", "/api/v1/doctor"))
        asking.start()
        assert looking.wait(10)
        assert ask("GET", "/api/v1/status")[0] == 200
        done.set()
        asking.join(10)
        assert not asking.is_alive()


@pytest.mark.system
def test_the_real_app_tells_of_itself_and_asks_the_real_doctor(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.running("--headless") as app:
        talk = Talk(find(home.environ).socket)
        about, said = talk("GET", "/about").body, talk("GET", "/doctor").body
    assert about["pid"] == app.pid
    assert about["paths"] == {
        "config": str(tmp_path / "config"),
        "jobs": str(tmp_path / "config/jobs"),
        "settings": str(tmp_path / "config/settings.json"),
        "state": str(tmp_path / "state"),
        "history": str(tmp_path / "data/history"),
        "logs": str(tmp_path / "log/runs"),
        "log": str(tmp_path / "log/daybell.log"),
        "socket": str(tmp_path / "run/api.sock"),
    }
    levels = {one["check"]: one["level"] for one in said["findings"]}
    assert (said["schema"], levels["app"]) == (1, "ok"), said
