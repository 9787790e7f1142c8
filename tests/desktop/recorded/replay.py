"""Does the icon answer what a real panel asked, as it was recorded?

A recording has the labels of each entry beside the number it had: the numbers are the tray's own affair.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import msgspec
from jeepney import DBusErrorResponse
from msgspec import Struct

from daybell.core.views import Action, Entry, TrayView
from daybell.desktop.tray.menu_tree import MenuTree
from daybell.desktop.tray.pixmaps import pixmaps
from desktop.running import RunningTray, a_job_entry, a_menu, a_view
from tray_host import DBUSMENU, ITEM, Body, Layout, Node, TrayHost, wait_until

PROMPT = 1.0
"""Seconds, with room for a busy machine: a panel's menu waits for the answer."""
DEFAULTS: dict[str, object] = {"type": "standard", "label": "", "enabled": True, "children-display": ""}
SHOWS_STATUS = Action("show_status")

Trail = tuple[str, ...]
"""The labels that lead to an entry."""
Told = Mapping[str, tuple[str, object]]
"""Properties with their signatures."""


class Step(Struct, frozen=True):
    """What a person did, what we showed, or a call of the panel's."""

    person: str = ""
    show: str = ""
    path: str = ""
    interface: str = ""
    member: str = ""
    signature: str = ""
    body: tuple[object, ...] = ()


class Recording(Struct, frozen=True):
    panel: str
    """Its name and version."""
    entries: dict[int, Trail]
    """Where each number stood when it was recorded."""
    steps: list[Step]


def recording(panel: str) -> Recording:
    return msgspec.json.decode((Path(__file__).parent / f"{panel}.json").read_bytes(), type=Recording)


def the_view(state: str) -> TrayView:
    """The views that were shown while the panels were recorded."""
    runs, failed = state == "running", state == "failed"
    cancel = [Entry("Cancel", Action("cancel", "backup"), key="cancel")] if runs else []
    backup = a_job_entry("backup", f"Back up photos — {'running' if runs else 'next 02:30'}", *cancel)
    mail = a_job_entry("mail", f"Fetch mail — {'failed 09:00, ' if failed else ''}next 09:30")
    music = a_job_entry("music", "Sort music — next Sun 04:00", checked=False)
    tagged = Entry("Music (1)", entries=(music,), key="tag:music")
    return a_view(*a_menu(backup, mail, tagged), state=state, attention=failed)


