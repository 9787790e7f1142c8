"""What do real panels ask of the icon, and what do they get?

All sequences were recorded from the panels themselves, on a private bus, while a pointer hovered and clicked:
GNOME Shell 43.9 with its AppIndicator extension 46, LXQt 1.2.1, Plasma 5.27.5 and Xfce 4.18.2 (`recorded/`).
None is written from a panel's sources.
"""

import pytest

from daybell.core.views import SEPARATOR, Action, Entry
from daybell.desktop.tray.pixmaps import pixmaps
from desktop.recorded.replay import Replay
from desktop.running import RunningTray, a_job_entry, a_menu, a_view
from tray_host import TrayHost, wait_until

pytestmark = pytest.mark.desktop

PANELS = ("gnome-shell", "lxqt-panel", "plasmashell", "xfce4-panel")
OLD_NAMES = {"XAyatanaSecondaryActivate"}
"""What GNOME tries first; refused, it goes on with the name that all know."""


@pytest.fixture
def shown(host: TrayHost, running: RunningTray) -> TrayHost:
    running.tray.show(a_view())
    host.wait_item()
    host.wait(lambda menu: menu.has("Quit"))
    return host


def replay(host: TrayHost, running: RunningTray, panel: str) -> Replay:
    host.wait_item()
    played = Replay(host, running, panel)
    played.play()
    return played


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_reads_the_menu_as_shown_and_its_clicks_act(
    host: TrayHost, running: RunningTray, panel: str
) -> None:
    played = replay(host, running, panel)
    assert {Action("run", "backup"), Action("resume", "music")} <= set(played.acts)
    wait_until(lambda: running.acts == played.acts, f"{played.acts} and nothing else")


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_is_refused_nothing(host: TrayHost, running: RunningTray, panel: str) -> None:
    assert set(replay(host, running, panel).refused) <= OLD_NAMES


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_that_is_about_to_show_a_menu_hears_whether_it_knows_it(
    host: TrayHost, running: RunningTray, panel: str
) -> None:
    assert replay(host, running, panel).untold == []


ONE = a_job_entry("one", "One")
TWO = a_job_entry("two", "Two")


@pytest.mark.parametrize(
    ("before", "after"),
    [((TWO,), (ONE, SEPARATOR, TWO)), ((ONE, TWO), (TWO, ONE)), ((ONE, SEPARATOR, TWO), (ONE, TWO))],
    ids=["a job above", "places changed", "a separator gone"],
)
def test_an_entry_that_stays_is_never_moved(
    shown: TrayHost, running: RunningTray, before: tuple[Entry, ...], after: tuple[Entry, ...]
) -> None:
    """GNOME's extension takes in what comes and goes, but loses the places of what moves."""
    numbers = []
    for jobs in (before, after):
        running.tray.show(a_view(*a_menu(*jobs)))
        labels = [entry.label for entry in a_menu(*jobs)]
        menu = shown.wait(lambda menu, labels=labels: [each.label for each in menu.children] == labels)  # type: ignore[misc]  # a lambda
        numbers.append([child.number for child in menu.children])
    old, new = numbers
    assert [number for number in old if number in new] == [number for number in new if number in old]


def test_while_something_fails_the_icon_wants_attention(shown: TrayHost, running: RunningTray) -> None:
    assert shown.properties()["Status"] == "Active"
    sent = len(shown.signals)
    running.tray.show(a_view(state="failed", attention=True))
    wait_until(lambda: ("NewStatus", ("NeedsAttention",)) in shown.signals[sent:], "the status")
    assert shown.properties()["Status"] == "NeedsAttention"
    assert shown.properties()["AttentionIconPixmap"] == list(pixmaps("failed"))
    running.tray.show(a_view(state="running", attention=True))
    wait_until(lambda: shown.pixmaps() == list(pixmaps("running")), "the icon")
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
