"""What does NetworkManager tell of the networks the machine is on?"""

from functools import partial

from jeepney import DBusAddress, Message
from jeepney import Properties as PropertyCalls

from daybell.desktop.bus.calls import Calls, body_of
from daybell.desktop.bus.mirror import Mirror, plain
from daybell.desktop.bus.service import Service
from daybell.desktop.surroundings.network import (
    Connection,
    Links,
    connection_of,
    is_metered,
    is_online,
    links,
    point_name,
)
from daybell.desktop.surroundings.values import is_path, paths

NAME = "org.freedesktop.NetworkManager"
PATH = "/org/freedesktop/NetworkManager"
MOST = 50
"""Active connections that are looked at: a machine has a few."""


class NetworkManager(Service):
    """Its own state, and the connections that are active: a VPN is one, and so is what lies beneath it."""

    name = NAME
    title = "NetworkManager"

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls)
        self._general = Mirror(calls, DBusAddress(PATH, NAME, NAME), self._changed)
        self._active: dict[str, ActiveConnection] = {}

    @property
    def is_online(self) -> bool | None:
        return is_online(self._general.properties or {})

    @property
    def is_metered(self) -> bool | None:
        return is_metered(self._general.properties or {})

    @property
    def links(self) -> Links:
        if paths(self._general.properties or {}, "ActiveConnections") is None:
            return Links()
        return links([one.connection for one in self._active.values()])

    @property
    def has_answered(self) -> bool:
        return self._general.properties is not None

    def came(self) -> None:
        self._general.attach()

    def went(self) -> None:
        self._general.detach()
        self._follow(())

    def hear(self, signal: Message) -> None:
        self._general.hear(signal)
        for active in tuple(self._active.values()):
            active.hear(signal)

    def _changed(self) -> None:
        self._follow((paths(self._general.properties or {}, "ActiveConnections") or ())[:MOST])

    def _follow(self, found: tuple[str, ...]) -> None:
        for path in set(self._active) - set(found):
            self._active.pop(path).detach()
        for path in found:
            if path not in self._active:
                self._active[path] = active = ActiveConnection(self._calls, path)
                active.attach()


class ActiveConnection:
    """One of them, with the name of its Wi-Fi network.

    The name is asked for when it comes up and not followed: an access point tells of its strength every few
    seconds, and while the connection lives its network is the same.
    """

    def __init__(self, calls: Calls, path: str) -> None:
        self._calls = calls
        self._mirror = Mirror(calls, DBusAddress(path, NAME, f"{NAME}.Connection.Active"), self._changed)
        self._wireless: tuple[object, ...] = ()
        self._name: str | None = None

    @property
    def connection(self) -> Connection | None:
        return connection_of(self._mirror.properties, self._name)

    def attach(self) -> None:
        self._mirror.attach()

    def detach(self) -> None:
        self._mirror.detach()
        self._wireless = ()

    def hear(self, signal: Message) -> None:
        self._mirror.hear(signal)

    def _changed(self) -> None:
        properties = self._mirror.properties or {}
        devices = paths(properties, "Devices") or ()
        wireless = (properties.get("Type"), properties.get("State"), devices)
        if wireless != self._wireless:
            self._wireless, self._name = wireless, None
        connection = self.connection
        # Where nobody could tell a moment ago, somebody can perhaps now.
        if connection and connection.is_wireless and self._name is None and devices:
            self._ask_for_point(devices[0])

    def _ask_for_point(self, device: str) -> None:
        address = DBusAddress(device, NAME, f"{NAME}.Device.Wireless")
        call = PropertyCalls(address).get("ActiveAccessPoint")
        self._calls.ask(call, partial(self._found_point, self._wireless))

    def _found_point(self, wireless: tuple[object, ...], answer: Message) -> None:
        match body_of(answer):
            case (("o", str(path)),) if wireless is self._wireless and is_path(path):
                address = DBusAddress(path, NAME, f"{NAME}.AccessPoint")
                call = PropertyCalls(address).get_all()
                self._calls.ask(call, partial(self._found_name, wireless))

    def _found_name(self, wireless: tuple[object, ...], answer: Message) -> None:
        match body_of(answer):
            case (dict(point),) if wireless is self._wireless:
                self._name = point_name(plain(point))
