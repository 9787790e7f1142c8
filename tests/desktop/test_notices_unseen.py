"""Notices that nobody could show, because the service hung or was away: they come when it speaks up."""

import itertools
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from jeepney import HeaderFields, Message, message_bus, new_error, new_method_return, new_signal
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from daybell.desktop.notices.dbus_notices import REPLY_TIMEOUT, DbusNotices
from daybell.desktop.notices.interface import Button, Notice, Notices
from daybell.desktop.notices.null import NullNotices
from daybell.desktop.notices.plyer_notices import PlyerNotices
from daybell.desktop.notices.waiting import Close
from daybell.desktop.notices.wire import Wire
from notice_server import EMITTER, NoticeServer, is_quiet
from tray_host import wait_until

pytestmark = pytest.mark.desktop

FAILED = Notice("backup", "Backup failed", "", buttons=(Button("run", "Run again"),))
MAIL = Notice("mail", "Mail failed", "", buttons=(Button("run", "Run again"),))


class Way:
    """Another way to the screen: it waits where it must, and then shows or refuses."""

    def __init__(self, *, shows: bool) -> None:
        self.shown: list[str] = []
        self.refused: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self._shows = shows

    def send(self, title: str, _body: str) -> None:
        assert self.gate.wait(10)
        if not self._shows:
            self.refused.append(title)
            raise NotImplementedError
        self.shown.append(title)


class World:
    """Notices on a bus that refuses the first `refusals` times."""

    def __init__(self, address: str, beneath: Notices, *, refusals: int = 0) -> None:
        self.address = address
        self.pressed: list[tuple[str, str]] = []
        self._refusals = refusals
        self.notices = DbusNotices(self._connect, lambda *keys: self.pressed.append(keys), beneath)

    def _connect(self) -> DBusConnection:
        if self._refusals:
            self._refusals -= 1
            raise ConnectionRefusedError
        return open_dbus_connection(self.address)

    def hurry(self) -> None:
        """A service has 0.05 s to answer from now on: it hangs."""
        self.notices._reply_timeout = 0.05

    def come_round(self, server: NoticeServer) -> None:
        """From now on it answers, and has the time for it that a busy machine takes."""
        self.notices._reply_timeout = REPLY_TIMEOUT
        server.come_round()

    def wait_unseen(self, *titles: str) -> None:
        unseen = self.notices._unseen
        wait_until(lambda: [one.title for one in unseen._back] == list(titles), f"{titles} to wait")


@pytest.fixture
def way() -> Iterator[Way]:
    way = Way(shows=False)
    yield way
    way.gate.set()


@pytest.fixture
def world(bus: str, way: Way) -> Iterator[World]:
    """Nothing beneath can show anything."""
    world = World(bus, PlyerNotices(NullNotices("no desktop took the notice"), way.send))
    yield world
    world.notices.stop()


@pytest.fixture
def server(bus: str) -> Iterator[NoticeServer]:
    with NoticeServer(bus) as server:
        yield server


@pytest.fixture
def hung(bus: str, world: World) -> Iterator[NoticeServer]:
    world.hurry()
    with NoticeServer(bus, hangs=True) as server:
        yield server


def hang_with(world: World, server: NoticeServer, *notices: Notice) -> None:
    """A service that knows us, and then hangs while it shows the first of these."""
    world.notices.notify("A", "")
    wait_until(lambda: world.notices._screen.number("A") == 1, "the first notice")
    server._hangs = True
    world.hurry()
    for notice in notices:
        world.notices.show(notice)


def wait_history(server: NoticeServer, *titles: str) -> None:
    wait_until(lambda: server.history[-len(titles) :] == list(titles), f"{titles} on the screen")


