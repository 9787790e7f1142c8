"""What a job's limits do, from its file to its history."""

import sys

import pytest

from app_home import Home
from greed import greed

pytestmark = pytest.mark.system


def test_limits_hold_and_are_named_in_the_history(home: Home) -> None:
    home.shell("gentle", "nice; ulimit -t", limits={"nice": 7, "ionice": "idle", "cpu_time": "90m"})
    home.shell("burner", "while :; do :; done", limits={"cpu_time": "1s"})
    greedy = greed()
    home.command("greedy", *greedy.argv, limits={"memory": str(greedy.limit)})
    with home.running("--headless"):
        assert home.daybell("run", "gentle", "--wait").returncode == 0
        assert home.daybell("run", "burner", "--wait").returncode == 152
        home.daybell("run", "greedy", "--wait")
        (burnt,), (ate,) = home.ended("burner"), home.ended("greedy")
    (log,) = (home.path / "log" / "runs" / "gentle").iterdir()
    assert log.read_text() == "7\n5400\n"
    assert (burnt["outcome"], burnt["error"]) == ("failed", "cpu_time limit of 1s reached")
    if sys.platform == "linux":
        assert ate["outcome"] == "failed"
        assert ate["error"].startswith("MemoryError (peak ")
        assert greedy.told_of(ate["peak_memory"])


def test_a_limited_run_that_takes_too_long_is_ended(home: Home) -> None:
    home.shell("slow", "sleep 300 & wait", timeout="1s", limits={"nice": 1})
    with home.running("--headless"):
        assert home.daybell("run", "slow", "--wait", timeout=10).returncode == 124
        (run,) = home.ended("slow")
    assert (run["outcome"], run["error"]) == ("timed_out", "timed out after 1s")
