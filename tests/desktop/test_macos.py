"""The icon on macOS: pystray's own back end and ours, on frameworks that behave as those of macOS."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from daybell.core.views import ICON_STATES, Action, Entry
from daybell.desktop.tray import native
from daybell.desktop.tray.choose import open_tray
from daybell.desktop.tray.interface import Act, Tray
from desktop.fake_macos import FakeMacos, NSImage
from desktop.fresh import fresh
from desktop.running import a_view
from tray_host import wait_until

MODULES = ("pystray._darwin", "daybell.desktop.tray.macos")
TIMEOUT = 5.0


class RunningMac:
    """A tray that was opened and runs on one thread, as macOS wants it."""

    def __init__(self, act: Act | None = None) -> None:
        self.acts: list[Action] = []
        self._act = act or self.acts.append
        self._opened: queue.Queue[tuple[FakeMacos, Tray]] = queue.Queue()
        self._ready = threading.Event()
        self._prepare: Callable[[FakeMacos], None] = lambda _: None
        self.thread = threading.Thread(target=self._run, name="main")

    @contextmanager
    def running(self, monkeypatch: pytest.MonkeyPatch) -> Iterator["RunningMac"]:
        self._prepare = lambda mac: mac.install(monkeypatch)
        self.thread.start()
        self.mac, self.tray = self._opened.get(timeout=TIMEOUT)
        try:
            assert self._ready.wait(TIMEOUT)
            yield self
        finally:
            self.tray.stop()
            self.thread.join(TIMEOUT)
            assert not self.thread.is_alive()
            assert self.mac.items == []

    def _run(self) -> None:
        mac = FakeMacos()
        self._prepare(mac)
        with fresh(*MODULES) as modules:
            tray = modules[-1].open_macos_tray(self._act)
            self._opened.put((mac, tray))
            tray.run(self._ready.set)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningMac]:
    with RunningMac().running(monkeypatch) as running:
        wait_until(lambda: not running.mac.button.hidden, "the icon")
        yield running


@pytest.fixture
def mac(running: RunningMac) -> FakeMacos:
    return running.mac


def test_the_icon_is_a_template_for_both_densities(mac: FakeMacos) -> None:
    image = mac.button.image
    assert (image.points, image.template) == ((22, 22), True)
    drawn = [(each.pixels, each.size) for each in image.representations]
    assert drawn == [((22, 22), (22, 22)), ((44, 44), (22, 22))]
    assert image.accessibilityDescription == "Daybell, idle"


def test_each_state_has_its_own_image_made_once(running: RunningMac, mac: FakeMacos) -> None:
    shown = set()
    for state in ICON_STATES * 3:
        running.tray.show(a_view(state=state))
        mac.settle()
        shown.add(mac.button.image)
    assert shown == set(NSImage.made)
    assert len(NSImage.made) == len(ICON_STATES)


def test_an_image_that_cannot_be_read_is_shown_as_pystray_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files = native.template_files

    def without_failed(state: Any) -> tuple[Path, Path]:
        return files(state) if state != "failed" else (Path("/gone.png"), Path("/gone@2x.png"))

    monkeypatch.setattr(native, "template_files", without_failed)
    with RunningMac().running(monkeypatch) as running:
        running.tray.show(a_view(state="failed"))
        wait_until(lambda: running.mac.button.image.content.startswith(b"\x89PNG"), "the picture")
        running.tray.show(a_view(state="idle"))
        wait_until(lambda: running.mac.button.image.template, "the template")
    assert "the icon /gone.png could not be read" in caplog.text


def test_one_density_is_better_than_none(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = native.template_files("idle")[1]
    monkeypatch.setattr(native, "template_files", lambda _: (Path("/gone.png"), dense))
    with RunningMac().running(monkeypatch) as running:
        wait_until(lambda: not running.mac.button.hidden, "the icon")
        assert len(running.mac.button.image.representations) == 1


def test_there_is_no_icon_in_the_dock(mac: FakeMacos) -> None:
    assert mac.app.activationPolicy == 1


def test_macos_may_sleep_but_does_not_slow_us_down(mac: FakeMacos) -> None:
    assert mac.activities == [(0x00EFFFFF, "Jobs start on time")]


def test_the_tooltip_is_the_whole_text(running: RunningMac, mac: FakeMacos) -> None:
    running.tray.show(a_view(tooltip="🔔" * 100))
    mac.settle()
    assert mac.button.toolTip == "🔔" * 100


def test_a_click_acts_and_replaces_no_menu(running: RunningMac, mac: FakeMacos) -> None:
    running.tray.show(a_view())
    mac.settle()
    menu = mac.open_menu()
    titles = [item.title for item in menu.items]
    assert titles == ["Daybell — 1 job", "-", "Back up photos — next 02:30", "-", "Quit"]
    mac.choose(menu, "Run now")
    assert running.acts == [Action("run", "backup")]
    assert mac.item.menu is menu


def test_a_menu_changes_only_after_it_has_closed(running: RunningMac, mac: FakeMacos) -> None:
    running.tray.show(a_view())
    mac.settle()
    menu = mac.open_menu()
    running.tray.show(a_view(Entry("A\tB & C", Action("about")), state="failed"))
    mac.settle()
    assert mac.item.menu is menu
    mac.choose(menu, "Quit")
    assert running.acts == [Action("quit")]
    assert [item.title for item in mac.item.menu.items] == ["A B & C"]
    assert mac.button.image.accessibilityDescription == "Daybell, failed"


def test_a_stop_closes_an_open_menu(running: RunningMac, mac: FakeMacos) -> None:
    running.tray.show(a_view())
    mac.settle()
    menu = mac.open_menu()
    running.tray.stop()
    running.thread.join(TIMEOUT)
    assert menu.was_cancelled
    assert not mac.app.has_left


def test_a_person_may_log_out_and_daybell_stops_first(running: RunningMac, mac: FakeMacos) -> None:
    assert mac.log_out() == 2
    assert running.acts == [Action("quit")]
    assert not mac.app.has_left
    running.tray.stop()
    running.thread.join(TIMEOUT)
    assert mac.app.has_left


def test_a_click_that_fails_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Action) -> None:
        raise RuntimeError("a mistake of ours")

    with RunningMac(fail).running(monkeypatch) as running:
        running.tray.show(a_view())
        running.mac.settle()
        running.mac.choose(running.mac.open_menu(), "Quit")
    assert "a mistake of ours" in caplog.text


def test_over_ssh_there_is_no_icon_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    mac = FakeMacos()
    mac.session = None
    mac.install(monkeypatch)
    with fresh(*MODULES):
        tray = open_tray(lambda _: None, {}, "darwin")
    assert tray.why == "there is no tray icon: no desktop session was found"
    assert mac.items == []
