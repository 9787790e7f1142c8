"""How does a view's menu become pystray's?"""

from collections.abc import Callable, Iterable

from daybell.core.views import Action, Entry
from daybell.desktop.tray.door import Menu, MenuItem
from daybell.desktop.tray.interface import Act


def build_menu(entries: Iterable[Entry], act: Act, escape: Callable[[str], str] = str) -> Menu:
    """The menu of these entries. `escape` guards the characters that the platform reads as mnemonics."""

    def item(entry: Entry) -> MenuItem:
        if entry.separator:
            return Menu.SEPARATOR
        if entry.entries:
            return MenuItem(escape(entry.label), Menu(*map(item, entry.entries)), enabled=entry.enabled)
        return MenuItem(
            escape(entry.label), click(entry.action, act), checked=mark(entry.checked), enabled=entry.enabled
        )

    return Menu(*map(item, entries))


def click(action: Action | None, act: Act) -> Callable[[], None] | None:
    return None if action is None else lambda: act(action)


def mark(checked: bool | None) -> "Callable[[MenuItem], bool] | None":  # noqa: FBT001 - a state, not a switch
    return None if checked is None else lambda _: checked