def test_the_first_notice_of_a_day_comes_although_the_service_hung(world: World, hung: NoticeServer) -> None:
    world.notices.show(FAILED)
    world.notices.show(MAIL)
    world.wait_unseen("Backup failed", "Mail failed")
    world.come_round(hung)
    wait_history(hung, "Backup failed", "Mail failed")
    assert hung.calls == ["GetCapabilities", "Notify", "Notify"]
    wait_until(lambda: world.notices._screen.number("mail") == 2, "its number")
    hung.press("run", "Backup failed")
    wait_until(lambda: world.pressed == [("backup", "run")], "the press")


def test_a_second_notice_comes_after_the_one_in_flight_and_neither_twice(
    world: World, server: NoticeServer, way: Way
) -> None:
    hang_with(world, server, FAILED, MAIL)
    world.wait_unseen("Backup failed", "Mail failed")
    world.come_round(server)
    wait_history(server, "Mail failed")
    world.notices.notify("B", "")
    wait_history(server, "B")
    assert server.history == ["A", "Backup failed", "Mail failed", "B"]
    assert way.refused == ["Backup failed", "Mail failed"]
    server.press("run", "Backup failed")
    wait_until(lambda: world.pressed == [("backup", "run")], "the press")


def test_what_was_shown_beneath_is_not_shown_again(bus: str, hung: NoticeServer) -> None:
    way = Way(shows=True)
    world = World(bus, PlyerNotices(NullNotices("no desktop took the notice"), way.send))
    world.hurry()
    world.notices.show(FAILED)
    world.notices.show(MAIL)
    wait_until(lambda: way.shown == ["Backup failed", "Mail failed"], "both beneath")
    world.come_round(hung)
    wait_until(lambda: world.notices._capabilities is not None, "the late capabilities")
    world.notices.notify("B", "")
    wait_history(hung, "B")
    assert hung.history == ["B"]
    assert hung.calls.count("GetCapabilities") == 1
    world.notices.stop()


def test_another_way_that_takes_longer_than_the_service_gives_back_late(
    world: World, server: NoticeServer, way: Way
) -> None:
    """The one in flight was shown meanwhile, and the other one was not."""
    way.gate.clear()
    hang_with(world, server, FAILED, MAIL)
    wait_until(lambda: len(world.notices._unseen._away) == 2, "both to go another way")
    world.come_round(server)
    wait_until(lambda: world.notices._screen.number("backup") == 2, "the late number")
    way.gate.set()
    wait_history(server, "Mail failed")
    assert server.history == ["A", "Backup failed", "Mail failed"]


@pytest.mark.parametrize("leaves", [True, False])
def test_a_new_service_shows_what_the_old_one_hung_on(
    bus: str,
    world: World,
    leaves: bool,  # noqa: FBT001 - a table
) -> None:
    with NoticeServer(bus) as old:
        hang_with(world, old, FAILED, MAIL)
        world.wait_unseen("Backup failed", "Mail failed")
        if leaves:
            old.close()
        world.notices._reply_timeout = REPLY_TIMEOUT
        with NoticeServer(bus, can=("body",)) as new:
            wait_history(new, "Backup failed", "Mail failed")
            assert [shown.actions for shown in new.screen.values()] == [[], []]
            world.notices.notify("B", "")
            wait_history(new, "B")
            assert new.history == ["Backup failed", "Mail failed", "B"]


def test_a_service_that_is_replaced_in_the_middle_of_a_call(bus: str, way: Way) -> None:
    """The call ends only then, and tells nothing of the new one."""
    beneath = PlyerNotices(NullNotices("no desktop took the notice"), way.send)
    notices = DbusNotices(lambda: open_dbus_connection(bus), None, beneath, reply_timeout=0.5)
    with NoticeServer(bus, hangs=True) as old:
        notices.show(FAILED)
        old.wait_called("GetCapabilities")
        with NoticeServer(bus) as new:
            wait_history(new, "Backup failed")
    notices.stop()


