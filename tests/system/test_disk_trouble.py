"""The real app on a disk that fills up, or that is read-only: it says so, starts nothing, and resumes."""

from collections.abc import Iterator

import pytest

from app_home import Home
from small_disk import SmallDisk, needs_mount, small_disk
from waiting import until

pytestmark = [pytest.mark.system, needs_mount]


@pytest.fixture
def disk(home: Home) -> Iterator[SmallDisk]:
    """The home lies on it."""
    with small_disk(home.path) as disk:
        home.jobs.mkdir(parents=True)
        yield disk


def problems(home: Home) -> dict[str, str]:
    return {problem["file"]: problem["message"] for problem in home.json("status")["problems"]}


def contents(home: Home) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.path.rglob("*") if path.is_file()}


def test_on_a_full_disk_no_run_starts_until_there_is_room(home: Home, disk: SmallDisk) -> None:
    home.command("good", "true")
    with home.running("--headless"):
        assert home.daybell("run", "good", "--wait").returncode == 0
        disk.fill()
        until(lambda: home.daybell("run", "good").returncode == 7, 20)
        refused = home.daybell("run", "good")
        assert "No space left on device; make room on that disk" in refused.stderr
        assert "so no run starts" in problems(home)["journal.jsonl"]
        assert not list(home.path.rglob(".*.tmp"))
        disk.free()
        assert home.daybell("run", "good", "--wait").returncode == 0
        assert problems(home) == {}
        outcomes = [(run["outcome"], run["reason"]) for run in home.ended("good")]
        assert home.job("good")["run_count"] == outcomes.count(("succeeded", None))
        # One is skipped if the disk was full when it was asked for, and not already when another one ended.
        assert {("succeeded", None)} <= set(outcomes) <= {("succeeded", None), ("skipped", "cannot record")}
    with home.running("--headless"):
        assert [(run["outcome"], run["reason"]) for run in home.ended("good")] == outcomes
        assert problems(home) == {}


def test_a_read_only_disk_is_named_with_a_remedy_and_not_touched(home: Home, disk: SmallDisk) -> None:
    home.command("good", "true")
    with home.running("--headless"):
        assert home.daybell("run", "good", "--wait").returncode == 0
    (home.path / "stderr").unlink()
    disk.remount("ro")
    before = contents(home)
    done = home.daybell("start", "--headless")
    disk.remount("rw")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"{home.path}/run/instance" in done.stderr
    assert "Read-only file system; mount its file system for writing" in done.stderr
    assert contents(home) == before
    with home.running("--headless"):
        assert [run["outcome"] for run in home.history("good")] == ["succeeded"]


def test_a_state_directory_that_is_read_only_is_named_as_well(home: Home) -> None:
    state = home.path / "state"
    state.mkdir(mode=0o700)
    with small_disk(state) as disk:
        disk.remount("ro")
        done = home.daybell("start", "--headless")
    assert done.returncode == 1
    assert f"{state}/journal" in done.stderr
    assert "Read-only file system; mount" in done.stderr
