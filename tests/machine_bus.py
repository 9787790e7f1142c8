"""A laptop for tests: dbusmock's logind, UPower and NetworkManager on a bus of its own.

    with private_bus() as address, MachineBus(address) as machine:
        start the app or the part with `machine.environ` in its environment
        machine.set_battery(on_battery=True, percent=55)
        machine.set_network(wifi="home")
        machine.sleep(); machine.wake(); machine.idle(True); machine.lock(True)

All of it returns when the mock has sent its signals. In the beginning it is on mains, at 80 %, on a cable,
with somebody at it.
Tests that use it need `@pytest.mark.skipif(not has_mocks(), reason=MOCKS_NEEDED)` and the marker `desktop`.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Literal, Self, cast

from jeepney import DBusAddress, message_bus, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from daybell.model.facts import Facts
from tray_host import wait_until

Service = Literal["logind", "upower", "networkmanager"]
Body = tuple[object, ...]
Properties = Mapping[str, tuple[str, object]]
"""Each with its signature."""
Inhibitor = tuple[str, str, str, str]
"""What it keeps away, who wants it, why, and whether it only delays."""

MOCKS_NEEDED = "install python3-dbusmock: apt-get install dbus python3-dbusmock python3-gi"
PYTHON = "/usr/bin/python3"
ALL: tuple[Service, ...] = ("logind", "upower", "networkmanager")
NAMES: dict[Service, str] = {
    "logind": "org.freedesktop.login1",
    "upower": "org.freedesktop.UPower",
    "networkmanager": "org.freedesktop.NetworkManager",
}
TIMEOUT = 10.0

MOCK = "org.freedesktop.DBus.Mock"
SESSION_ID = "c1"
LOGIND = "/org/freedesktop/login1"
SESSION = f"{LOGIND}/session/{SESSION_ID}"
UPOWER = "/org/freedesktop/UPower"
DISPLAY_DEVICE = f"{UPOWER}/devices/DisplayDevice"
NETWORK = "/org/freedesktop/NetworkManager"
ACTIVE = f"{NETWORK}/ActiveConnection"
NOTHING = "/"
DISCHARGING, CHARGING = 2, 1
CONNECTED, DISCONNECTED = 70, 20
FULL, NONE = 4, 1

AT_A_DESK = Facts(
    on_mains=True,
    battery=80,
    is_online=True,
    is_metered=False,
    wifi="",
    is_wired=True,
    is_idle=False,
    is_locked=False,
)
"""What it tells in the beginning."""


@cache
def has_mocks() -> bool:
    """Whether the system's Python has dbusmock, and there is a bus for it."""
    if shutil.which("dbus-daemon") is None or shutil.which(PYTHON) is None:
        return False
    return (
        subprocess.run([PYTHON, "-c", "import dbusmock, gi"], capture_output=True, check=False).returncode
        == 0
    )