class Replay:
    """A panel that asks what was recorded, checks what it hears, and believes what it has read."""

    def __init__(self, host: TrayHost, running: RunningTray, panel: str) -> None:
        self.refused: list[str] = []
        """The methods and properties that were answered with an error."""
        self.untold: list[Trail] = []
        """The menus of which AboutToShow did not say rightly whether the panel has to read them again."""
        self.acts: list[Action] = []
        """What the clicks ask for."""
        self._host = host
        self._running = running
        self._recording = recording(panel)
        self._view = a_view()
        self._twin = MenuTree()
        """Has the same numbers as the icon's. To look there ourselves would count as the panel's reading."""
        self._shown: dict[int, Entry] = {0: Entry("")}
        self._numbers: dict[Trail, int] = {(): 0}
        self._children: dict[int, list[int]] = {0: []}
        self._read: dict[int, list[int]] = {}

    def play(self) -> None:
        for step in self._recording.steps:
            if step.show:
                self._show(the_view(step.show))
            elif step.member:
                self._ask(step)

    def _show(self, view: TrayView) -> None:
        self._view = view
        self._running.tray.show(view)
        self._twin.update(view.menu)
        menu = Node(cast("Layout", self._twin.layout(0, -1, ())))
        self._shown, self._children = {}, {}
        for path, node, entry in walk(menu, Entry("", entries=view.menu)):
            self._shown[node.number] = entry
            self._children[node.number] = [child.number for child in node.children]
            self._numbers[path] = node.number
        wait_until(self._is_shown, "the view")

    def _is_shown(self) -> bool:
        (groups,) = self._host.call("/MenuBar", f"{DBUSMENU}.GetGroupProperties", "aias", ([], ["label"]))
        found = {
            number: told.get("label", ("s", ""))[1] for number, told in cast("list[tuple[int, Told]]", groups)
        }
        return found == {number: described(entry).get("label") or "" for number, entry in self._shown.items()}

    def _ask(self, step: Step) -> None:
        on_menu = step.interface == DBUSMENU
        body = self._about_ours(step.body) if on_menu else step.body
        began = time.monotonic()
        try:
            answer = self._host.call(step.path, f"{step.interface}.{step.member}", step.signature, body)
        except DBusErrorResponse:
            self.refused.append(str(body[1]) if step.member == "Get" else step.member)
            return
        assert time.monotonic() - began < PROMPT
        if on_menu:
            self._check_menu(step.member, body, answer)
        else:
            self._check_item(step.member, body, answer)

    def _about_ours(self, asked: Body) -> Body:
        """The same question about the entries that stand there here."""
        first, *rest = asked
        if isinstance(first, int):
            return (self._number(first), *rest)
        several = cast("list[int | list[object]]", first)
        ours = [
            self._number(each) if isinstance(each, int) else (self._number(cast("int", each[0])), *each[1:])
            for each in several
        ]
        return (ours, *rest)

    def _number(self, recorded: int) -> int:
        return self._numbers[self._recording.entries[recorded]]

    def _check_item(self, member: str, body: Body, answer: Body) -> None:
        if member == "Activate":
            self.acts.append(SHOWS_STATUS)
        if member == "GetAll" and body == (ITEM,):
            properties = cast("Told", answer[0])
            assert properties["Status"] == ("s", "NeedsAttention" if self._view.attention else "Active")
            assert properties["Menu"] == ("o", "/MenuBar")
            assert properties["IconPixmap"][1] == list(pixmaps(self._view.state))
        elif member not in {"GetAll", "Get", "Introspect"}:
            assert answer == ()

    def _check_menu(self, member: str, body: Body, answer: Body) -> None:
        match member, body:
            case "GetLayout", (int(number), int(depth), names):
                layout = cast("Layout", answer[1])
                assert layout[0] == number
                self._check_layout(layout, depth, cast("list[str]", names))
            case "GetGroupProperties", (numbers, names):
                groups = cast("list[tuple[int, Told]]", answer[0])
                assert [number for number, _ in groups] == numbers
                for number, told in groups:
                    self._check_entry(number, told, cast("list[str]", names))
            case "AboutToShow", (int(number),):
                self._check_news([number], [number] if answer[0] else [])
            case "AboutToShowGroup", (numbers,):
                assert answer[1] == []
                self._check_news(cast("list[int]", numbers), cast("list[int]", answer[0]))
            case "Event", (int(number), kind, *_):
                assert answer == ()
                self._happen(number, kind)
            case "EventGroup", (events,):
                assert answer == ([],)
                for number, kind, *_ in cast("list[tuple[int, str]]", events):
                    self._happen(number, kind)
            case _:
                raise AssertionError(f"nobody knows what {member} should say")

    def _check_layout(self, layout: Layout, depth: int, names: Sequence[str]) -> None:
        number, told, below = layout
        self._check_entry(number, told, names)
        children = [child for _, child in below]
        if depth == 0:
            assert children == []
            return
        self._read[number] = [child[0] for child in children]
        assert self._read[number] == self._children[number]
        for child in children:
            self._check_layout(child, depth - 1, names)

    def _check_entry(self, number: int, told: Told, names: Sequence[str]) -> None:
        heard = DEFAULTS | {name: value for name, (_, value) in told.items()}
        meant = DEFAULTS | described(self._shown[number])
        if number == 0:
            meant["children-display"] = "submenu"
        for name in names or heard.keys() | meant.keys():
            assert heard.get(name) == meant.get(name), f"{name} of {meant['label']}"

    def _check_news(self, numbers: Sequence[int], updated: Sequence[int]) -> None:
        for number in set(numbers) & self._read.keys():
            if (number in updated) != (self._read[number] != self._children[number]):
                self.untold += [path for path, known in self._numbers.items() if known == number]

    def _happen(self, number: int, kind: object) -> None:
        if kind == "clicked":
            action = self._shown[number].action
            assert action
            self.acts.append(action)


def described(entry: Entry) -> dict[str, object]:
    """What the protocol says of an entry like this one."""
    if entry.separator:
        return {"type": "separator"}
    mark = {} if entry.checked is None else {"toggle-type": "checkmark", "toggle-state": int(entry.checked)}
    below = {"children-display": "submenu"} if entry.entries else {}
    return {"label": entry.label.replace("_", "__"), "enabled": entry.enabled, **mark, **below}


def walk(node: Node, entry: Entry, path: Trail = ()) -> Iterator[tuple[Trail, Node, Entry]]:
    """Each entry as a panel sees it and as it is meant; separators are counted, labels end at the dash."""
    yield path, node, entry
    separators = 0
    for child, each in zip(node.children, entry.entries, strict=True):
        separators += each.separator
        name = f"---- {separators}" if each.separator else each.label.split(" — ")[0]
        yield from walk(child, each, (*path, name))
