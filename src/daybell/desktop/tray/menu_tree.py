"""Which number has each menu entry, and what changed since the last menu?

A panel knows entries by number only, and a click may come after the menu has changed. So a number stands for
one entry, found again by its keys, and is never given to another one. An entry that changed
places gets a new number: GNOME's panel takes in what comes and goes, but not what moves.
"""

from bisect import bisect_left
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
    parents: list[int]
    """Below these entries others came or went."""
    added: list[int]
    """The submenus that are new."""


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

    def within(self, number: int, depth: int) -> Iterable[tuple[int, int]]:
        """The entries of a layout of this depth, each with the depth that is left."""
        yield number, depth
        if depth:
            for child in self._nodes[number].children:
                yield from self.within(child, depth - 1)

    def _add(
        self, before: Mapping[int, Node], number: int, entry: Entry | None, below: Sequence[Entry]
    ) -> None:
        known = children_by_key(before, number)
        names = keys(below)
        staying = unmoved(list(known), names)
        children = []
        for key, child in zip(names, below, strict=True):
            children.append(known[key] if key in staying else next(self._next))
            self._add(before, children[-1], child, child.entries)
        self._nodes[number] = Node(entry, tuple(children))


def children_by_key(nodes: Mapping[int, Node], number: int) -> dict[str, int]:
    children = nodes[number].children if number in nodes else ()
    entries = [entry for child in children if (entry := nodes[child].entry)]
    return dict(zip(keys(entries), children, strict=True))


def keys(entries: Iterable[Entry]) -> list[str]:
    """The key of each entry; a separator's is that of the entry below it, others are counted."""
    unnamed = count()
    below = ""
    found = []
    for entry in reversed([*entries]):
        own = f"above:{below}" if entry.separator and below else entry.key
        found.append(own or f"unnamed:{next(unnamed)}")
        below = entry.key
    return found[::-1]


def unmoved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """As many keys as possible that stand in the same order in both."""
    if before == after:
        return set(after)
    place = {key: number for number, key in enumerate(before)}
    ends: list[int] = []
    chains: list[tuple[str, ...]] = []
    for key in after:
        if key in place:
            at = bisect_left(ends, place[key])
            chain = (*chains[at - 1], key) if at else (key,)
            ends[at : at + 1], chains[at : at + 1] = [place[key]], [chain]
    return set(chains[-1]) if chains else set()


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
    return Change(
        updated=[each for each in updated if each[1]],
        removed=[each for each in removed if each[1]],
        parents=[number for number, old, new in both if old.children != new.children],
        added=[number for number, node in after.items() if node.children and number not in before],
    )


def newer(old: Mapping[str, Variant], new: Mapping[str, Variant]) -> dict[str, Variant]:
    return {name: value for name, value in new.items() if old.get(name) != value}
