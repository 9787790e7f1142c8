"""Many hold the TCP door while a person works: a short form of what the benchmarks measure for a minute."""

import signal
import time
from functools import partial

import pytest

from app_home import Home
from crowds import Crowd, Held, ask_steadily
from daybell.api.client import Client
from daybell.api.endpoint import read_endpoint
from daybell.api.token_client import TokenClient

pytestmark = pytest.mark.system

SECONDS = 3.0
PATIENCE = 2.0
"""Seconds for an answer here, where the other tests run too; the benchmarks are stricter."""
ENDING = 10.0
"""Seconds for the end; those who wait would wait for a minute."""


def test_a_crowd_neither_slows_the_work_nor_the_end(home: Home) -> None:
    home.command("long", "sleep", "600")
    with home.running("--headless") as app:
        near = Client(home.path / "run" / "api.sock")
        run = near.post("/api/v1/jobs/long/run")
        near.post("/api/v1/door")
        endpoint = read_endpoint(home.path / "run" / "endpoint.json")
        assert isinstance(run, dict)
        assert endpoint is not None
        far = TokenClient(home.path / "run" / "endpoint.json")
        held = Held(streams=64, waiting=64, half_open=64)
        with Crowd(endpoint.port, endpoint.token, str(run["run_id"]), held) as crowd:
            asks = [partial(near.get, "/api/v1/status"), partial(far.get, "/api/v1/jobs")]
            took = sorted(ask_steadily(asks, 0.05, SECONDS))
            assert crowd.lost == []
            assert took[int(len(took) * 0.95)] < PATIENCE
            near.post("/api/v1/cancel", {"target": "long"})
            began = time.monotonic()
            app.send_signal(signal.SIGTERM)
            assert app.wait(20) == 0
            assert time.monotonic() - began < ENDING
            crowd.leave()
