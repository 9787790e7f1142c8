"""What macOS and Windows are told, with their libraries played by the test."""

import ctypes
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from daybell.core.system_log import WARNING, Line

LINE = Line(WARNING, "backup\nfailed", "run_finished", "backup", "r1")
NAMES = ("daybell.logs.unified_log", "daybell.logs.event_log")
HANDLE = 7


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """Modules that believe to be elsewhere are forgotten."""
    yield
    for name in NAMES:
        sys.modules.pop(name, None)


def test_macos_is_told_by_its_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[object, ...]] = []
    library = SimpleNamespace(
        LOG_PID=1,
        LOG_USER=8,
        openlog=lambda *words: told.append(words),
        syslog=lambda *words: told.append(words),
        closelog=lambda: told.append(("closed",)),
    )
    monkeypatch.setitem(sys.modules, "syslog", library)
    monkeypatch.setattr(sys, "platform", "darwin")
    log = import_module(NAMES[0]).UnifiedLog()
    log.send(LINE)
    log.close()
    assert told == [("daybell", 1, 8), (4, "daybell: backup failed"), ("closed",)]


class FakeLibrary:
    """Of Windows: each function may be told what it takes and gives."""

    def __init__(self, *, is_there: bool = True) -> None:
        self.told: list[tuple[object, ...]] = []
        self.has_room = True
        self.RegisterEventSourceW = partial(lambda *_: HANDLE if is_there else None)
        self.DeregisterEventSource = partial(lambda handle: self.told.append(("closed", handle)))
        self.ReportEventW = partial(self._report)

    def _report(self, *words: Any) -> bool:
        *numbers, strings, raw = words
        self.told.append((*numbers, strings[0], raw))
        return self.has_room


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeLibrary], Any]:
    def load(library: FakeLibrary) -> Any:
        monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: library, raising=False)
        monkeypatch.setattr(ctypes, "get_last_error", lambda: 5, raising=False)
        monkeypatch.setattr(ctypes, "WinError", lambda code: OSError(code, "denied"), raising=False)
        monkeypatch.setattr(sys, "platform", "win32")
        return import_module(NAMES[1]).EventLog

    return load


def test_windows_is_told_with_kind_and_number(windows: Callable[[FakeLibrary], Any]) -> None:
    library = FakeLibrary()
    log = windows(library)()
    log.send(LINE)
    log.close()
    # handle, type, category, number, user, count of strings, bytes of data, strings, data
    assert library.told == [(HANDLE, 2, 0, 10, None, 1, 0, "backup failed", None), ("closed", HANDLE)]


def test_what_windows_refuses_is_an_error_of_the_system(windows: Callable[[FakeLibrary], Any]) -> None:
    with pytest.raises(OSError, match="denied"):
        windows(FakeLibrary(is_there=False))()


def test_a_line_that_windows_does_not_take_is_one_too(windows: Callable[[FakeLibrary], Any]) -> None:
    library = FakeLibrary()
    log = windows(library)()
    library.has_room = False
    with pytest.raises(OSError, match="denied"):
        log.send(LINE)
