"""What GNOME's AppIndicator extension and Plasma ask, in their order, and what they get."""

from typing import cast

import pytest
from jeepney import DBusErrorResponse

from daybell.core.views import Action, Entry
from daybell.desktop.tray.pixmaps import pixmaps
from desktop.running import RunningTray, a_job_entry, a_menu, a_view
from tray_host import DBUSMENU, ITEM, Body, Layout, TrayHost, wait_until

pytestmark = pytest.mark.desktop

PROPERTIES = "org.freedesktop.DBus.Properties"
DETAIL = ("i", 0)


def menu_call(host: TrayHost, member: str, signature: str, body: Body) -> Body:
    return host.call("/MenuBar", f"{DBUSMENU}.{member}", signature, body)


def item_call(host: TrayHost, member: str, signature: str, body: Body) -> Body:
    return host.call("/StatusNotifierItem", f"{ITEM}.{member}", signature, body)


def item_property(host: TrayHost, name: str) -> object:
    ((_, value),) = cast(
        "tuple[tuple[str, object]]",
        host.call("/StatusNotifierItem", f"{PROPERTIES}.Get", "ss", (ITEM, name)),
    )
    return value


def layout(host: TrayHost, number: int, depth: int, names: list[str]) -> Layout:
    return cast("Layout", menu_call(host, "GetLayout", "iias", (number, depth, names))[1])


def numbers(node: Layout) -> list[int]:
    return [node[0], *(number for _, child in node[2] for number in numbers(child))]


@pytest.fixture
def shown(host: TrayHost, running: RunningTray) -> TrayHost:
    running.tray.show(a_view())
    host.wait_item()
    host.wait(lambda menu: menu.has("Quit"))
    return host


def test_gnome_reads_the_item_the_shape_of_the_menu_and_then_its_words(
    shown: TrayHost, running: RunningTray
) -> None:
    (properties,) = shown.call("/StatusNotifierItem", f"{PROPERTIES}.GetAll", "s", (ITEM,))
    assert {"Id", "Status", "Menu", "IconPixmap", "ToolTip"} <= set(cast("dict[str, object]", properties))
    for name in ("XAyatanaLabel", "XAyatanaOrderingIndex", "IconAccessibleDesc"):
        with pytest.raises(DBusErrorResponse) as raised:
            item_property(shown, name)
        assert raised.value.name == "org.freedesktop.DBus.Error.UnknownProperty"
    tree = layout(shown, 0, -1, ["type", "children-display"])
    assert tree[1] == {"children-display": ("s", "submenu")}
    assert [child[1] for _, child in tree[2]] == [
        {},
        {"type": ("s", "separator")},
        {"children-display": ("s", "submenu")},
        {"type": ("s", "separator")},
        {},
    ]
    (words,) = menu_call(shown, "GetGroupProperties", "aias", (numbers(tree), []))
    found = dict(cast("list[tuple[int, dict[str, object]]]", words))
    assert list(found) == numbers(tree)
    assert ("s", "Run now") in [each.get("label") for each in found.values()]
    shown.call("/MenuBar", f"{DBUSMENU}.Event", "isvu", (0, "opened", DETAIL, 0))
    assert menu_call(shown, "AboutToShow", "i", (0,)) == (False,)
    last = tree[2][-1][1][0]
    assert menu_call(shown, "Event", "isvu", (last, "clicked", DETAIL, 7)) == ()
    shown.call("/MenuBar", f"{DBUSMENU}.Event", "isvu", (0, "closed", DETAIL, 0))
    wait_until(lambda: running.acts == [Action("quit")], "the one click")


def test_plasma_opens_level_by_level_and_says_what_it_opens(shown: TrayHost, running: RunningTray) -> None:
    assert item_property(shown, "ItemIsMenu") is True
    assert item_call(shown, "ProvideXdgActivationToken", "s", ("token",)) == ()
    for member in ("ContextMenu", "Activate", "SecondaryActivate"):
        assert item_call(shown, member, "ii", (10, 20)) == ()
    assert item_call(shown, "Scroll", "is", (120, "vertical")) == ()
    top = layout(shown, 0, 1, [])
    job = top[2][2][1]
    job_number = job[0]
    assert job[1]["children-display"] == ("s", "submenu")
    assert all(child[2] == [] for _, child in top[2])
    assert menu_call(shown, "AboutToShow", "i", (job_number,)) == (False,)
    below = layout(shown, job_number, 1, [])
    run = next(child for _, child in below[2] if child[1].get("label") == ("s", "Run now"))
    events = [
        (job_number, "opened", DETAIL, 0),
        (run[0], "hovered", DETAIL, 0),
        (run[0], "clicked", DETAIL, 0),
        (job_number, "closed", DETAIL, 0),
    ]
    assert menu_call(shown, "EventGroup", "a(isvu)", (events,)) == ([],)
    wait_until(lambda: running.acts == [Action("run", "backup")], "the one click")


def test_while_something_fails_the_icon_wants_attention(shown: TrayHost, running: RunningTray) -> None:
    assert item_property(shown, "Status") == "Active"
    sent = len(shown.signals)
    running.tray.show(a_view(state="failed", attention=True))
    wait_until(lambda: ("NewStatus", ("NeedsAttention",)) in shown.signals[sent:], "the status")
    assert item_property(shown, "Status") == "NeedsAttention"
    assert item_property(shown, "AttentionIconPixmap") == list(pixmaps("failed"))
    running.tray.show(a_view(state="running", attention=True))
    wait_until(lambda: item_property(shown, "IconPixmap") == list(pixmaps("running")), "the icon")
    running.tray.show(a_view())
    wait_until(lambda: ("NewStatus", ("Active",)) in shown.signals[sent:], "the status")
    assert [body for name, body in shown.signals[sent:] if name == "NewStatus"] == [
        ("NeedsAttention",),
        ("Active",),
    ]


NAME = "<b>R&D_x</b> \u05d2\u05d9\u05d1\u05d5\u05d9 \U0001f9d1\u200d\U0001f4bb" * 14


def test_a_name_of_any_kind_reaches_the_panel_as_it_is(shown: TrayHost, running: RunningTray) -> None:
    assert len(NAME) >= 300
    running.tray.show(a_view(*a_menu(a_job_entry("x", NAME)), tooltip=f"{NAME}\n{NAME}"))
    menu = shown.wait(lambda menu: not menu.has("Back up photos"))
    assert menu.children[2].label == NAME
    assert menu.children[2].properties["label"] == NAME.replace("_", "__")
    escaped = NAME.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    wait_until(lambda: shown.tooltip() == (escaped, escaped), "the tooltip")


def test_a_text_that_no_panel_can_read_ends_nothing(shown: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view(Entry("half \ud83d", key="half"), tooltip="half \ud83d"))
    running.tray.show(a_view(tooltip="whole"))
    wait_until(lambda: shown.tooltip()[0] == "whole", "the tooltip")
    assert shown.menu().has("Quit")
