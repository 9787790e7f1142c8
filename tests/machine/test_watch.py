import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from daybell.machine import watch
from daybell.machine.clock import SystemClock
from daybell.machine.deadlines import DeadlineThread
from daybell.machine.watch import DirectoryWatch
from waiting import until


class Watched:
    """A watched directory and how often it was said to have changed."""

    def __init__(self, path: Path, deadlines: DeadlineThread) -> None:
        self.path = path
        self.told = 0
        self.watch = DirectoryWatch(path, self._changed, deadlines)

    def _changed(self) -> None:
        self.told += 1

    def tells(self, act: Callable[[], object]) -> None:
        """It tells of what the act does."""
        before = self.told
        act()
        until(lambda: self.told > before)


@pytest.fixture
def deadlines() -> Iterator[DeadlineThread]:
    made = DeadlineThread(SystemClock())
    made.start()
    yield made
    made.stop()


@pytest.fixture
def watched(tmp_path: Path, deadlines: DeadlineThread, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(watch, "SETTLE", watch.SETTLE / 4)
    monkeypatch.setattr(watch, "SEARCH", watch.SEARCH / 20)
    made = Watched(tmp_path / "jobs", deadlines)
    made.path.mkdir()
    made.watch.start()
    yield made
    made.watch.stop()


def replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".tmp")
    beside.write_text(text)
    os.replace(beside, path)  # noqa: PTH105 as editors do


def test_it_tells_of_new_changed_replaced_moved_and_deleted_files(watched: Watched) -> None:
    file = watched.path / "a.json"
    watched.tells(lambda: file.write_text("1"))
    watched.tells(lambda: file.write_text("2"))
    watched.tells(lambda: replace(file, "3"))
    watched.tells(lambda: file.rename(watched.path / "b.json"))
    watched.tells((watched.path / "b.json").unlink)


def test_it_tells_once_of_many_changes_at_once(watched: Watched) -> None:
    def write_many() -> None:
        for number in range(50):
            replace(watched.path / f"{number}.json", "{}")

    watched.tells(write_many)
    assert watched.told == 1


def test_reading_is_no_change(watched: Watched) -> None:
    watched.tells(lambda: (watched.path / "a.json").write_text("1"))
    for _ in range(5):
        (watched.path / "a.json").read_text()
        list(watched.path.iterdir())
    watched.tells(lambda: (watched.path / "b.json").write_text("1"))
    assert watched.told == 2


def test_a_directory_that_comes_back_is_watched_again(watched: Watched) -> None:
    watched.tells(watched.path.rmdir)
    watched.tells(watched.path.mkdir)
    watched.tells(lambda: (watched.path / "a.json").write_text("1"))


def test_a_directory_that_is_not_there_yet_is_waited_for(
    tmp_path: Path, deadlines: DeadlineThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SEARCH", watch.SEARCH / 50)
    watched = Watched(tmp_path / "later", deadlines)
    watched.watch.start()
    watched.tells(watched.path.mkdir)
    watched.watch.stop()


def test_nothing_is_told_after_the_stop(watched: Watched) -> None:
    (watched.path / "a.json").write_text("1")
    watched.watch.stop()
    assert watched.told == 0
    assert "watch" not in [thread.name for thread in threading.enumerate()]


def refuse_at_once() -> BaseObserver:
    raise OSError(24, "inotify instance limit reached")


class RefuseToStart(PollingObserver):
    def start(self) -> None:
        raise OSError(28, "inotify watch limit reached")


@pytest.mark.parametrize(
    ("make", "reason"), [(refuse_at_once, "inotify instance limit"), (RefuseToStart, "inotify watch limit")]
)
def test_where_the_system_cannot_watch_it_looks_regularly(
    watched: Watched,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    make: Callable[[], BaseObserver],
    reason: str,
) -> None:
    monkeypatch.setattr(watch, "Observer", make)
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.05)
    with caplog.at_level(logging.WARNING):
        watched.tells(watched.path.rmdir)
        watched.tells(watched.path.mkdir)
    assert reason in caplog.text
    watched.tells(lambda: (watched.path / "a.json").write_text("1"))
