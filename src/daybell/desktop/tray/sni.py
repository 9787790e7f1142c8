"""How does the icon reach a Linux panel? pystray's API on StatusNotifierItem, without any toolkit."""

import logging
from functools import partial

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    MessageType,
    message_bus,
    new_error,
    new_method_call,
    new_signal,
)
from jeepney.io.blocking import DBusConnection

from daybell.core.views import IconState
from daybell.desktop.tray.bus_loop import BusLoop
from daybell.desktop.tray.dbusmenu import DbusMenu
from daybell.desktop.tray.door import Icon, Menu
from daybell.desktop.tray.guard import guarded
from daybell.desktop.tray.icon_tray import IconTray
from daybell.desktop.tray.interface import Act
from daybell.desktop.tray.item import ITEM, ITEM_PATH, MENU_PATH, item_interface, item_properties
from daybell.desktop.tray.menu import build_menu
from daybell.desktop.tray.menu_tree import MenuTree
from daybell.desktop.tray.objects import ERROR, BusObject, Properties
from daybell.desktop.tray.pixmaps import pixmaps

log = logging.getLogger(__name__)

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_ADDRESS = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
EMITTER = DBusAddress(ITEM_PATH, interface=ITEM)


def open_sni_tray(connection: DBusConnection, act: Act) -> IconTray:
    """A tray on this bus. Its icon appears as soon as a panel is there."""
    icon = SniIcon(connection, "daybell")
    # pystray's picture is here the name of a state: the pixels are made elsewhere.
    return IconTray(icon, draw=lambda state: state, build=lambda entries: build_menu(entries, act))


class SniIcon(Icon):  # type: ignore[misc]  # pystray ships no types
    """A pystray back end: what its hooks change is handed to the loop, which alone talks to the bus."""

    def __init__(self, connection: DBusConnection, name: str, state: IconState = "idle") -> None:
        super().__init__(name, icon=state, title=name.capitalize())
        self._loop = BusLoop(connection)
        self._tree = MenuTree()
        self._dbusmenu = DbusMenu(self._tree, self._click)
        self._objects = {
            ITEM_PATH: BusObject(item_interface(self._item_properties)),
            MENU_PATH: BusObject(self._dbusmenu.interface()),
        }
        self.post = self._loop.post
        self._is_shown = False

    def __del__(self) -> None:
        """Nothing to hide: the panel forgets an icon whose connection is closed."""

    def _run(self) -> None:
        self._loop.post(self._watch_for_panels)
        self._mark_ready()
        self._loop.run(self._receive)

    def _stop(self) -> None:
        self._loop.stop()

    def _show(self) -> None:
        self._is_shown = True
        self._loop.post(self._register)
        self._loop.post(lambda: self._emit("NewStatus", "Active"))

    def _hide(self) -> None:
        self._is_shown = False
        self._loop.post(lambda: self._emit("NewStatus", "Passive"))

    def _update_icon(self) -> None:
        self._icon_valid = True
        self._loop.post(lambda: self._emit("NewIcon"))

    def _update_title(self) -> None:
        self._loop.post(lambda: self._emit("NewToolTip"))

    def _update_menu(self) -> None:
        menu: Menu | None = self.menu
        self._loop.post(lambda: self._take(menu))

    def _take(self, menu: Menu | None) -> None:
        for signal in self._dbusmenu.signals(self._tree.update(menu)):
            self._loop.send(signal)

    def _watch_for_panels(self) -> None:
        bus, interface = message_bus.bus_name, message_bus.interface
        rule = MatchRule(type="signal", sender=bus, interface=interface, member="NameOwnerChanged")
        # The bus wakes us for this name only, not for each program that comes and goes.
        rule.add_arg_condition(0, WATCHER)
        self._loop.send(message_bus.AddMatch(rule))

    def _register(self) -> None:
        """Show ourselves to the panel that is there; without one, the bus starts none."""
        call = new_method_call(WATCHER_ADDRESS, "RegisterStatusNotifierItem", "s", (self._loop.name,))
        call.header.flags = MessageFlag.no_auto_start
        self._loop.send(call)

    def _emit(self, signal: str, *body: str) -> None:
        self._loop.send(new_signal(EMITTER, signal, "s" * len(body) or None, body))

    def _item_properties(self) -> Properties:
        return item_properties(self.name, self.title, pixmaps(self.icon), visible=self._is_shown)

    def _click(self, number: int) -> None:
        node = self._tree.find(number)
        item = node.item if node else None
        # A panel may show an entry for a moment after it was greyed.
        if item and item.enabled and not item.submenu:
            guarded(partial(item, self))

    def _receive(self, message: Message) -> None:
        match message.header.message_type:
            case MessageType.method_call:
                self._answer(message)
            case MessageType.signal:
                self._notice(message)
            case MessageType.error:
                log.debug("no panel shows the icon yet: %s", message.body)

    def _answer(self, call: Message) -> None:
        path = call.header.fields[HeaderFields.path]
        served = self._objects.get(path)
        text = f"there is no object {path}"
        reply = served.answer(call) if served else new_error(call, f"{ERROR}.UnknownObject", "s", (text,))
        if not call.header.flags & MessageFlag.no_reply_expected:
            self._loop.send(reply)

    def _notice(self, signal: Message) -> None:
        if signal.header.fields[HeaderFields.member] != "NameOwnerChanged":
            return
        name, _, owner = signal.body
        if name == WATCHER and owner and self._is_shown:
            log.debug("a panel has come")
            self._register()
