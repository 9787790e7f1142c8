"""What does UPower tell of the machine's power?"""

from jeepney import DBusAddress, Message

from daybell.desktop.bus.calls import Calls
from daybell.desktop.bus.mirror import Mirror
from daybell.desktop.bus.service import Service
from daybell.desktop.surroundings.power import Power, power_of

PATH = "/org/freedesktop/UPower"


class UPower(Service):
    """Its switch between mains and battery, and the device that stands for all batteries."""

    name = "org.freedesktop.UPower"
    title = "UPower"

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls)
        self._switch = Mirror(calls, DBusAddress(PATH, self.name, self.name))
        display = DBusAddress(f"{PATH}/devices/DisplayDevice", self.name, f"{self.name}.Device")
        self._battery = Mirror(calls, display)

    @property
    def power(self) -> Power:
        return power_of(self._switch.properties, self._battery.properties)

    @property
    def has_answered(self) -> bool:
        return self._switch.properties is not None

    def came(self) -> None:
        self._switch.attach()
        self._battery.attach()

    def went(self) -> None:
        self._switch.detach()
        self._battery.detach()

    def hear(self, signal: Message) -> None:
        self._switch.hear(signal)
        self._battery.hear(signal)
