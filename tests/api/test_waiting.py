from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from api.asking import Asking
from api.fake_service import FakeService, add
from daybell.api.client import Client, Json
from daybell.api.server import ApiServer
from daybell.store.artifacts import ArtifactFiles

SOON = 10
"""Seconds; far more than any of this takes."""


@pytest.fixture
def run_id(service: FakeService) -> str:
    add(service, "backup")
    run_id = service.run_now("backup")
    service.heard.clear()
    return run_id


@pytest.fixture
def wait(client: Client) -> Iterator[Callable[[str], Future[Json]]]:
    """Asks for the end of a run on another thread."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda run_id: pool.submit(client.get, f"/api/v1/runs/{run_id}", {"wait": 60}, 70)


def test_the_answer_comes_with_the_end(
    service: FakeService, run_id: str, wait: Callable[[str], Future[Json]]
) -> None:
    answer = wait(run_id)
    assert service.heard.wait(SOON)
    service.finish(run_id, "failed", exit_code=7)
    run = answer.result(SOON)
    assert isinstance(run, dict)
    assert (run["outcome"], run["exit_code"]) == ("failed", 7)


def test_the_end_of_another_run_is_no_answer(
    service: FakeService, run_id: str, wait: Callable[[str], Future[Json]]
) -> None:
    add(service, "other")
    other = service.run_now("other")
    answer = wait(run_id)
    assert service.heard.wait(SOON)
    service.finish(other, "succeeded")
    with pytest.raises(TimeoutError):
        answer.result(0.05)
    service.finish(run_id, "succeeded")
    run = answer.result(SOON)
    assert isinstance(run, dict)
    assert run["outcome"] == "succeeded"


def test_a_run_that_has_ended_is_answered_at_once(service: FakeService, run_id: str, ask: Asking) -> None:
    service.finish(run_id, "succeeded")
    assert ask("GET", f"/api/v1/runs/{run_id}?wait=60")[1]["outcome"] == "succeeded"


def test_patience_ends(run_id: str, ask: Asking) -> None:
    status, run = ask("GET", f"/api/v1/runs/{run_id}?wait=0.02")
    assert (status, run["outcome"]) == (200, None)


def test_nobody_is_left_listening(service: FakeService, run_id: str, ask: Asking) -> None:
    ask("GET", f"/api/v1/runs/{run_id}?wait=0.02")
    ask("GET", "/api/v1/runs/gone?wait=5")
    assert service.subscribers == []


def test_a_stopping_server_lets_everybody_go(tmp_path: Path) -> None:
    service = FakeService(tmp_path)
    add(service, "backup")
    run_id = service.run_now("backup")
    server = ApiServer(service, tmp_path / "api.sock", ArtifactFiles(tmp_path))
    server.start()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(Client(tmp_path / "api.sock").get, f"/api/v1/runs/{run_id}", {"wait": 60}, 70)
        assert service.heard.wait(SOON)
        assert server.stop()
        run = answer.result(SOON)
    assert isinstance(run, dict)
    assert run["outcome"] is None
