"""One process a home."""

import os
from pathlib import Path

import pytest

from builders import at
from daybell.model.errors import AlreadyRunning, DaybellError
from daybell.store.instance import Instance, InstanceLock

WE = Instance(os.getpid(), at("2026-03-02 12:00"), "0.1.0")


def lock(directory: Path) -> InstanceLock:
    return InstanceLock(directory / "instance.lock", directory / "instance.json")


def test_the_second_is_told_who_runs(tmp_path: Path) -> None:
    first = lock(tmp_path)
    first.acquire(WE)
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}, since 2026-03-0"):
        lock(tmp_path).acquire(WE)
    first.release()


def test_it_is_free_after_a_release(tmp_path: Path) -> None:
    for _ in range(2):
        one = lock(tmp_path)
        one.acquire(WE)
        one.release()
    assert not (tmp_path / "instance.json").exists()


def test_only_the_lock_decides(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text("left behind by a crash")
    one = lock(tmp_path)
    one.acquire(WE)
    (tmp_path / "instance.json").write_text("damaged")
    with pytest.raises(AlreadyRunning, match=r"already running in this home$"):
        lock(tmp_path).acquire(WE)
    one.release()


def test_it_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "instance.json").mkdir()
    with pytest.raises(DaybellError, match=r"instance\.json: cannot be written: Is a directory"):
        lock(tmp_path).acquire(WE)
    (tmp_path / "instance.json").rmdir()
    lock(tmp_path).acquire(WE)
