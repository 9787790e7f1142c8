"""The icon on Windows: pystray's own back end and ours, on libraries that behave as those of Windows."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from daybell.core.views import ICON_STATES, SEPARATOR, Action, Entry
from daybell.desktop.tray.taskbar import RETRY_DELAYS
from desktop.fake_windows import (
    LEFT_DOUBLE,
    LEFT_DOWN,
    LEFT_UP,
    MIDDLE_UP,
    MOVED,
    RIGHT_UP,
    WM_DPICHANGED,
    FakeWindows,
)
from desktop.fresh import fresh
from desktop.running import RunningTray, a_view
from tray_host import wait_until

MODULES = (
    "pystray._util.win32",
    "pystray._win32",
    "daybell.desktop.tray.windows_calls",
    "daybell.desktop.tray.windows",
)
WM_DISPLAYCHANGE, WM_QUERYENDSESSION, WM_ENDSESSION = 0x7E, 0x11, 0x16


@contextmanager
def running(
    monkeypatch: pytest.MonkeyPatch, windows: FakeWindows, *acts: Callable[[Action], None]
) -> Iterator[RunningTray]:
    windows.install(monkeypatch)
    heard: list[Action] = []
    with fresh(*MODULES) as modules:
        tray = modules[-1].open_windows_tray(*acts or [heard.append])
        try:
            with RunningTray(tray=tray, acts=heard).running() as tray:
                yield tray
        finally:
            assert windows.faults == []
            assert (windows.icon, windows.loaded) == (None, {})


@pytest.fixture
def windows() -> FakeWindows:
    return FakeWindows()


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch, windows: FakeWindows) -> Iterator[RunningTray]:
    with running(monkeypatch, windows) as tray:
        wait_until(lambda: windows.icon is not None, "the icon")
        yield tray


def test_the_icon_is_the_drawn_one_in_the_size_of_the_taskbar(
    windows: FakeWindows, tray: RunningTray
) -> None:
    assert windows.picture == ("idle.ico", 16)
    (_, _, flags), *more = windows.loaded.values()
    assert (flags, more) == (
        0x10,
        [],
    )  # LR_LOADFROMFILE, and not LR_DEFAULTSIZE: that is the size for windows
    assert windows.icon.szTip == "Daybell"


@pytest.mark.parametrize(
    ("lacks", "calls"),
    [
        ((), "SetProcessDpiAwarenessContext"),
        (("SetProcessDpiAwarenessContext",), "SetProcessDpiAwareness"),
        (("SetProcessDpiAwarenessContext", "SetProcessDpiAwareness"), "SetProcessDPIAware"),
        (("SetProcessDpiAwarenessContext", "shcore"), "SetProcessDPIAware"),
    ],
)
def test_windows_hears_that_we_scale_ourselves_before_there_is_a_window(
    monkeypatch: pytest.MonkeyPatch, lacks: tuple[str, ...], calls: str
) -> None:
    windows = FakeWindows(*lacks)
    with running(monkeypatch, windows):
        assert windows.calls == [calls, "CreateWindow", "CreateWindow"]


@pytest.mark.parametrize("lacking", ["GetDpiForWindow", "GetSystemMetricsForDpi"])
def test_an_older_windows_knows_one_size_only(monkeypatch: pytest.MonkeyPatch, lacking: str) -> None:
    windows = FakeWindows(lacking)
    windows.density = 192
    with running(monkeypatch, windows):
        wait_until(lambda: windows.picture == ("idle.ico", 16), "the icon")


@pytest.mark.parametrize("message", [WM_DISPLAYCHANGE, WM_DPICHANGED])
def test_the_icon_gets_the_size_of_a_new_screen(
    windows: FakeWindows, tray: RunningTray, message: int
) -> None:
    windows.density = 144
    windows.send(message)
    windows.settle()
    assert windows.pass_time() == 1000
    wait_until(lambda: windows.picture == ("idle.ico", 24), "the larger icon")
    assert len(windows.loaded) == 1
    windows.settle()
    assert not windows.timers


def test_each_state_is_loaded_once(windows: FakeWindows, tray: RunningTray) -> None:
    for state in ICON_STATES * 3:
        tray.tray.show(a_view(state=state))
        wait_until(lambda state=state: windows.picture == (f"{state}.ico", 16), state)  # type: ignore[misc]  # bound at once
    assert len(windows.loaded) == len(ICON_STATES)


def test_a_picture_that_windows_cannot_load_comes_the_long_way(
    monkeypatch: pytest.MonkeyPatch, windows: FakeWindows, caplog: pytest.LogCaptureFixture
) -> None:
    load = windows.LoadImageW
    monkeypatch.setattr(
        windows, "LoadImageW", lambda *call: 0 if call[1].endswith("idle.ico") else load(*call)
    )
    with running(monkeypatch, windows):
        wait_until(lambda: windows.picture is not None, "the icon")
    assert "idle.ico could not be loaded: the operation failed" in caplog.text


@pytest.mark.parametrize("is_busy", [False, True])
def test_a_taskbar_that_is_still_starting_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, windows: FakeWindows, *, is_busy: bool
) -> None:
    windows.refusals, windows.is_busy = 3, is_busy
    with running(monkeypatch, windows) as tray:
        tray.tray.show(a_view(state="failed", tooltip="1 failed"))
        delays = passed(windows)
        assert delays == ([1000] if is_busy else [1000, 2000, 4000])
        assert (windows.picture, windows.icon.szTip) == (("failed.ico", 16), "1 failed")


def test_a_taskbar_that_does_not_come_is_left_alone_until_it_says_that_it_is_there(
    monkeypatch: pytest.MonkeyPatch, windows: FakeWindows, caplog: pytest.LogCaptureFixture
) -> None:
    windows.taskbar = None
    with running(monkeypatch, windows) as tray:
        assert passed(windows) == [1000 * delay for delay in RETRY_DELAYS]
        assert sum(RETRY_DELAYS) == 120
        tray.tray.show(a_view(state="paused", tooltip="All jobs paused"))
        windows.restart_explorer()
        wait_until(lambda: windows.picture == ("paused.ico", 16), "the icon")
        assert windows.icon.szTip == "All jobs paused"
    assert "could not be shown yet: the taskbar did not take it" in caplog.text


def test_a_new_taskbar_gets_the_newest_icon_and_all_patience(windows: FakeWindows, tray: RunningTray) -> None:
    for refusals in (5, 6):
        windows.taskbar = None
        tray.tray.show(a_view(state="running", tooltip=f"{refusals} running"))
        windows.settle()
        windows.refusals = refusals
        windows.restart_explorer()
        assert passed(windows) == [1000 * delay for delay in RETRY_DELAYS[:refusals]]
        assert (windows.picture, windows.icon.szTip) == (("running.ico", 16), f"{refusals} running")


def test_a_taskbar_that_only_changed_its_size_keeps_its_one_icon(
    windows: FakeWindows, tray: RunningTray
) -> None:
    kept = windows.taskbar
    windows.restart_explorer()
    windows.taskbar, windows.density = kept, 192
    wait_until(lambda: windows.picture == ("idle.ico", 32), "the larger icon")


def passed(windows: FakeWindows) -> list[int]:
    """The milliseconds that were waited for, one timer after the other, until none was set any more."""
    delays = []
    windows.settle()
    while delay := windows.pass_time():
        delays.append(delay)
        windows.settle()
    return delays


@pytest.mark.parametrize("button", [LEFT_UP, RIGHT_UP])
def test_either_button_opens_the_menu_and_a_click_acts(
    windows: FakeWindows, tray: RunningTray, button: int
) -> None:
    open_menu(windows, tray, button)
    assert windows.labels == ["Daybell — 1 job", "-", "Back up photos — next 02:30", "-", "Quit"]
    made = windows.menus[windows.open_menu or 0]
    windows.choose("Run now")
    wait_until(lambda: tray.acts == [Action("run", "backup")], "the click")
    windows.settle()
    assert made in windows.menus.values()  # the menu is not made anew: what changed comes as a view


@pytest.mark.parametrize("button", [MIDDLE_UP, LEFT_DOWN, LEFT_DOUBLE, MOVED])
def test_what_else_the_mouse_does_is_harmless(windows: FakeWindows, tray: RunningTray, button: int) -> None:
    windows.click(button)
    windows.settle()
    assert windows.open_menu is None
    open_menu(windows, tray, LEFT_UP)
    for heard in (button, LEFT_UP, RIGHT_UP):
        windows.click(heard)
    tray.tray.show(a_view(Entry("Other")))
    windows.settle()
    assert windows.labels[-1] == "Quit"
    windows.choose(None)
    windows.settle()
    assert tray.acts == []


def test_a_menu_changes_only_after_it_has_closed(windows: FakeWindows, tray: RunningTray) -> None:
    open_menu(windows, tray, RIGHT_UP)
    tray.tray.show(a_view(Entry("Other", Action("about"))))
    windows.settle()
    windows.choose("Quit")
    wait_until(lambda: tray.acts == [Action("quit")], "the click")
    windows.settle()
    windows.click(RIGHT_UP)
    windows.settle()
    assert windows.labels == ["Other"]
    windows.choose(None)


def test_a_click_that_fails_ends_nothing(monkeypatch: pytest.MonkeyPatch, windows: FakeWindows) -> None:
    def fail(_: Action) -> None:
        raise RuntimeError("a mistake of ours")

    with running(monkeypatch, windows, fail) as tray:
        for _ in range(2):
            open_menu(windows, tray, LEFT_UP)
            windows.choose("Quit")
            windows.settle()


def test_labels_are_shown_as_they_are_written(windows: FakeWindows, tray: RunningTray) -> None:
    texts = ("Rock & roll\tCtrl+Q", "🔔" * 100)
    view = a_view(*map(Entry, texts), SEPARATOR, Entry("A & B", entries=(Entry("C & D"),)))
    tray.tray.show(view)
    windows.click(LEFT_UP)
    windows.settle()
    assert windows.labels == ["Rock && roll Ctrl+Q", "🔔" * 79 + "…", "-", "A && B"]
    assert windows.entry("C && D")
    windows.choose(None)


def test_texts_are_cut_to_what_windows_takes(windows: FakeWindows, tray: RunningTray) -> None:
    tray.tray.show(a_view(tooltip="🔔" * 100))
    wait_until(lambda: windows.icon.szTip == "🔔" * 63 + "…", "the tooltip")
    icon: Any = vars(tray.tray)["_icon"]
    icon.notify("b" * 300, "t" * 100)


def test_a_person_may_sign_out_and_daybell_stops_first(
    monkeypatch: pytest.MonkeyPatch, windows: FakeWindows, caplog: pytest.LogCaptureFixture
) -> None:
    order: list[str] = []

    def act(action: Action) -> None:
        order.append(action.verb)
        threading.Thread(target=stop).start()

    def stop() -> None:
        order.append("stopped")
        tray.tray.stop()

    with running(monkeypatch, windows, act) as tray:
        assert windows.ask(WM_QUERYENDSESSION) == 1
        windows.ask(WM_ENDSESSION, 0)
        assert order == []
        windows.ask(WM_ENDSESSION, 1)
        order.append("Windows ends the process")
    assert order == ["quit", "stopped", "Windows ends the process"]
    assert not caplog.records


def test_windows_waits_for_no_one_for_long(
    monkeypatch: pytest.MonkeyPatch,
    windows: FakeWindows,
    tray: RunningTray,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("daybell.desktop.tray.windows.SESSION_GRACE", 0.01)
    windows.ask(WM_ENDSESSION, 1)
    assert tray.acts == [Action("quit")]
    assert "before Daybell has stopped" in caplog.text


def test_a_stop_closes_an_open_menu(windows: FakeWindows, tray: RunningTray) -> None:
    open_menu(windows, tray, RIGHT_UP)
    tray.tray.stop()
    tray.thread.join(5)
    assert not tray.thread.is_alive()


def open_menu(windows: FakeWindows, tray: RunningTray, button: int) -> None:
    tray.tray.show(a_view())
    windows.click(button)
    windows.settle()
    assert windows.open_menu is not None
