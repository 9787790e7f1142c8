"""The real app tells servers of this machine what its jobs do and that it lives."""

import json
import re
import sys
import time
import uuid
from pathlib import Path

import pytest

from api.asking import Asking
from app_home import Home
from ping_servers import PingServer, free_port, says_nothing, strange_server
from waiting import until

pytestmark = pytest.mark.system

ALIVE = "/alive/s3cr3t"


def settings(home: Home, url: str) -> None:
    file = home.path / "config" / "settings.json"
    file.write_text(json.dumps({"ping": {"url": url, "every": "1m"}}))


def health(home: Home) -> dict[str, str]:
    _, found = Asking(home.path / "run" / "api.sock")("GET", "/api/v1/health")
    part: dict[str, str] = found["parts"]["pings"]
    return part


def texts(home: Home) -> str:
    """All that Daybell has written about itself."""
    return "".join(
        path.read_text() for path in [*(home.path / "log").glob("daybell.log*"), home.path / "stderr"]
    )


def test_servers_hear_of_starts_successes_and_failures_and_that_daybell_lives(home: Home) -> None:
    with PingServer().running() as server:
        for job_id, line in (
            ("good", "true"),
            ("bad", "echo no such volume >&2; exit 3"),
            ("slow", "sleep 60"),
        ):
            home.shell(job_id, line, ping=server.url(f"/s3cr3t-{job_id}"), timeout="500ms")
        home.shell("silent", "true")
        home.shell("again", "exit 1", ping=server.url("/again"), retry={"max_attempts": 2, "delay": "10ms"})
        settings(home, server.url(ALIVE))
        with home.running("--headless") as app:
            for job_id in ("good", "bad", "slow", "silent", "again"):
                home.daybell("run", job_id, "--wait")
            until(lambda: len(server.asked) == 9, 20)
            assert health(home) == {"state": "ok", "message": ""}
            if sys.platform == "linux":
                assert "libssl" not in Path(f"/proc/{app.pid}/maps").read_text()
    lines = [line for line in server.lines if line != f"GET {ALIVE}"]
    assert lines == [
        *("GET /s3cr3t-good/start", "GET /s3cr3t-good"),
        *("GET /s3cr3t-bad/start", "POST /s3cr3t-bad/fail"),
        *("GET /s3cr3t-slow/start", "POST /s3cr3t-slow/fail"),
        *("GET /again/start", "POST /again/fail"),
    ]
    rids = [str(uuid.UUID(one.rid)) for one in server.asked if one.rid]
    assert len(rids) == 8
    assert len(set(rids)) == 4
    assert {one.body for one in server.asked if one.path == "/s3cr3t-bad/fail"} == {"no such volume"}
    assert all(re.fullmatch(r"Daybell/\d+\.\d+\S*", one.agent) for one in server.asked)
    assert "s3cr3t" not in texts(home)


def test_what_ends_when_daybell_stops_is_still_told(home: Home) -> None:
    with PingServer().running() as server:
        home.command("last", "sleep", "60", ping=server.url())
        home.shell("quick", "exit 4", ping=server.url("/quick"))
        with home.running("--headless"):
            home.daybell("run", "last")
            home.daybell("run", "quick", "--wait")
    # The run that Daybell has ended is neither a success nor a failure.
    assert sorted(server.lines) == ["GET /ping/2f1d/start", "GET /quick/start", "POST /quick/fail"]


def test_a_server_that_hangs_holds_up_neither_jobs_nor_the_end(home: Home) -> None:
    with strange_server(says_nothing) as url:
        home.shell("backup", "true", ping=url)
        settings(home, url)
        with home.running("--headless"):
            started = time.monotonic()
            for _ in range(3):
                assert home.daybell("run", "backup", "--wait").returncode == 0
            assert time.monotonic() - started < 20, "each would take ten"
            stopping = time.monotonic()
        assert time.monotonic() - stopping < 15, "they may take a minute"
    assert "2f1d" not in texts(home)


def test_pings_that_do_not_get_there_are_seen(home: Home) -> None:
    port = free_port()
    home.shell("backup", "true", ping=f"http://127.0.0.1:{port}/s3cr3t")
    with home.running("--headless"):
        home.daybell("run", "backup", "--wait")
        until(lambda: health(home)["state"] == "degraded", 20)
        assert health(home)["message"] == f"pings to 127.0.0.1:{port} fail: connection refused"
        assert {one["event"] for one in home.log() if "pings to" in one["message"]} == {"ping"}
        home.shell("backup", "true")
        until(lambda: health(home)["state"] == "ok", 10)
    assert "s3cr3t" not in texts(home)


def test_an_address_that_is_none_is_told_with_its_place_and_not_itself(home: Home) -> None:
    home.shell("backup", "true", ping="hc-ping.com/s3cr3t")
    said = home.daybell("check")
    assert said.returncode == 5
    assert (
        "backup.json: ping: expected an address that begins with https:// or http://"
        in said.stdout + said.stderr
    )
    assert "s3cr3t" not in said.stdout + said.stderr
