"""The icon on a Linux desktop, as its panel sees it."""

import logging
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from daybell.core.views import ICON_STATES, SEPARATOR
from daybell.desktop.tray.choose import open_tray
from daybell.desktop.tray.pixmaps import SIZES, pixmaps
from desktop.running import RunningTray, a_view
from tray_host import NEEDED, TrayHost, private_bus, wait_until

pytestmark = pytest.mark.desktop


def test_a_panel_finds_the_icon(host: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view(tooltip="Daybell — 1 job\nNext: <Mum> & me, 02:30"))
    host.wait_item()
    host.wait(lambda menu: menu.has("Quit"))
    properties = host.properties()
    assert (properties["Title"], properties["Status"], properties["ItemIsMenu"]) == (
        "Daybell",
        "Active",
        True,
    )
    assert host.icon_sizes() == [(size, size) for size in SIZES]
    assert host.tooltip() == ("Daybell — 1 job", "Next: &lt;Mum&gt; &amp; me, 02:30")


def test_a_panel_that_comes_later_gets_the_icon(bus: str, running: RunningTray) -> None:
    running.tray.show(a_view())
    with TrayHost(bus) as late:
        late.wait_item()
        assert late.menu().has("Quit")


def test_a_panel_that_starts_again_gets_the_icon_again(bus: str, running: RunningTray) -> None:
    for _ in range(2):
        with TrayHost(bus) as panel:
            panel.wait_item()
            assert panel.registrations == 1


def test_the_icon_follows_the_state(host: TrayHost, running: RunningTray) -> None:
    host.wait_item()
    for state in ICON_STATES:
        running.tray.show(a_view(state=state))
        wait_until(lambda state=state: host.pixmaps() == list(pixmaps(state)), state)  # type: ignore[misc]  # a lambda
    assert len({pixmaps(state) for state in ICON_STATES}) == len(ICON_STATES)


def test_equal_views_are_sent_once(host: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view())
    host.wait_item()
    host.wait(lambda menu: menu.has("Quit"))
    sent = len(host.signals)
    running.tray.show(a_view())
    running.tray.show(a_view(tooltip="other"))
    wait_until(lambda: host.tooltip()[0] == "other", "the tooltip")
    wait_until(lambda: len(host.signals) > sent, "a signal")
    assert host.signal_names()[sent:] == ["NewToolTip"]


MENU, ITEM, PROPERTIES = (
    "com.canonical.dbusmenu",
    "org.kde.StatusNotifierItem",
    "org.freedesktop.DBus.Properties",
)


def test_stop_ends_it_from_any_thread_and_twice(bus: str, host: TrayHost) -> None:
    with RunningTray(bus).running() as running:
        host.wait_item()
        stopper = threading.Thread(target=running.tray.stop)
        stopper.start()
        stopper.join(2)
        running.thread.join(2)
        assert not running.thread.is_alive()
        running.tray.stop()
        running.tray.show(a_view())
        host.wait_gone()


def test_a_stop_before_the_start_ends_it_at_once(bus: str) -> None:
    running = RunningTray(bus)
    running.tray.stop()
    with running.running():
        running.thread.join(2)
        assert not running.thread.is_alive()


def test_it_outlives_the_bus(caplog: pytest.LogCaptureFixture) -> None:
    if shutil.which("dbus-daemon") is None:
        pytest.skip(NEEDED)
    with private_bus() as address:
        running = RunningTray(address)
        running.thread.start()
        with TrayHost(address) as host:
            host.wait_item()
    wait_until(lambda: bool(caplog.records), "the loss is logged")
    running.tray.show(a_view())
    assert running.thread.is_alive()
    running.tray.stop()
    running.thread.join(2)
    assert not running.thread.is_alive()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


SCRIPT = """
import sys
from daybell.desktop.tray.choose import open_tray
open_tray(print).run(lambda: print("ready", sorted({"PIL", "gi", "Xlib"} & set(sys.modules)), flush=True))
"""


def test_an_idle_icon_never_wakes_and_loads_no_toolkit(bus: str, host: TrayHost) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | {"DBUS_SESSION_BUS_ADDRESS": bus},
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        try:
            assert program.stdout
            assert program.stdout.readline() == "ready []\n"
            host.wait_item()
            wait_until(lambda: is_quiet(program.pid), "a second without a wakeup")
        finally:
            program.kill()


def is_quiet(pid: int) -> bool:
    """No thread woke up for a second."""
    before = switches(pid)
    threading.Event().wait(1)
    return switches(pid) == before


def switches(pid: int) -> list[str]:
    """How often each thread has gone to sleep."""
    states = [thread.joinpath("status").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    return [line for state in states for line in state.splitlines() if line.startswith("voluntary")]


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"XDG_RUNTIME_DIR": "/nowhere"}, "no desktop session was found"),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"}, "does not answer"),
        ({"DBUS_SESSION_BUS_ADDRESS": "nonsense"}, "does not answer"),
    ],
)
def test_without_a_bus_it_says_why_there_is_no_icon(environ: dict[str, str], why: str) -> None:
    tray = open_tray(lambda _: None, environ, "linux")
    assert why in tray.why
    tray.show(a_view(SEPARATOR))
    tray.stop()
    ready = threading.Event()
    tray.run(ready.set)
    assert ready.is_set()
