"""What do those feel who ask, while many others hold the doors open? And does the end come as fast?"""

import signal
import time
from collections.abc import Iterator
from functools import partial
from typing import cast

from app import DOOR, PROGRAM, STATUS, Home, environment, home, process, running, wait_until
from crowds import Crowd, Held, ask_steadily
from daybell.api.client import Client
from daybell.api.endpoint import read_endpoint
from daybell.api.token_client import TokenClient
from figures import Budget, Figure, percentile

EACH = 0.05
"""Seconds from one request to the next: twenty a second, at both doors in turn."""
ALONE = 10.0
STOP = 15.0
CROWDS = {
    "64 streams, 128 connections": Held(streams=64, waiting=64, half_open=64),
    "500 half-open heads": Held(streams=0, waiting=0, half_open=500),
}


def measure(*, quick: bool) -> Iterator[Figure]:
    seconds = 10.0 if quick else 60.0
    with home() as place:
        place.write("long", {"type": "once", "at": "2099-01-01T00:00:00Z"}, ["sleep", "3600"])
        with running(place, None) as app:
            near, far = app.client, TokenClient(place.path / "run" / "endpoint.json")
            asks = [partial(near.get, STATUS), partial(far.get, "/api/v1/jobs")]
            for name, held in CROWDS.items():
                port, token, run_id = _ready(place, near)
                alone = ask_steadily(asks, EACH, ALONE)
                with Crowd(port, token, run_id, held) as crowd:
                    took = ask_steadily(asks, EACH, seconds)
                yield Figure(
                    f"crowd: {name}, p99",
                    percentile(took, 0.99) * 1000,
                    "ms",
                    "nobody else",
                    percentile(alone, 0.99) * 1000,
                    Budget(100, 100),
                )
                yield Figure(
                    "  of these, lost", len(crowd.lost), "", budget=Budget(0, 0), notes=(*crowd.lost[:3],)
                )
    yield Figure("crowd: stop beside 64 streams, 128 connections", _stop(), "ms", budget=Budget(1000, 1000))


def _ready(place: Home, near: Client) -> tuple[int, str, str]:
    """The open door, and a run that lasts."""
    near.post(DOOR)
    endpoint = read_endpoint(place.path / "run" / "endpoint.json")
    assert endpoint is not None
    page = cast("dict[str, list[dict[str, object]]]", near.get("/api/v1/runs", {"job": "long"}))
    lasting = [str(run["run_id"]) for run in page["runs"] if not run["outcome"]]
    if not lasting:
        lasting = [str(cast("dict[str, str]", near.post("/api/v1/jobs/long/run"))["run_id"])]
    return endpoint.port, endpoint.token, lasting[0]


def _stop() -> float:
    """From the signal until the process is gone, in ms; no job runs by then, but all the others wait."""
    with home() as place:
        place.write("long", {"type": "once", "at": "2099-01-01T00:00:00Z"}, ["sleep", "3600"])
        client = Client(place.socket)
        with process([PROGRAM, "start", "--headless"], environment(place)) as app:
            wait_until(lambda: place.socket.exists() and _answers(client), "the app serves", STOP)
            port, token, run_id = _ready(place, client)
            with Crowd(port, token, run_id) as crowd:
                began = time.monotonic()
                app.send_signal(signal.SIGTERM)
                app.wait(STOP)
                took = time.monotonic() - began
                crowd.leave()
    return took * 1000


def _answers(client: Client) -> bool:
    return client.get(STATUS) is not None
