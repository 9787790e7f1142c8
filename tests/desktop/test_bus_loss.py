"""A session bus that breaks, hangs, comes late and comes back."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from daybell.core.views import Action
from daybell.desktop.bus.connection import Connection, connect, dial
from daybell.desktop.bus.loop import REDIAL_DELAYS, BusLoop
from daybell.desktop.tray.choose import open_tray
from daybell.desktop.tray.sni import open_sni_tray
from desktop.running import RunningTray, a_view
from tray_host import TrayHost, private_bus, wait_until

pytestmark = pytest.mark.desktop

SOON = (0.01, 0.01, 0.02)


def address(place: Path) -> str:
    return f"unix:path={place}"


@contextmanager
def desktop(place: Path) -> Iterator[TrayHost]:
    with private_bus(place) as at, TrayHost(at) as host:
        yield host


@contextmanager
def a_tray(place: Path, act: Callable[[Action], None] | None = None) -> Iterator[RunningTray]:
    heard: list[Action] = []
    tray = open_sni_tray(partial(connect, address(place)), act or heard.append, SOON)
    with RunningTray(tray=tray, acts=heard).running() as running:
        yield running


def losses(caplog: pytest.LogCaptureFixture) -> int:
    return sum("the session bus is gone" in record.message for record in caplog.records)


def test_a_bus_that_comes_back_has_the_icon_and_the_newest_view(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as first:
        host = first.enter_context(desktop(place))
        with a_tray(place) as running:
            running.tray.show(a_view(tooltip="before"))
            host.wait_item()
            first.close()
            wait_until(lambda: losses(caplog) == 1, "the loss is logged")
            running.tray.show(a_view(tooltip="after"))
            assert running.thread.is_alive()
            with desktop(place) as again:
                again.wait_item()
                wait_until(lambda: again.tooltip()[0] == "after", "the view")
                again.click("Quit")
                wait_until(lambda: running.acts == [Action("quit")], "the click")
    assert [record.levelno for record in caplog.records[:1]] == [logging.WARNING]
    assert losses(caplog) == len([record for record in caplog.records if record.levelno >= logging.WARNING])


def test_a_bus_that_comes_late_gets_the_icon(place: Path) -> None:
    with a_tray(place) as running:
        assert running.tray.why.startswith("there is no tray icon yet: the session bus at unix:path=")
        running.tray.show(a_view(tooltip="late"))
        with desktop(place) as host:
            host.wait_item()
            wait_until(lambda: host.tooltip()[0] == "late", "the view")


def test_the_address_is_looked_up_anew_each_time(place: Path) -> None:
    environ = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"}
    tray = open_sni_tray(partial(dial, lambda: environ.get("DBUS_SESSION_BUS_ADDRESS")), print, SOON)
    with RunningTray(tray=tray).running(), desktop(place) as host:
        environ["DBUS_SESSION_BUS_ADDRESS"] = address(place)
        host.wait_item()


def test_a_bus_in_the_runtime_directory_may_come_late(tmp_path: Path, place: Path) -> None:
    tray = open_tray(print, {"XDG_RUNTIME_DIR": str(tmp_path)}, "linux")
    assert "no desktop session was found" in tray.why
    with RunningTray(tray=tray).running(), desktop(place) as host:
        host.wait_item(timeout=10)


def test_a_bus_that_dies_during_a_click_comes_back(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Action] = []
    with ExitStack() as first:

        def act(action: Action) -> None:
            heard.append(action)
            first.close()

        bus = first.enter_context(private_bus(place))
        host = TrayHost(bus)
        with a_tray(place, act) as running, closing(host):
            running.tray.show(a_view())
            host.wait_item()
            host.wait(lambda menu: menu.has("Quit"))
            with pytest.raises(OSError, match=r"reset|[Bb]roken"):
                host.click("Quit")
            wait_until(lambda: losses(caplog) == 1, "the loss is logged")
            with desktop(place) as again:
                again.wait_item()
                again.click("Quit")
                wait_until(lambda: heard == [Action("quit")] * 2, "the click")


def test_a_closed_socket_is_a_loss_and_fifty_of_them_leak_nothing(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sockets: list[socket.socket] = []

    def dial() -> Connection:
        connection = connect(address(place))
        sockets.append(connection.sock)
        return connection

    with desktop(place) as host, RunningTray(tray=open_sni_tray(dial, print, SOON)).running():
        host.wait_item()
        before = open_files()
        for number in range(1, 51):
            sockets[-1].shutdown(socket.SHUT_RDWR)
            wait_until(lambda number=number: host.registrations == number + 1, "the next one")  # type: ignore[misc]  # a lambda
        wait_until(lambda: len(host.items) == 1, "the old ones are gone")
        assert open_files() == before
    assert losses(caplog) == 50


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - no more handles while they are counted


def test_a_bus_that_is_not_there_is_looked_for_ever_more_rarely() -> None:
    loop = BusLoop(refuse, lambda: None)
    waits = []
    for _ in range(9):
        assert loop.connect() == "nobody is there"
        waits.append(loop._seconds_until_redial() or 0)
    loop._close()
    assert waits == pytest.approx([*REDIAL_DELAYS, 60, 60], abs=0.2)


def refuse() -> Connection:
    raise ConnectionError("nobody is there")


@contextmanager
def mute(place: Path, welcome: bytes) -> Iterator[None]:
    """A bus that says no more than this."""

    def serve() -> None:
        with suppress(OSError), listening.accept()[0] as client:
            heard = b""
            while b"AUTH" not in heard:
                heard += client.recv(4096)
            client.sendall(welcome)
            while client.recv(4096):
                pass

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        yield
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "welcome",
    [b"", b"OK 0123456789abcdef0123456789abcdef\r\n"],
    ids=["lets nobody in", "never answers Hello"],
)
def test_a_bus_that_hangs_is_given_up(tmp_path: Path, welcome: bytes) -> None:
    with mute(tmp_path / "bus", welcome), pytest.raises(ConnectionError, match="does not answer"):
        connect(address(tmp_path / "bus"))


def test_a_bus_that_speaks_nonsense_is_a_loss(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    def dial() -> Connection:
        connection = connect(address(place))
        connection.parser.add_data(b"nonsense" * 8)
        return connection

    with private_bus(place), RunningTray(tray=open_sni_tray(dial, print)).running():
        wait_until(lambda: losses(caplog) == 1, "the loss is logged")
