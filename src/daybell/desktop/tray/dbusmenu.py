"""How does a panel read our menu and tell us of clicks (com.canonical.dbusmenu, version 3)?"""

from collections.abc import Callable, Sequence

from jeepney import DBusAddress, Message, new_signal

from daybell.desktop.tray.item import MENU_PATH
from daybell.desktop.tray.menu_tree import Change, MenuTree, chosen
from daybell.desktop.tray.objects import Answer, CallError, Interface, Method, Properties, Variant

DBUSMENU = "com.canonical.dbusmenu"
EMITTER = DBusAddress(MENU_PATH, interface=DBUSMENU)

SIGNALS: dict[str, tuple[str, ...]] = {
    "ItemsPropertiesUpdated": ("a(ia{sv})", "a(ias)"),
    "LayoutUpdated": ("u", "i"),
    "ItemActivationRequested": ("i", "u"),
}

Event = tuple[int, str, Variant, int]
"""Entry, kind, detail and time."""


class DbusMenu:
    """Answers a panel's questions about a menu tree; `click` is told the numbers of clicked entries."""

    def __init__(self, tree: MenuTree, click: Callable[[int], None], tell: Callable[[Message], None]) -> None:
        """`tell` sends a signal after the answer that is being made."""
        self._tree = tree
        self._click = click
        self._tell = tell
        self._revision = 1
        self._unread: set[int] = set()
        """The menus that changed since a panel read them last."""
        self._untold: set[int] = set()
        """Those of them that are new, and that no panel was told to read."""

    def interface(self) -> Interface:
        methods = {
            "GetLayout": Method(("i", "i", "as"), ("u", "(ia{sv}av)"), self._layout),
            "GetGroupProperties": Method(("ai", "as"), ("a(ia{sv})",), self._group_properties),
            "GetProperty": Method(("i", "s"), ("v",), self._property),
            "Event": Method(("i", "s", "v", "u"), (), self._event),
            "EventGroup": Method(("a(isvu)",), ("ai",), self._event_group),
            # Plasma overhears some LayoutUpdated, and asks for the menu again only if this says so.
            "AboutToShow": Method(("i",), ("b",), lambda number: (number in self._unread,)),
            "AboutToShowGroup": Method(("ai",), ("ai", "ai"), self._about_to_show),
        }
        return Interface(DBUSMENU, methods, SIGNALS, menu_properties)

    def signals(self, change: Change) -> list[Message]:
        """What to tell the panel. An open menu stays open while only properties change."""
        messages = []
        if change.updated or change.removed:
            body = (change.updated, change.removed)
            messages.append(new_signal(EMITTER, "ItemsPropertiesUpdated", "a(ia{sv})a(ias)", body))
        if change.parents:
            self._revision += 1
        self._unread = self._still_there(self._unread.union(change.parents, change.added))
        self._untold = self._still_there(self._untold.union(change.added))
        # Plasma reads one level at a time, so each changed one is named.
        return messages + [self._updated(parent) for parent in change.parents]

    def _still_there(self, numbers: set[int]) -> set[int]:
        return {number for number in numbers if self._tree.find(number)}

    def _updated(self, number: int) -> Message:
        return new_signal(EMITTER, "LayoutUpdated", "ui", (self._revision, number))

    def _layout(self, number: int, depth: int, names: Sequence[str]) -> Answer:
        self._known(number)
        for entry, left in self._tree.within(number, depth):
            if left:
                self._unread.discard(entry)
                self._untold.discard(entry)
            elif entry in self._untold:
                # Plasma shows a submenu that it has not read before in the wrong place.
                self._untold.discard(entry)
                self._tell(self._updated(entry))
        return (self._revision, self._tree.layout(number, depth, names))

    def _about_to_show(self, numbers: Sequence[int]) -> Answer:
        return ([number for number in numbers if number in self._unread], self._unknown(numbers))

    def _group_properties(self, numbers: Sequence[int], names: Sequence[str]) -> Answer:
        # No numbers mean all; those that are gone are left out.
        wanted = [(number, self._tree.find(number)) for number in numbers or self._tree.numbers()]
        return ([(number, chosen(node.properties, names)) for number, node in wanted if node],)

    def _property(self, number: int, name: str) -> Answer:
        properties = self._known(number)
        if name not in properties:
            raise CallError("InvalidArgs", f"entry {number} has no property {name}")
        return (properties[name],)

    def _event(self, number: int, kind: str, _detail: Variant, _time: int) -> Answer:
        # A click on an entry that is gone is no error of the panel's.
        if kind == "clicked":
            self._click(number)
        return ()

    def _event_group(self, events: Sequence[Event]) -> Answer:
        for event in events:
            self._event(*event)
        return (self._unknown([number for number, *_ in events]),)

    def _unknown(self, numbers: Sequence[int]) -> list[int]:
        return [number for number in numbers if self._tree.find(number) is None]

    def _known(self, number: int) -> dict[str, Variant]:
        node = self._tree.find(number)
        if node is None:
            raise CallError("InvalidArgs", f"there is no entry {number}")
        return node.properties


def menu_properties() -> Properties:
    return {
        "Version": ("u", 3),
        "TextDirection": ("s", "ltr"),
        "Status": ("s", "normal"),
        "IconThemePath": ("as", []),
    }
