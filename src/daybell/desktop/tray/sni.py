"""How does the icon reach a Linux panel? pystray's API on StatusNotifierItem, without any toolkit."""

import logging
from collections.abc import Callable, Sequence
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
from msgspec import Struct

from daybell.core.views import Action, Entry, IconState, TrayView
from daybell.desktop.bus.loop import REDIAL_DELAYS, BusLoop
from daybell.desktop.guard import guarded
from daybell.desktop.tray.dbusmenu import DbusMenu
from daybell.desktop.tray.door import Icon
from daybell.desktop.tray.icon_tray import IconTray
from daybell.desktop.tray.interface import Act
from daybell.desktop.tray.item import ITEM, ITEM_PATH, MENU_PATH, Status, item_interface, item_properties
from daybell.desktop.tray.menu_tree import MenuTree
from daybell.desktop.tray.objects import ERROR, BusObject, Properties
from daybell.desktop.tray.pixmaps import pixmaps

log = logging.getLogger(__name__)

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_ADDRESS = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
EMITTER = DBusAddress(ITEM_PATH, interface=ITEM)


def open_sni_tray(
    dial: Callable[[], DBusConnection], act: Act, delays: Sequence[float] = REDIAL_DELAYS
) -> IconTray:
    """A tray on the bus that `dial` connects to. Its icon appears as soon as both bus and panel are there."""
    icon = SniIcon("daybell", act, dial, delays)
    tray = IconTray(icon, draw=look, build=lambda entries: entries)
    if why := icon.connect():
        tray.why = f"there is no tray icon yet: {why}"
    return tray


class Look(Struct, frozen=True):
    """What stands in the place of pystray's picture: the pixels come from elsewhere."""

    state: IconState = "idle"
    attention: bool = False


def look(view: TrayView) -> Look:
    return Look(view.state, view.attention)


class SniIcon(Icon):  # type: ignore[misc]  # pystray ships no types
    """A pystray back end: what its hooks change is handed to the loop, which alone talks to the bus.

    Its menu is the view's own entries: pystray's items take forty times their memory.
    """

    def __init__(
        self, name: str, act: Act, dial: Callable[[], DBusConnection], delays: Sequence[float]
    ) -> None:
        super().__init__(name, icon=Look(), title=name.capitalize())
        self._act = act
        self._loop = BusLoop(dial, self._greet, delays)
        self._tree = MenuTree()
        self._dbusmenu = DbusMenu(
            self._tree, self._click, lambda signal: self._loop.post(partial(self._loop.send, signal))
        )
        self._objects = {
            ITEM_PATH: BusObject(item_interface(self._item_properties, self._activate)),
            MENU_PATH: BusObject(self._dbusmenu.interface()),
        }
        self.post = self._loop.post
        self.connect = self._loop.connect
        self._is_shown = False
        self._told_status: Status = "Passive"

    def __del__(self) -> None:
        """Nothing to hide: the panel forgets an icon whose connection is closed."""

    def _run(self) -> None:
        self._mark_ready()
        self._loop.run(self._receive)

    def _stop(self) -> None:
        self._loop.stop()

    def _show(self) -> None:
        self._is_shown = True
        self._loop.post(self._register)
        self._loop.post(self._tell_status)

    def _hide(self) -> None:
        self._is_shown = False
        self._loop.post(self._tell_status)

    def _update_icon(self) -> None:
        self._icon_valid = True
        for signal in ("NewIcon", "NewAttentionIcon"):
            self._loop.post(partial(self._emit, signal))
        self._loop.post(self._tell_status)

    def _update_title(self) -> None:
        self._loop.post(lambda: self._emit("NewToolTip"))

    def _update_menu(self) -> None:
        entries: tuple[Entry, ...] = self.menu or ()
        self._loop.post(lambda: self._take(entries))

    def _take(self, entries: tuple[Entry, ...]) -> None:
        for signal in self._dbusmenu.signals(self._tree.update(entries)):
            self._loop.send(signal)

    def _greet(self) -> None:
        """On each new connection: a bus knows nothing of those before it."""
        self._watch_for_panels()
        if self._is_shown:
            self._register()

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

    def _status(self) -> Status:
        if not self._is_shown:
            return "Passive"
        return "NeedsAttention" if self.icon.attention else "Active"

    def _tell_status(self) -> None:
        """A panel need not hear of the same status twice."""
        if (status := self._status()) != self._told_status:
            self._told_status = status
            self._emit("NewStatus", status)

    def _emit(self, signal: str, *body: str) -> None:
        self._loop.send(new_signal(EMITTER, signal, "s" * len(body) or None, body))

    def _item_properties(self) -> Properties:
        return item_properties(self.name, self.title, pixmaps(self.icon.state), self._status())

    def _activate(self) -> None:
        guarded(partial(self._act, Action("show_status")))

    def _click(self, number: int) -> None:
        node = self._tree.find(number)
        entry = node.entry if node else None
        # A panel may show an entry for a moment after it was greyed.
        if entry and entry.enabled and entry.action:
            guarded(partial(self._act, entry.action))

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