def test_a_service_that_crashes_in_the_middle_of_a_call(bus: str, way: Way) -> None:
    beneath = PlyerNotices(NullNotices("no desktop took the notice"), way.send)
    notices = DbusNotices(lambda: open_dbus_connection(bus), None, beneath)
    with NoticeServer(bus, hangs=True) as old:
        notices.show(FAILED)
        old.wait_called("GetCapabilities")
    with NoticeServer(bus) as new:
        wait_history(new, "Backup failed")
    notices.stop()


def test_a_service_that_comes_late_shows_what_nobody_could(bus: str, world: World) -> None:
    world.notices.show(FAILED)
    world.wait_unseen("Backup failed")
    with NoticeServer(bus) as server:
        wait_history(server, "Backup failed")


def test_any_sign_of_life_will_do(world: World, hung: NoticeServer) -> None:
    """Also of a service that never answers what it was asked while it hung."""
    world.notices.show(FAILED)
    world.wait_unseen("Backup failed")
    world.notices._reply_timeout = REPLY_TIMEOUT
    hung._hangs = False
    hung.dismiss(77)
    wait_history(hung, "Backup failed")
    assert hung.calls == ["GetCapabilities", "GetCapabilities", "Notify"]


def test_one_in_flight_is_not_sent_again_at_a_sign_of_life(world: World, server: NoticeServer) -> None:
    hang_with(world, server, FAILED, MAIL)
    world.wait_unseen("Backup failed", "Mail failed")
    server.dismiss(77)
    server.wait_called("Notify", 3)
    world.come_round(server)
    wait_until(lambda: world.notices._screen.number("mail") == 3, "both")
    assert server.history == ["A", "Backup failed", "Mail failed"]


def test_what_waits_wakes_nobody(world: World, server: NoticeServer) -> None:
    hang_with(world, server, FAILED)
    world.wait_unseen("Backup failed")
    server.dismiss(77)
    wait_until(world.notices._rest.is_over_for_unseen, "the sign of life")
    status = Path(f"/proc/self/task/{world.notices._thread.native_id}/status")
    if not status.exists():
        pytest.skip("only Linux counts the wakeups of a thread")

    wait_until(lambda: is_quiet(status), "a moment without a wakeup")


def test_only_the_newest_of_a_key_comes(world: World, hung: NoticeServer) -> None:
    world.notices.show(FAILED)
    world.notices.show(MAIL)
    world.wait_unseen("Backup failed", "Mail failed")
    world.notices.show(Notice("backup", "Backup failed again", ""))
    world.wait_unseen("Mail failed", "Backup failed again")
    world.come_round(hung)
    wait_history(hung, "Mail failed", "Backup failed again")
    assert len(hung.history) == 2


def test_a_newer_one_takes_the_place_of_the_one_in_flight(world: World, server: NoticeServer) -> None:
    hang_with(world, server, FAILED)
    server.wait_called("Notify", 2)
    world.notices.show(Notice("backup", "Backup works again", ""))
    world.wait_unseen("Backup works again")
    world.come_round(server)
    wait_history(server, "Backup failed", "Backup works again")
    assert sorted(shown.title for shown in server.screen.values()) == ["A", "Backup works again"]


def test_of_two_in_flight_the_newer_one_stays(world: World, server: NoticeServer) -> None:
    hang_with(world, server, FAILED)
    server.wait_called("Notify", 2)
    world.notices.show(Notice("backup", "Backup works again", ""))
    world.wait_unseen("Backup works again")
    server.dismiss(77)
    server.wait_called("Notify", 3)
    wait_until(lambda: len(world.notices._unanswered) == 2, "both in flight")
    world.come_round(server)
    server.wait_called("CloseNotification")
    assert [shown.title for shown in server.wait_shown(2)] == ["A", "Backup works again"]
    assert server.history == ["A", "Backup failed", "Backup works again"]


def test_an_order_that_has_just_come_counts_more_than_what_waits(world: World, hung: NoticeServer) -> None:
    world.notices.show(FAILED)
    world.notices.show(MAIL)
    world.wait_unseen("Backup failed", "Mail failed")
    world.notices._waiting.put(Close("backup"))
    world.come_round(hung)
    wait_history(hung, "Mail failed")
    assert hung.history == ["Mail failed"]


