"""How does a view's menu become pystray's?"""

from collections.abc import Callable, Iterable

from daybell.core.views import Action, Entry
from daybell.desktop.tray.door import Menu, MenuItem
from daybell.desktop.tray.interface import Act


class KeyedItem(MenuItem):  # type: ignore[misc]  # pystray ships no types
    """A menu item that keeps its entry's key, so that a back end can tell it again in the next view."""

    def __init__(self, entry: Entry, text: str, action: "Menu | Callable[[], None] | None") -> None:
        super().__init__(text, action, checked=mark(entry.checked), enabled=entry.enabled)
        self.key = entry.key


def build_menu(entries: Iterable[Entry], act: Act, escape: Callable[[str], str] = str) -> Menu:
    """The menu of these entries. `escape` guards the characters that the platform reads as mnemonics."""

    def item(entry: Entry) -> MenuItem:
        if entry.separator:
            return Menu.SEPARATOR
        if entry.entries:
            return KeyedItem(entry, escape(entry.label), Menu(*map(item, entry.entries)))
        return KeyedItem(entry, escape(entry.label), click(entry.action, act))

    return Menu(*map(item, entries))


def click(action: Action | None, act: Act) -> Callable[[], None] | None:
    return None if action is None else lambda: act(action)


def mark(checked: bool | None) -> "Callable[[MenuItem], bool] | None":  # noqa: FBT001 - a state, not a switch
    return None if checked is None else lambda _: checked
