import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.events import FileSystemEvent
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from builders import at
from daybell.engine.memory import VirtualClock, VirtualDeadlines
from daybell.engine.ports import Deadlines
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


class Noted(DirectoryWatch):
    """It notes what the system tells it, when it has been dealt with."""

    def __init__(self, path: Path, changed: Callable[[], None], deadlines: Deadlines) -> None:
        super().__init__(path, changed, deadlines)
        self.heard: list[tuple[str, str]] = []

    def on_any_event(self, event: FileSystemEvent) -> None:
        super().on_any_event(event)
        self.heard.append((event.event_type, Path(str(event.dest_path or event.src_path)).name))


class Still:
    """A watched directory, and time that passes when the test says so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told = 0
        self._clock = VirtualClock(at("2026-03-02 12:00"))
        self._deadlines = VirtualDeadlines(self._clock)
        self.watch = Noted(path, self._changed, self._deadlines)

    def _changed(self) -> None:
        self.told += 1

    def wait_for(self, event: str, name: str) -> None:
        until(lambda: (event, name) in self.watch.heard)

    def settle(self) -> None:
        self._clock.advance_to(self._clock.now() + watch.SETTLE)
        self._deadlines.act()


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Still]:
    made = Still(tmp_path / "jobs")
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


def test_it_tells_once_of_many_changes_at_once(still: Still) -> None:
    for number in range(50):
        replace(still.path / f"{number}.json", "{}")
    still.wait_for("moved", "49.json")
    assert still.told == 0
    still.settle()
    assert still.told == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a file is closed")
def test_reading_is_no_change(still: Still) -> None:
    (still.path / "a.json").write_text("1")
    still.wait_for("closed", "a.json")
    still.settle()
    still.watch.heard.clear()
    for _ in range(5):
        (still.path / "a.json").read_text()
        list(still.path.iterdir())
    (still.path / "b.json").write_text("1")
    still.wait_for("closed", "b.json")
    assert {name for _, name in still.watch.heard} == {"b.json"}
    still.settle()
    assert still.told == 2


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


def test_nothing_is_told_after_the_stop(still: Still) -> None:
    (still.path / "a.json").write_text("1")
    until(lambda: bool(still.watch.heard))
    still.watch.stop()
    still.settle()
    assert still.told == 0
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
