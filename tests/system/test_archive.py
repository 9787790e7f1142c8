"""The real app in two homes: what one had, the other goes on with."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app_home import Home
from daybell.store.assets import asset
from waiting import until

pytestmark = pytest.mark.system

COUNTS = ("run_count", "error_count", "last_run", "last_outcome", "last_error", "last_duration_ms")


@pytest.fixture
def other() -> Iterator[Home]:
    path = Path(tempfile.mkdtemp(prefix="daybell-test-"))
    yield Home(path)
    shutil.rmtree(path)


def seen(home: Home) -> tuple[Any, Any, Any]:
    """Status, history and next runs, as they stay while nothing is due."""
    jobs = home.json("status")["jobs"]
    return jobs, home.json("history", "-n", "100"), [home.json("next", job["id"]) for job in jobs]


def fill(home: Home) -> None:
    home.command("good", "true", triggers=[{"type": "cron", "expression": "30 2 * * *"}], name="Good")
    home.shell("bad", "echo no such volume >&2; exit 3", triggers=[{"type": "interval", "every": "5h"}])
    home.command("held", "true", triggers=[{"type": "interval", "every": "7h"}])


def test_what_one_home_had_another_one_goes_on_with(home: Home, other: Home, tmp_path: Path) -> None:
    fill(home)
    archive = tmp_path / "home.zip"
    with home.running("--headless"):
        for job_id in ("good", "bad", "bad", "good"):
            home.daybell("run", job_id, "--wait")
        home.daybell("pause", "held")
        until(lambda: len(home.ended("bad")) == 2)
        before = seen(home)
        assert home.daybell("export", str(archive)).returncode == 0
        while_running = home.daybell("restore", str(archive), "--yes")
    assert (while_running.returncode, "end it with `daybell stop`" in while_running.stderr) == (7, True)
    (other.jobs).rmdir()
    done = other.daybell("restore", str(archive))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    with other.running("--headless"):
        assert seen(other) == before
        assert other.daybell("run", "good", "--wait").returncode == 0
        assert len(other.ended("good")) == 3
        problems = other.json("status")["problems"]
    assert problems == []


def test_what_a_home_exports_while_it_works_hard_is_whole(home: Home, other: Home, tmp_path: Path) -> None:
    every_second = [{"type": "cron", "expression": "* * * * * *"}]
    for number in range(5):
        home.command(f"tick-{number}", "true", triggers=every_second, catch_up={"policy": "skip"})
    archive = tmp_path / "home.zip"
    with home.running("--headless"):
        until(lambda: len(home.ended("tick-0")) >= 2, 15)
        for _ in range(3):
            assert home.daybell("export", str(archive)).returncode == 0
        ended = {run["run_id"]: run for run in home.ended("tick-0")}
    for path in other.jobs.iterdir():
        path.unlink()
    assert other.daybell("restore", str(archive)).returncode == 0
    with other.running("--headless"):
        assert other.json("status")["problems"] == []
        found = [run for run in other.ended("tick-0") if run["run_id"] in ended]
    assert len(found) >= 2
    assert all(run == ended[run["run_id"]] for run in found if run["outcome"] == "succeeded")


def test_editors_find_the_schema_of_what_daybell_writes(home: Home) -> None:
    with home.running("--headless"):
        home.daybell("add", "hello", "--every", "1h", "--", "true")
        home.daybell("run", "hello", "--wait")
        status, (run,) = home.json("status"), home.history("hello")
    path = home.jobs / "hello.json"
    document = json.loads(path.read_text())
    schema = (path.parent / document["$schema"]).resolve()
    assert schema == home.path / "config" / "schemas" / "job.schema.json"
    for name, value in (("job", document), ("status", status), ("run", run)):
        written = (schema.parent / f"{name}.schema.json").read_bytes()
        assert written == asset("schemas", f"{name}.schema.json").read_bytes()
        Draft202012Validator(json.loads(written)).validate(value)