class MachineBus:
    """The machine's services on the bus at `address`, until it is closed."""

    def __init__(self, address: str, services: Sequence[Service] = ALL) -> None:
        self.address = address
        self.environ = {"DBUS_SYSTEM_BUS_ADDRESS": address, "XDG_SESSION_ID": SESSION_ID}
        """What a program needs in its environment to be on this machine."""
        self._bus = open_dbus_connection(address)
        self._running: dict[Service, subprocess.Popen[bytes]] = {}
        self._actives = 0
        self.start(*services)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End them all, also those that hang."""
        for service in tuple(self._running):
            self.stop(service)
        self._bus.close()

    def start(self, *services: Service) -> None:
        """Each comes with its first state, and is ready when this returns."""
        environ = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": self.address}
        for service in services:
            command = [PYTHON, "-m", "dbusmock", "--template", service]
            self._running[service] = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        for service in services:
            wait_until(lambda name=NAMES[service]: self._has(name), f"{service} on the bus", TIMEOUT)  # type: ignore[misc]  # a lambda
            {"logind": self.log_in, "upower": self._plug_in, "networkmanager": self._connect}[service]()

    def stop(self, service: Service) -> None:
        """End it as a crash does; it may be started again."""
        process = self._running.pop(service)
        process.send_signal(signal.SIGKILL)
        process.wait(TIMEOUT)
        with suppress(OSError):  # the bus itself may be gone
            wait_until(lambda: not self._has(NAMES[service]), f"{service} is gone", TIMEOUT)

    def hang(self, service: Service) -> None:
        """It is there, and answers nobody until `go_on`."""
        self._running[service].send_signal(signal.SIGSTOP)

    def go_on(self, service: Service) -> None:
        self._running[service].send_signal(signal.SIGCONT)

    def set_battery(self, on_battery: bool, percent: float | None) -> None:  # noqa: FBT001 - a switch is thrown
        """None: the machine has no battery."""
        self.update("upower", UPOWER, "", {"OnBattery": ("b", on_battery)})
        present = percent is not None
        device: Properties = {
            "Percentage": ("d", percent or 0.0),
            "IsPresent": ("b", present),
            "State": ("u", DISCHARGING if on_battery else CHARGING),
            "Type": ("u", 2 if present else 0),
        }
        self.update("upower", DISPLAY_DEVICE, "", device)

    def set_network(
        self,
        *,
        online: bool = True,
        wifi: str | bytes | None = None,
        wired: bool = False,
        metered: bool | None = False,
        vpn: bool = False,
    ) -> None:
        """On which networks it is from now on; with neither Wi-Fi nor cable on none."""
        gone = [f"{ACTIVE}/{number}" for number in range(self._actives)]
        active: list[str] = []
        if vpn:
            active.append(self._activate("vpn", NOTHING))
        if wired:
            active.append(self._activate("802-3-ethernet", f"{NETWORK}/Devices/eth0"))
        if wifi is not None:
            name = wifi.encode() if isinstance(wifi, str) else wifi
            self.update("networkmanager", f"{NETWORK}/AccessPoint/ap0", "", {"Ssid": ("ay", name)})
            active.append(self._activate("802-11-wireless", f"{NETWORK}/Devices/wlan0"))
        is_connected = online and bool(active)
        changed: Properties = {
            "ActiveConnections": ("ao", active),
            "State": ("u", CONNECTED if is_connected else DISCONNECTED),
            "Connectivity": ("u", FULL if is_connected else NONE),
            "Metered": ("u", {None: 0, True: 1, False: 4}[metered]),
        }
        self.set("networkmanager", NETWORK, "PrimaryConnection", ("o", active[0] if active else NOTHING))
        self.update("networkmanager", NETWORK, "", changed)
        for path in set(gone) - set(active):
            with suppress(DBusErrorResponse):  # it went at an earlier change
                self.mock("networkmanager", NETWORK, "RemoveObject", "s", (path,))

    def sleep(self) -> None:
        """It is about to sleep, as far as anybody is told."""
        self._prepare_for_sleep(begins=True)

    def wake(self) -> None:
        self._prepare_for_sleep(begins=False)

    def idle(self, is_idle: bool, since: datetime | None = None) -> None:  # noqa: FBT001 - as above
        """Nobody is at keyboard and mouse, `since` then or since now."""
        seconds = since.timestamp() if since else time.time()  # noqa: TID251 - logind reads the same clock
        hints: Properties = {"IdleHint": ("b", is_idle), "IdleSinceHint": ("t", int(seconds * 1_000_000))}
        self.update("logind", SESSION, "", hints)

    def lock(self, is_locked: bool) -> None:  # noqa: FBT001 - as above
        self.update("logind", SESSION, "", {"LockedHint": ("b", is_locked)})

    def log_in(self) -> None:
        """The person's session begins; it is there from the start."""
        person = (SESSION_ID, "seat0", os.getuid(), "person", True)
        self.mock("logind", LOGIND, "AddSession", "ssusb", person)
        self.update("logind", SESSION, "", {"Type": ("s", "wayland")})
        new = f"{NAMES['logind']}.Manager.SessionNew"
        self.emit("logind", LOGIND, new, "so", (("s", SESSION_ID), ("o", SESSION)))

    def log_out(self) -> None:
        self.mock("logind", LOGIND, "RemoveObject", "s", (SESSION,))
        gone = f"{NAMES['logind']}.Manager.SessionRemoved"
        self.emit("logind", LOGIND, gone, "so", (("s", SESSION_ID), ("o", SESSION)))

    def inhibitors(self) -> list[Inhibitor]:
        """Who keeps the machine awake right now."""
        address = DBusAddress(LOGIND, NAMES["logind"], f"{NAMES['logind']}.Manager")
        (found,) = self._call(new_method_call(address, "ListInhibitors"))
        return [cast("Inhibitor", tuple(one[:4])) for one in cast("list[tuple[str, ...]]", found)]

    def update(self, service: Service, path: str, interface: str, properties: Properties) -> None:
        """Set them with one signal for all; no paths among them. Without an interface, on its main one."""
        self.mock(service, path, "UpdateProperties", "sa{sv}", (interface, properties))

    def set(self, service: Service, path: str, name: str, value: tuple[str, object]) -> None:
        """Set one, on the interface that bears the service's name."""
        address = DBusAddress(path, NAMES[service], "org.freedesktop.DBus.Properties")
        self._call(new_method_call(address, "Set", "ssv", (NAMES[service], name, value)))

    def emit(self, service: Service, path: str, signal_: str, signature: str, body: Body) -> None:
        """Send any signal, named as interface.member; each of the body with its signature."""
        interface, _, member = signal_.rpartition(".")
        self.mock(service, path, "EmitSignal", "sssav", (interface, member, signature, list(body)))

    def mock(self, service: Service, path: str, method: str, signature: str, body: Body) -> Body:
        """Call one of dbusmock's own methods."""
        return self._call(new_method_call(DBusAddress(path, NAMES[service], MOCK), method, signature, body))

    def _prepare_for_sleep(self, *, begins: bool) -> None:
        member = f"{NAMES['logind']}.Manager.PrepareForSleep"
        self.emit("logind", LOGIND, member, "b", (("b", begins),))

    def _plug_in(self) -> None:
        self.set_battery(on_battery=False, percent=80.0)

    def _connect(self) -> None:
        interface = NAMES["networkmanager"]
        for name, value in (("Metered", ("u", 4)), ("PrimaryConnection", ("o", NOTHING))):
            self.mock("networkmanager", NETWORK, "AddProperty", "ssv", (interface, name, value))
        self.mock("networkmanager", NETWORK, "AddEthernetDevice", "ssi", ("eth0", "eth0", 100))
        self.mock("networkmanager", NETWORK, "AddWiFiDevice", "ssi", ("wlan0", "wlan0", 100))
        device, point = f"{NETWORK}/Devices/wlan0", f"{NETWORK}/AccessPoint/ap0"
        radio = ("00:00:00:00:00:01", 2, 2437, 54, 80, 0x100)
        self.mock("networkmanager", NETWORK, "AddAccessPoint", "ssssuuuyu", (device, "ap0", "none", *radio))
        wireless = (f"{interface}.Device.Wireless", "ActiveAccessPoint", ("o", point))
        self.mock("networkmanager", device, "AddProperty", "ssv", wireless)
        self.set_network(wired=True)

    def _activate(self, kind: str, device: str) -> str:
        path = f"{ACTIVE}/{self._actives}"
        self._actives += 1
        devices = [] if device == NOTHING else [device]
        properties: Properties = {
            "Type": ("s", kind),
            "State": ("u", 2),
            "Devices": ("ao", devices),
            "Vpn": ("b", kind == "vpn"),
            "Id": ("s", kind),
        }
        interface = f"{NAMES['networkmanager']}.Connection.Active"
        self.mock("networkmanager", NETWORK, "AddObject", "ssa{sv}a(ssss)", (path, interface, properties, []))
        return path

    def _has(self, name: str) -> bool:
        return bool(self._call(message_bus.NameHasOwner(name))[0])

    def _call(self, message: object) -> Body:
        return cast("Body", unwrap_msg(self._bus.send_and_get_reply(message, timeout=TIMEOUT)))
