"""Notices on D-Bus: what the service is told, what comes back, and what becomes of a service that fails."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlparse

import pytest
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from daybell.desktop.notices.choose import open_notices
from daybell.desktop.notices.dbus_notices import REPLY_TIMEOUT, DbusNotices
from daybell.desktop.notices.interface import Button, Notice, Notices
from notice_server import ABLE, NoticeServer, is_quiet
from tray_host import wait_until

pytestmark = pytest.mark.desktop

BUTTONS = (Button("run", "Run again"), Button("log", "Open log"))
FAILED = Notice("backup", "Backup failed", "Exit code 3: disk full", buttons=BUTTONS, icon="failed")


class Recorder(Notices):
    """Notices that remember."""

    why = ""

    def __init__(self) -> None:
        self.shown: list[Notice] = []
        self.is_stopped = False

    def show(self, notice: Notice) -> None:
        self.shown.append(notice)

    def close(self, key: str) -> None:
        self.shown = [notice for notice in self.shown if notice.key != key]

    def stop(self) -> None:
        self.is_stopped = True


class World:
    """Notices on a bus, with what they press and what they could not show."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pressed: list[tuple[str, str, str]] = []
        self.beneath = Recorder()
        self.now = 0.0
        self.opened: list[DBusConnection] = []
        self.refuse: OSError | None = None
        self.notices = self.open()

    def open(self) -> DbusNotices:
        return DbusNotices(self._connect, self._press, self.beneath, monotonic=lambda: self.now)

    def _connect(self) -> DBusConnection:
        if self.refuse:
            raise self.refuse
        self.opened.append(open_dbus_connection(self.address))
        return self.opened[-1]

    def _press(self, key: str, button: str) -> None:
        self.pressed.append((threading.current_thread().name, key, button))

    def hurry(self) -> None:
        """A service has 0.05 s to answer from now on: it hangs."""
        self.notices._reply_timeout = 0.05

    def come_round(self, server: NoticeServer) -> None:
        """From now on it answers, and has the time for it that a busy machine takes."""
        self.notices._reply_timeout = REPLY_TIMEOUT
        server.come_round()

    def wait_number(self, number: int) -> None:
        """The service has said which one that of the backup is: it may be on the screen before."""
        wait_until(lambda: self.notices._screen.number("backup") == number, f"the number {number}")

    def wait_beneath(self, *titles: str) -> None:
        wait_until(lambda: [one.title for one in self.beneath.shown] == list(titles), f"{titles} beneath")


@pytest.fixture
def world(bus: str) -> Iterator[World]:
    world = World(bus)
    yield world
    world.notices.stop()


@pytest.fixture
def server(bus: str) -> Iterator[NoticeServer]:
    with NoticeServer(bus) as server:
        yield server


def test_a_notice_is_shown_with_its_buttons_and_its_picture(world: World, server: NoticeServer) -> None:
    world.notices.show(FAILED)
    [shown] = server.wait_shown()
    assert (shown.title, shown.body) == ("Backup failed", "Exit code 3: disk full")
    assert shown.actions == ["default", "", "run", "Run again", "log", "Open log"]
    assert shown.hints == {"urgency": ("y", 1), "desktop-entry": ("s", "daybell")}
    assert Path(urlparse(shown.icon).path).name == "failed-64.png"
    assert Path(urlparse(shown.icon).path).is_file()


@pytest.mark.parametrize("button", ["run", "log", "default"])
def test_a_button_that_is_pressed_is_heard(world: World, server: NoticeServer, button: str) -> None:
    world.notices.show(FAILED)
    server.wait_shown()
    server.press(button)
    wait_until(lambda: bool(world.pressed), "the press")
    assert world.pressed == [("notices", "backup", button)]


