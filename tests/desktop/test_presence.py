import socket
import time
from pathlib import Path

import pytest
from jeepney import HeaderFields, Message, new_method_return

from daybell.core.checkup import Desktop
from daybell.desktop.presence import presence
from tray_host import TrayHost

pytestmark = pytest.mark.desktop


def seen(address: str) -> Desktop:
    return presence({"DBUS_SESSION_BUS_ADDRESS": address, "XDG_CURRENT_DESKTOP": "KDE"})


class EmptyWatcher(TrayHost):
    """A watcher with no panel behind it."""

    def _answer(self, call: Message) -> Message:
        if call.header.fields[HeaderFields.member] == "Get":
            return new_method_return(call, "v", (("b", False),))
        return super()._answer(call)


def test_a_panel_and_a_service_are_seen(bus: str) -> None:
    with TrayHost(bus):
        assert seen(bus) == Desktop(bus, "", has_tray=True, has_notices=True, session="KDE")


def test_a_watcher_without_a_panel_shows_nothing(bus: str) -> None:
    with EmptyWatcher(bus, notices=False):
        assert not seen(bus).has_tray


def test_a_bare_bus_has_no_tray(bus: str) -> None:
    found = seen(bus)
    assert (found.address, found.trouble, found.has_tray) == (bus, "", False)


def test_without_a_session_nothing_is_asked(tmp_path: Path) -> None:
    assert presence({"XDG_RUNTIME_DIR": str(tmp_path)}) == Desktop(None)


def test_a_bus_that_is_gone_is_told(tmp_path: Path) -> None:
    assert "does not answer" in seen(f"unix:path={tmp_path}/bus").trouble


def test_a_bus_that_hangs_is_told_soon(tmp_path: Path) -> None:
    started = time.monotonic()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        assert "does not answer" in seen(f"unix:path={tmp_path}/bus").trouble
    assert time.monotonic() - started < 2
