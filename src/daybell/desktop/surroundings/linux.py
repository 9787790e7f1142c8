"""How are all who can tell something of a Linux machine heard on one thread?"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from jeepney import Message, MessageType
from jeepney.io.blocking import DBusConnection

from daybell.desktop.bus.calls import Calls
from daybell.desktop.bus.loop import REDIAL_DELAYS, Bus, BusLoop
from daybell.desktop.bus.service import Service
from daybell.desktop.guard import guarded
from daybell.desktop.surroundings.inhibitor import Inhibitor
from daybell.desktop.surroundings.interface import CLOCKS, Source
from daybell.desktop.surroundings.kernel import Battery, Routes
from daybell.desktop.surroundings.logind import Logind, Person
from daybell.desktop.surroundings.networkmanager import NetworkManager
from daybell.desktop.surroundings.telling import Telling
from daybell.desktop.surroundings.upower import UPower
from daybell.model.facts import Facts

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds for all first answers; what comes later is told later."""
GATHERING = 0.5
"""Seconds for answers that are on their way, so that one change in the world is one change of the facts."""
STOPPING = 5.0
BUS = Bus("system bus", "what it tells of the machine")


class LinuxSurroundings:
    """Sleeps until a service or the kernel has something to tell; its thread is the only one."""

    def __init__(
        self,
        dial: Callable[[], DBusConnection],
        person: Person,
        woke: Callable[[], None],
        delays: Sequence[float] = REDIAL_DELAYS,
        root: Path = Path("/"),
    ) -> None:
        """The kernel tells what stands below `root`."""
        self._telling = Telling()
        self._has_settled = threading.Event()
        self._loop = BusLoop(dial, self._greet, delays, BUS, self._part)
        self._calls = calls = Calls(self._loop.send)
        self._upower, self._network = UPower(calls), NetworkManager(calls)
        self._logind = Logind(calls, person, woke)
        self._services: tuple[Service, ...] = (self._upower, self._network, self._logind)
        self._routes = Routes(self._loop, self._soon, root)
        self._battery = Battery(self._loop, self._soon, root)
        self._inhibitor = Inhibitor(calls)
        self._logind_was: str | None = None
        self._is_soon = self._is_gathering = False
        self._trouble = ""
        """Why there is no bus."""
        self._sources: Mapping[Source, str] = {}
        self._thread = threading.Thread(target=self._run, name="surroundings", daemon=True)

    @property
    def why(self) -> str:
        can_tell = self._routes.is_online is not None or self._battery.is_on
        return "" if can_tell else self._trouble

    @property
    def why_not_held(self) -> str:
        return self._inhibitor.why_not_held

    @property
    def refusal(self) -> str:
        return self._inhibitor.refusal

    def start(self, changed: Callable[[Facts], None]) -> Facts:
        self._thread.start()
        self._has_settled.wait(PATIENCE)
        return self._telling.begin(changed)

    def hold(self, reason: str | None) -> None:
        self._loop.post(lambda: self._inhibitor.hold(reason))

    def sources(self) -> Mapping[Source, str]:
        return self._sources

    def stop(self) -> None:
        self._telling.end()
        self._loop.stop()
        if not self._thread.ident:
            self._loop.run(self._receive)  # only closes what it has open
            return
        self._thread.join(STOPPING)
        if self._thread.is_alive():
            log.warning("the thread that hears of the machine's surroundings does not end")

    def _run(self) -> None:
        self._trouble = self._loop.connect()
        self._soon()
        self._loop.run(self._receive)
        self._inhibitor.close()
        self._routes.close()

    def _greet(self) -> None:
        self._trouble = ""
        for service in self._services:
            service.greet()

    def _part(self) -> None:
        self._trouble = "the system bus is gone"
        self._calls.forget()
        for service in self._services:
            service.part()
        self._soon()

    def _receive(self, message: Message) -> None:
        if not self._calls.receive(message) and message.header.message_type is MessageType.signal:
            for service in self._services:
                guarded(partial(service.receive, message))
        self._soon()

    def _soon(self) -> None:
        """After all that has come at once, and after the answers to what it made us ask."""
        if self._calls.is_quiet:
            self._loop.call_off(self._publish)
            self._is_gathering = False
            if not self._is_soon:
                self._is_soon = True
                self._loop.post(self._publish_what_came)
        elif not self._is_gathering:
            self._is_gathering = True
            self._loop.call_after(GATHERING, self._publish)

    def _publish_what_came(self) -> None:
        self._is_soon = False
        if self._calls.is_quiet:
            self._publish()
        else:  # what came next made us ask again
            self._soon()

    def _publish(self) -> None:
        self._is_soon = self._is_gathering = False
        self._stand_in()
        self._tell_inhibitor()
        self._sources = self._find_sources()
        self._telling.tell(self._facts())
        if self._calls.is_quiet:
            self._has_settled.set()

    def _stand_in(self) -> None:
        """The kernel tells what nobody else does."""
        for service, kernel in ((self._network, self._routes), (self._upower, self._battery)):
            if self._trouble or service.owner == "":
                guarded(kernel.begin)
            elif service.owner:
                kernel.end()

    def _tell_inhibitor(self) -> None:
        owner = self._trouble or self._logind.owner
        if owner == self._logind_was:
            return
        self._logind_was = owner
        if self._trouble or not owner:
            self._inhibitor.went(self._absence(self._logind))
        else:
            self._inhibitor.came()

    def _facts(self) -> Facts:
        power = self._upower.power if self._upower.has_answered else self._battery.power
        is_online = self._network.is_online if self._network.has_answered else self._routes.is_online
        links, presence = self._network.links, self._logind.presence
        return Facts(
            on_mains=power.on_mains,
            battery=power.battery,
            is_online=is_online,
            is_metered=self._network.is_metered,
            wifi=links.wifi,
            is_wired=links.is_wired,
            is_idle=presence.is_idle,
            idle_since=presence.idle_since,
            is_locked=presence.is_locked,
        )

    def _find_sources(self) -> Mapping[Source, str]:
        logind = self._logind
        has_person = logind.presence.is_idle is not None
        no_person = "logind knows of no session" if logind.has_answered else self._absence(logind)
        return {
            "power": self._teller(self._upower, self._battery.is_on),
            "network": self._teller(self._network, self._routes.is_online is not None),
            "idle": logind.title if has_person else f"nobody: {no_person}",
            "sleep": logind.title if logind.has_answered else f"{CLOCKS}: {self._absence(logind)}",
        }

    def _teller(self, service: UPower | NetworkManager, has_kernel: bool) -> str:  # noqa: FBT001 - a fact
        if service.has_answered:
            return service.title
        return "the kernel" if has_kernel else f"nobody: {self._absence(service)}"

    def _absence(self, service: Service) -> str:
        if self._trouble:
            return self._trouble
        return f"{service.title} {'does not answer' if service.owner else 'is not there'}"
