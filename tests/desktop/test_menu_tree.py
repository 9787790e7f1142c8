"""Which number has each menu entry, and what changed since the last menu."""

import gc
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.core.views import Action, Entry
from daybell.desktop.tray.menu_tree import ROOT, Change, MenuTree
from daybell.desktop.tray.objects import Variant
from desktop.running import a_job_entry

Layout = tuple[int, dict[str, Variant], list[tuple[str, "Layout"]]]


def update(tree: MenuTree, *entries: Entry) -> Change:
    return tree.update(entries)


def numbers(tree: MenuTree) -> dict[str, int]:
    """The number of each label."""
    nodes = {number: tree.find(number) for number in tree.numbers()}
    labels = {number: node.properties.get("label", ("s", ""))[1] for number, node in nodes.items() if node}
    return {str(label): number for number, label in labels.items() if label}


def test_an_equal_menu_is_no_change() -> None:
    tree = MenuTree()
    update(tree, a_job_entry("a", "A"))
    assert update(tree, a_job_entry("a", "A")) == Change([], [], [], [])


def test_a_new_label_is_a_new_property() -> None:
    tree = MenuTree()
    update(tree, a_job_entry("a", "A"))
    number = numbers(tree)["A"]
    assert update(tree, a_job_entry("a", "B")) == Change([(number, {"label": ("s", "B")})], [], [], [])


def test_what_is_back_at_its_default_is_removed() -> None:
    tree = MenuTree()
    update(tree, Entry("A", enabled=False, key="a"))
    assert update(tree, Entry("A", key="a")) == Change([], [(numbers(tree)["A"], ["enabled"])], [], [])


@pytest.mark.parametrize(
    ("labels", "below"),
    [(["A", "B"], []), (["B", "A"], [ROOT]), (["A"], [ROOT]), (["A", "C", "B"], [ROOT])],
)
def test_entries_that_come_go_or_move_are_a_new_layout(labels: list[str], below: list[int]) -> None:
    tree = MenuTree()
    update(tree, *(Entry(label, key=label) for label in ("A", "B")))
    assert update(tree, *(Entry(label, key=label) for label in labels)).parents == below


def test_a_change_in_a_submenu_is_one_below_its_entry() -> None:
    tree = MenuTree()
    cancel = Entry("Cancel", Action("cancel", "a"), key="cancel")
    update(tree, a_job_entry("a", "A"), a_job_entry("b", "B"))
    a, b = numbers(tree)["A"], numbers(tree)["B"]
    assert update(tree, a_job_entry("a", "A", cancel), a_job_entry("b", "B")).parents == [a]
    assert update(tree, a_job_entry("a", "A"), a_job_entry("b", "B", cancel)).parents == [a, b]


def test_new_submenus_are_named() -> None:
    tree = MenuTree()
    assert update(tree, a_job_entry("a", "A")).added == [numbers(tree)["A"]]
    change = update(tree, a_job_entry("b", "B"), a_job_entry("a", "A"))
    assert (change.parents, change.added) == ([ROOT], [numbers(tree)["B"]])


def test_a_menu_that_changes_all_day_takes_no_more_memory() -> None:
    def many(now: int) -> list[Entry]:
        return [a_job_entry(str(job), f"Job {job}, {(job * 7 + now) % 30}") for job in range(now % 2, 40)]

    tree = MenuTree()
    held = []
    tracemalloc.start()
    for now in range(120):
        tree.update(many(now))
        if now in (58, 118):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 4000
    assert len(list(tree.numbers())) == 1 + 5 * 39


@given(st.lists(st.lists(st.sampled_from("abcdef"), unique=True), max_size=8))
def test_a_number_stands_for_one_entry_for_ever(menus: list[list[str]]) -> None:
    tree, seen = MenuTree(), dict[int, str]()
    for labels in menus:
        update(tree, *(Entry(label, key=label) for label in labels))
        now = numbers(tree)
        assert sorted(now) == sorted(labels)
        for label, number in now.items():
            assert seen.setdefault(number, label) == label
