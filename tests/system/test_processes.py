"""What a command may do to the app that runs it: nothing."""

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app_home import Home
from waiting import until

pytestmark = pytest.mark.system

TREE = """
sleep 301 &
setsid sleep 302 &
( setsid sh -c 'sleep 303 & exit 0' & ) &
sh -c 'trap "" TERM; while :; do sleep 1; done' &
sleep 304
"""


def tagged(run_id: str) -> list[int]:
    """The live processes that carry the tag of this run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"DAYBELL_RUN_ID={run_id}".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


@pytest.fixture
def clean(home: Home) -> Iterator[Home]:
    """Ends what a failed test would leave behind."""
    yield home
    for run in (home.path / "log" / "runs").glob("*/*.log"):
        for pid in tagged(run.stem):
            os.kill(pid, 9)


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="it looks processes up in /proc"
)


@needs_proc
def test_T1_nothing_of_a_timed_out_tree_lives_twelve_seconds_later(clean: Home) -> None:
    clean.shell("tree", TREE, timeout="3s")
    with clean.running("--headless"):
        clean.daybell("run", "tree")
        until(
            lambda: len(clean.history("tree")) == 1 and len(tagged(clean.history("tree")[0]["run_id"])) >= 6,
            20,
        )
        run_id = clean.history("tree")[0]["run_id"]
        until(lambda: tagged(run_id) == [], 3 + 12)
        until(lambda: bool(clean.ended("tree")))
        (run,) = clean.ended("tree")
    assert (run["outcome"], run["error"]) == ("timed_out", "timed out after 3s")


@needs_proc
def test_T2_a_grandchild_that_holds_the_output_does_not_hold_the_run(clean: Home) -> None:
    clean.shell("orphan", "sleep 305 & echo done")
    with clean.running("--headless"):
        assert clean.daybell("run", "orphan", "--wait").returncode == 0
        (run,) = clean.ended("orphan")
        assert (run["outcome"], run["reason"]) == ("succeeded", "it left processes behind")


@needs_proc
def test_output_of_a_gigabyte_leaves_memory_flat(home: Home) -> None:
    home.shell("noisy", "head -c 1000000000 /dev/zero")
    with home.running("--headless") as app:
        home.daybell("run", "noisy", "--wait")
        before = resident(app)
        assert home.daybell("run", "noisy", "--wait").returncode == 0
        assert resident(app) - before < 2_000
        assert (home.path / "log" / "runs" / "noisy").exists()


def resident(app: subprocess.Popen[str]) -> int:
    """KB."""
    status = Path(f"/proc/{app.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def test_output_that_is_not_utf_8_is_kept_as_it_is_and_shown_escaped(home: Home) -> None:
    home.shell("bytes", r"printf 'caf\351\n'; exit 1")
    with home.running("--headless"):
        home.daybell("run", "bytes", "--wait")
        assert home.job("bytes")["last_error"] == r"caf\xe9"
    (log,) = (home.path / "log" / "runs" / "bytes").iterdir()
    assert log.read_bytes() == b"caf\xe9\n"


def test_a_missing_program_and_directory_are_told_before_and_after(home: Home) -> None:
    home.command("program", "no-such-program")
    home.write("place", {"handler": {"type": "command", "argv": ["true"], "cwd": "/no/such/place"}})
    with home.running("--headless"):
        told = {problem["file"]: problem["field"] for problem in home.json("status")["problems"]}
        assert told == {"program.json": "handler.argv[0]", "place.json": "handler.cwd"}
        assert home.daybell("check").returncode == 5
        for job_id in ("program", "place"):
            assert home.daybell("run", job_id, "--wait").returncode == 1
            assert home.job(job_id)["last_outcome"] == "failed"
        assert "no-such-program" in home.job("program")["last_error"]
        assert "/no/such/place" in home.job("place")["last_error"]


def test_many_jobs_due_at_once_all_run_exactly_once(home: Home) -> None:
    for number in range(100):
        home.command(f"job-{number}", "true", triggers=[{"type": "startup"}])
    with home.running("--headless"):
        until(lambda: all(job["run_count"] == 1 for job in home.json("status")["jobs"]), 20)
        runs = partial(home.json, "history", "-n", "200")
        until(lambda: len([run for run in runs()["runs"] if run["outcome"]]) == 100)
        assert {run["outcome"] for run in runs()["runs"]} == {"succeeded"}