def test_a_press_that_fails_ends_no_notices(
    bus: str, server: NoticeServer, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(key: str, _button: str) -> None:
        raise ValueError(key)

    notices = DbusNotices(partial(open_dbus_connection, bus), refuse, Recorder())
    notices.show(FAILED)
    server.wait_shown()
    server.press("run")
    wait_until(lambda: "a button of a notice failed" in caplog.text, "the log line")
    notices.notify("A", "")
    server.wait_shown()
    notices.stop()


def test_buttons_of_other_programs_are_not_ours(world: World, server: NoticeServer) -> None:
    world.notices.show(FAILED)
    server.wait_shown()
    server.press_number(77, "run")
    server.press("log")
    wait_until(lambda: bool(world.pressed), "the press")
    assert world.pressed == [("notices", "backup", "log")]


def test_a_newer_notice_takes_the_place_of_the_older_one(world: World, server: NoticeServer) -> None:
    world.notices.show(FAILED)
    world.notices.show(Notice("mail", "Mail failed", ""))
    server.wait_shown(2)
    world.notices.show(Notice("backup", "Backup failed again", "", buttons=BUTTONS))
    wait_until(lambda: server.screen[1].title == "Backup failed again", "the newer one")
    assert len(server.screen) == 2


def test_a_notice_that_was_dismissed_comes_anew(world: World, server: NoticeServer) -> None:
    world.notices.show(FAILED)
    world.wait_number(1)
    server.dismiss(1)
    wait_until(lambda: world.notices._screen.number("backup") == 0, "the news")
    world.notices.show(FAILED)
    server.wait_shown()
    assert list(server.screen) == [2]


def test_a_notice_is_taken_back(world: World, server: NoticeServer) -> None:
    world.notices.show(FAILED)
    world.notices.notify("Another", "")
    server.wait_shown(2)
    world.notices.close("backup")
    world.notices.close("never shown")
    assert [shown.title for shown in server.wait_shown(1)] == ["Another"]


def test_no_dead_buttons_stay_behind(world: World, server: NoticeServer) -> None:
    """What stays without buttons can still be read."""
    world.notices.show(FAILED)
    world.notices.notify("Plain", "")
    server.wait_shown(2)
    world.notices.stop()
    assert [shown.title for shown in server.wait_shown(1)] == ["Plain"]
    assert world.beneath.is_stopped


def test_a_service_without_actions_is_asked_for_none(bus: str, world: World) -> None:
    with NoticeServer(bus, can=("body",)) as server:
        world.notices.show(FAILED)
        assert server.wait_shown()[0].actions == []


def test_nobody_to_hear_means_no_buttons(bus: str, server: NoticeServer) -> None:
    notices = DbusNotices(partial(open_dbus_connection, bus), None, Recorder())
    notices.show(FAILED)
    assert server.wait_shown()[0].actions == []
    server.press_number(1, "run")
    notices.stop()


@pytest.mark.parametrize(
    ("can", "body"), [(ABLE, "&lt;b&gt;a &amp;amp; b&lt;/b&gt;"), (("body",), "<b>a &amp; b</b>")]
)
def test_markup_is_shown_and_not_obeyed(bus: str, world: World, can: tuple[str, ...], body: str) -> None:
    with NoticeServer(bus, can) as server:
        world.notices.notify("<i>Title</i> _ &", "<b>a &amp; b</b>")
        [shown] = server.wait_shown()
        assert (shown.title, shown.body) == ("<i>Title</i> _ &", body)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<b>x</b>" * 40, ("<b>x</b>" * 40)[:99] + "…"),
        ("נכשל \u200fמאמש\u202e gpj", "נכשל מאמש gpj"),
        ("👩\u200d💻 done 🎉", "👩\u200d💻 done 🎉"),
        ("a\0b\x1b\ud800\nc", "a b c"),
        ("", "Daybell"),
    ],
)
def test_any_name_can_be_shown(world: World, server: NoticeServer, title: str, shown: str) -> None:
    world.notices.notify(title, title * 2)
    assert server.wait_shown()[0].title == shown


