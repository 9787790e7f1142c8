"""Which number has each menu entry, and what changed since the last menu?

A panel knows entries by number only, and a click may come after the menu has changed. So a number stands for
one entry, found again by its keys and not by its place, and is never given to another one.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from msgspec import Struct

from daybell.core.views import Entry
from daybell.desktop.tray.objects import Variant

Layout = tuple[int, Mapping[str, Variant], list[Variant]]
"""Number, properties and the children as variants of the same."""

ROOT = 0
SUBMENU: dict[str, Variant] = {"children-display": ("s", "submenu")}


class Node(Struct, frozen=True, gc=False):
    """An entry of the menu as the panel knows it; the root has none."""

    entry: Entry | None
    children: tuple[int, ...]

    @property
    def properties(self) -> dict[str, Variant]:
        """Made when somebody asks: kept, they would take more memory than all the rest."""
        return properties_of(self.entry) if self.entry else SUBMENU


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
        self._next = count(ROOT + 1)
        self._nodes = {ROOT: Node(None, ())}

    def update(self, entries: Sequence[Entry]) -> Change:
        """Take the new menu; entries with the same keys keep their numbers."""
        before, self._nodes = self._nodes, {}
        self._add(before, ROOT, None, entries)
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

    def _add(
        self, before: Mapping[int, Node], number: int, entry: Entry | None, below: Sequence[Entry]
    ) -> None:
        known = children_by_key(before, number)
        children = []
        for key, child in zip(keys(below), below, strict=True):
            children.append(known.get(key) or next(self._next))
            self._add(before, children[-1], child, child.entries)
        self._nodes[number] = Node(entry, tuple(children))


def children_by_key(nodes: Mapping[int, Node], number: int) -> dict[str, int]:
    children = nodes[number].children if number in nodes else ()
    entries = [entry for child in children if (entry := nodes[child].entry)]
    return dict(zip(keys(entries), children, strict=True))


def keys(entries: Iterable[Entry]) -> list[str]:
    """The key of each entry; separators, which nobody can click, are counted."""
    unnamed = count()
    return [entry.key or f"unnamed:{next(unnamed)}" for entry in entries]


def properties_of(entry: Entry) -> dict[str, Variant]:
    """The properties that differ from their defaults, and the label."""
    if entry.separator:
        return {"type": ("s", "separator")}
    properties: dict[str, Variant] = {"label": ("s", escape_mnemonics(entry.label))}
    if not entry.enabled:
        properties["enabled"] = ("b", False)
    if entry.checked is not None:
        properties["toggle-type"] = ("s", "checkmark")
        properties["toggle-state"] = ("i", int(entry.checked))
    if entry.entries:
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
