"""Which number has each menu entry, and what changed since the last menu?

A panel knows entries by number only, and a click may come after the menu has changed. So a number stands for
one entry, found again by its keys and not by its place, and is never given to another one.
"""

from collections.abc import Iterable, Mapping
from itertools import count

from msgspec import Struct

from daybell.desktop.tray.door import Menu, MenuItem
from daybell.desktop.tray.objects import Variant

Path = tuple[str, ...]
Layout = tuple[int, Mapping[str, Variant], list[Variant]]
"""Number, properties and the children as variants of the same."""

ROOT = 0
SUBMENU: dict[str, Variant] = {"children-display": ("s", "submenu")}


class Node(Struct, frozen=True):
    """An entry of the menu as the panel knows it."""

    item: MenuItem | None
    properties: dict[str, Variant]
    children: tuple[int, ...]


class Change(Struct, frozen=True):
    """What a panel must hear of."""

    updated: list[tuple[int, dict[str, Variant]]]
    removed: list[tuple[int, list[str]]]
    """Properties that are back at their defaults."""
    parent: int | None
    """Below this entry others came, went or moved; None: nowhere."""


class MenuTree:
    """The menu as it is now."""

    def __init__(self) -> None:
        self._numbers: dict[Path, int] = {(): ROOT}
        self._next = count(1)
        self._nodes: dict[int, Node] = {ROOT: Node(None, SUBMENU, ())}

    def update(self, menu: Menu | None) -> Change:
        """Take the new menu; entries with the same keys keep their numbers."""
        before, paths = self._nodes, set[Path]()
        self._nodes = {}
        self._add((), None, menu, paths)
        self._numbers = {path: number for path, number in self._numbers.items() if path in paths}
        return difference(before, self._nodes)

    def find(self, number: int) -> Node | None:
        return self._nodes.get(number)

    def numbers(self) -> Iterable[int]:
        return self._nodes.keys()

    def layout(self, number: int, depth: int, names: Iterable[str]) -> Layout:
        """This entry and what is below it, `depth` levels deep or, if that is negative, all; KeyError."""
        node = self._nodes[number]
        below = node.children if depth else ()
        children: list[Variant] = [("(ia{sv}av)", self.layout(child, depth - 1, names)) for child in below]
        return (number, chosen(node.properties, names), children)

    def _add(self, path: Path, item: MenuItem | None, menu: Menu | None, paths: set[Path]) -> int:
        paths.add(path)
        if path not in self._numbers:
            self._numbers[path] = next(self._next)
        number = self._numbers[path]
        children = [self._add((*path, key), child, child.submenu, paths) for key, child in keyed(menu or ())]
        properties = properties_of(item) if item else SUBMENU
        self._nodes[number] = Node(item, properties, tuple(children))
        return number


def keyed(items: Iterable[MenuItem]) -> list[tuple[str, MenuItem]]:
    """Each item with its key; separators, which nobody can click, are counted."""
    unnamed = count()
    return [(getattr(item, "key", "") or f"unnamed:{next(unnamed)}", item) for item in items]


def properties_of(item: MenuItem) -> dict[str, Variant]:
    """The properties that differ from their defaults, and the label."""
    if item is Menu.SEPARATOR:
        return {"type": ("s", "separator")}
    properties: dict[str, Variant] = {"label": ("s", escape_mnemonics(item.text))}
    if not item.enabled:
        properties["enabled"] = ("b", False)
    if item.checked is not None:
        properties["toggle-type"] = ("s", "checkmark")
        properties["toggle-state"] = ("i", int(item.checked))
    if item.submenu:
        properties["children-display"] = ("s", "submenu")
    return properties


def escape_mnemonics(text: str) -> str:
    """One underscore would underline the next letter."""
    return text.replace("_", "__")


def chosen(properties: Mapping[str, Variant], names: Iterable[str]) -> Mapping[str, Variant]:
    """The properties of these names; no names mean all."""
    wanted = set(names)
    return {name: value for name, value in properties.items() if not wanted or name in wanted}


def difference(before: Mapping[int, Node], after: Mapping[int, Node]) -> Change:
    """What changed in the entries that were there and still are."""
    both = [(number, before[number], after[number]) for number in after if number in before]
    updated = [(number, newer(old.properties, new.properties)) for number, old, new in both]
    removed = [
        (number, [name for name in old.properties if name not in new.properties]) for number, old, new in both
    ]
    moved = [number for number, old, new in both if old.children != new.children]
    return Change(
        updated=[each for each in updated if each[1]],
        removed=[each for each in removed if each[1]],
        parent=moved[0] if len(moved) == 1 else ROOT if moved else None,
    )


def newer(old: Mapping[str, Variant], new: Mapping[str, Variant]) -> dict[str, Variant]:
    return {name: value for name, value in new.items() if old.get(name) != value}