def test_a_notice_that_waits_is_taken_back(world: World, hung: NoticeServer) -> None:
    world.notices.show(FAILED)
    world.notices.show(MAIL)
    world.wait_unseen("Backup failed", "Mail failed")
    world.notices.close("backup")
    world.wait_unseen("Mail failed")
    world.come_round(hung)
    wait_history(hung, "Mail failed")
    assert hung.history == ["Mail failed"]


def test_one_that_is_taken_back_while_it_goes_another_way_does_not_wait(
    world: World, hung: NoticeServer, way: Way
) -> None:
    way.gate.clear()
    world.notices.show(FAILED)
    world.notices.show(MAIL)
    wait_until(lambda: len(world.notices._unseen._away) == 2, "both to go another way")
    world.notices.close("backup")
    wait_until(lambda: len(world.notices._unseen._away) == 1, "the order")
    way.gate.set()
    world.wait_unseen("Mail failed")
    world.come_round(hung)
    wait_history(hung, "Mail failed")
    assert hung.history == ["Mail failed"]


def test_stop_waits_for_nothing_that_waits(world: World, hung: NoticeServer, way: Way) -> None:
    world.notices.show(FAILED)
    world.wait_unseen("Backup failed")
    way.gate.clear()
    for number in range(100):
        world.notices.notify(str(number), "")
    stopper = threading.Thread(target=world.notices.stop)
    stopper.start()
    stopper.join(2)
    assert not stopper.is_alive()
    way.gate.set()
    world.come_round(hung)
    assert hung.history == []


class Refusing(NoticeServer):
    """It will not show the backup."""

    def _answer(self, call: Message) -> Message:
        if call.header.fields[HeaderFields.member] == "Notify" and call.body[3] == FAILED.title:
            return new_error(call, "org.example.TooMany", "s", ("too many",))
        return super()._answer(call)


def test_what_the_service_itself_refuses_is_not_offered_again(bus: str, world: World, way: Way) -> None:
    with Refusing(bus) as server:
        world.notices.show(FAILED)
        wait_until(lambda: way.refused == ["Backup failed"], "the refusal beneath")
        for title in "BC":
            world.notices.notify(title, "")
            wait_history(server, title)
        assert server.calls == ["GetCapabilities", "Notify", "Notify", "Notify"]


def test_what_waits_for_a_lost_bus_tries_by_itself(bus: str, server: NoticeServer) -> None:
    world = World(bus, NullNotices("no desktop took the notice"), refusals=2)
    world.notices.show(FAILED)
    world.notices.show(MAIL)
    wait_until(lambda: len(server.history) == 2, "both")
    assert sorted(server.history) == ["Backup failed", "Mail failed"]
    world.notices.stop()


class ReadAtOnce:
    """A connection that reads the reply and what comes after it in one go: its socket tells of it once."""

    def __init__(self) -> None:
        self.sock, self._far = socket.socketpair()
        self.outgoing_serial = itertools.count(1)
        self._messages: list[Message] = []

    def send(self, message: Message, serial: int) -> None:
        message.header.serial = serial
        reply = new_method_return(message)
        self._messages = [reply, new_signal(EMITTER, "NotificationClosed", "uu", (1, 2))]
        self._far.send(b".")

    def receive(self, timeout: float) -> Message:
        if not self._messages:
            raise TimeoutError
        if len(self._messages) == 2:
            self.sock.recv(1)
        return self._messages.pop(0)

    def close(self) -> None:
        self.sock.close()
        self._far.close()


def test_what_is_read_with_a_reply_is_heard_after_it() -> None:
    heard: list[Message] = []
    wire = Wire(lambda: cast("DBusConnection", ReadAtOnce()), heard.append)
    wire.open()
    wire.call(message_bus.ListNames(), 5)
    assert heard == []
    wire.wait(0)
    assert len(heard) == 1
    wire.close()