def test_without_a_service_it_goes_beneath_until_one_comes(
    bus: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.notices.notify("A", "")
    world.notices.notify("B", "")
    world.wait_beneath("A", "B")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "ServiceUnknown" in caplog.text
    with NoticeServer(bus) as server:
        world.notices.notify("C", "")
        assert [shown.title for shown in server.wait_shown()] == ["C"]


def test_a_service_that_restarts_has_forgotten_all(bus: str, world: World) -> None:
    with NoticeServer(bus) as server:
        world.notices.show(FAILED)
        world.wait_number(1)
    with NoticeServer(bus, can=("body",)) as server:
        wait_until(lambda: world.notices._screen.number("backup") == 0, "the news")
        world.notices.show(FAILED)
        assert server.wait_shown()[0].actions == []
        assert list(server.screen) == [1]


def test_a_service_that_hangs_is_left_alone_for_a_minute(
    bus: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with NoticeServer(bus, hangs=True) as server:
        world.hurry()
        world.notices.notify("A", "")
        world.notices.notify("B", "")
        world.wait_beneath("A", "B")
        assert server.calls == ["GetCapabilities"]
        assert caplog.text.count("does not answer") == 1
        world.now = 61.0
        world.notices.notify("C", "")
        server.wait_called("GetCapabilities", 2)
        world.wait_beneath("A", "B", "C")


def hang_after_the_first(world: World, server: NoticeServer) -> None:
    """A service that knows us, and then hangs while it shows a second notice."""
    world.notices.notify("A", "")
    wait_until(lambda: world.notices._screen.number("A") == 1, "its number")
    server._hangs = True
    world.hurry()
    world.notices.show(FAILED)
    world.wait_beneath("Backup failed")


def test_a_late_answer_makes_the_buttons_work_after_all(world: World, server: NoticeServer) -> None:
    hang_after_the_first(world, server)
    world.come_round(server)
    world.wait_number(2)
    server.press("run", "Backup failed")
    world.notices.notify("B", "")
    wait_until(lambda: {shown.title for shown in server.screen.values()} == {"A", "B"}, "the next notice")
    wait_until(lambda: world.pressed == [("notices", "backup", "run")], "the press")


def test_a_notice_taken_back_meanwhile_does_not_come_late(world: World, server: NoticeServer) -> None:
    hang_after_the_first(world, server)
    world.notices.close("backup")
    wait_until(lambda: list(world.notices._unanswered.values()) == [None], "the order")
    world.come_round(server)
    server.wait_called("CloseNotification")
    assert [shown.title for shown in server.wait_shown(1)] == ["A"]


def test_the_caller_and_stop_wait_for_no_service(bus: str, world: World) -> None:
    with NoticeServer(bus, hangs=True) as server:
        for number in range(200):
            world.notices.show(Notice(str(number), "A", "x" * 2000))
        server.wait_called("GetCapabilities")
        stopper = threading.Thread(target=world.notices.stop)
        stopper.start()
        stopper.join(2)
        assert not stopper.is_alive()
    assert world.beneath.shown == []


def test_a_lost_bus_is_tried_again_only_by_new_notices_and_not_too_often(
    world: World, server: NoticeServer
) -> None:
    world.notices.notify("A", "")
    server.wait_shown()
    world.refuse = OSError("no such bus")
    world.opened[0].sock.shutdown(2)
    wait_until(lambda: not world.notices._wire.is_open, "the loss")
    for title in "BC":
        world.notices.notify(title, "")
    world.wait_beneath("B", "C")
    world.refuse = None
    world.notices.notify("D", "")
    world.wait_beneath("B", "C", "D")
    assert len(world.opened) == 1
    world.now = 1.0
    world.notices.notify("E", "")
    server.wait_shown(2)
    assert len(world.opened) == 2


def test_an_idle_thread_never_wakes(world: World, server: NoticeServer) -> None:
    world.notices.show(FAILED)
    server.wait_shown()
    world.wait_number(1)
    status = Path(f"/proc/self/task/{world.notices._thread.native_id}/status")
    if not status.exists():
        pytest.skip("only Linux counts the wakeups of a thread")

    wait_until(lambda: is_quiet(status), "a moment without a wakeup")


def test_a_bus_that_is_not_there_hands_all_beneath(caplog: pytest.LogCaptureFixture) -> None:
    beneath = Recorder()
    notices = DbusNotices(partial(open_dbus_connection, "unix:path=/nowhere/bus"), None, beneath)
    notices.notify("A", "")
    wait_until(lambda: bool(beneath.shown), "the notice beneath")
    assert "the session bus is lost" in caplog.text
    notices.stop()


def test_the_chosen_notices_reach_the_bus(bus: str, server: NoticeServer) -> None:
    pressed: list[tuple[str, str]] = []
    hear: Callable[[str, str], None] = lambda *keys: pressed.append(keys)  # noqa: E731 - mypy wants its type
    notices = open_notices({"DBUS_SESSION_BUS_ADDRESS": bus}, "linux", hear)
    notices.show(FAILED)
    server.wait_shown()
    server.press("run")
    wait_until(lambda: pressed == [("backup", "run")], "the press")
    notices.stop()
