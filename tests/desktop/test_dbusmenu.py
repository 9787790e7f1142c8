"""The menu on a Linux desktop: what a panel reads, and what becomes of clicks."""

from typing import cast

import pytest

from daybell.core.views import Action, Entry
from desktop.running import RunningTray, a_job_entry, a_menu, a_view
from tray_host import Layout, TrayHost, wait_until

pytestmark = pytest.mark.desktop


def test_the_menu_looks_like_the_view(host: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view(*a_menu(a_job_entry("mail", "Fetch my_mail — paused", checked=False))))
    host.wait_item()
    menu = host.wait(lambda menu: menu.has("Fetch my_mail"))
    assert list(menu.lines()) == [
        "Daybell — 1 job  (grey)",
        "----",
        "Fetch my_mail — paused",
        "  [ ] Enabled",
        "  Run now",
        "  ----",
        "  Not run yet  (grey)",
        "----",
        "Quit",
    ]


def test_underscores_are_no_mnemonics(host: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view(Entry("a_b__c", Action("quit"), key="x")))
    host.wait_item()
    menu = host.wait(lambda menu: bool(menu.children))
    assert menu.children[0].properties["label"] == "a__b____c"


@pytest.mark.parametrize(
    ("path", "action"),
    [
        (("Back up photos", "Run now"), Action("run", "backup")),
        (("Back up photos", "Enabled"), Action("pause", "backup")),
        (("Quit",), Action("quit")),
    ],
)
def test_a_click_says_what_is_wanted(
    host: TrayHost, running: RunningTray, path: tuple[str, ...], action: Action
) -> None:
    running.tray.show(a_view())
    host.wait_item()
    host.wait(lambda menu: menu.has(*path))
    host.click(*path)
    wait_until(lambda: running.acts == [action], "the click is heard")


def test_an_open_menu_stays_open_while_words_and_marks_change(host: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view())
    host.wait_item()
    host.wait(lambda menu: menu.has("Back up photos"))
    layouts = host.signal_names().count("LayoutUpdated")
    changed = a_menu(a_job_entry("backup", "Back up photos — paused", checked=False))
    running.tray.show(a_view(*changed))
    menu = host.wait(lambda menu: menu.find("Back up photos").label.endswith("paused"))
    assert menu.find("Back up photos", "Enabled").is_checked is False
    wait_until(lambda: "ItemsPropertiesUpdated" in host.signal_names(), "the panel hears of it")
    assert host.signal_names().count("LayoutUpdated") == layouts


def test_only_the_submenu_that_grew_is_laid_out_anew(host: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view())
    host.wait_item()
    job = host.wait(lambda menu: menu.has("Back up photos")).find("Back up photos")
    cancel = Entry("Cancel", Action("cancel", "backup"), key="cancel")
    running.tray.show(a_view(*a_menu(a_job_entry("backup", "Back up photos — running", cancel))))
    host.wait(lambda menu: menu.has("Back up photos", "Cancel"))
    wait_until(
        lambda: any(name == "LayoutUpdated" and body[1] == job.number for name, body in host.signals), "it"
    )


def test_a_late_click_never_hits_another_job(host: TrayHost, running: RunningTray) -> None:
    first, second = a_job_entry("first", "First"), a_job_entry("second", "Second")
    running.tray.show(a_view(*a_menu(first, second)))
    host.wait_item()
    before = host.wait(lambda menu: menu.has("Second"))
    running.tray.show(a_view(*a_menu(second)))
    after = host.wait(lambda menu: not menu.has("First"))
    assert after.find("Second", "Run now").number == before.find("Second", "Run now").number
    host.click_number(before.find("First", "Run now").number)
    running.tray.show(a_view(*a_menu(first, second)))
    again = host.wait(lambda menu: menu.has("First"))
    assert again.find("First", "Run now").number != before.find("First", "Run now").number
    host.click("Quit")
    wait_until(lambda: Action("quit") in running.acts, "the click after it")
    assert running.acts == [Action("quit")]


def test_grey_entries_and_submenus_cannot_be_clicked(host: TrayHost, running: RunningTray) -> None:
    grey = Entry("Run now", Action("run", "x"), enabled=False, key="run")
    running.tray.show(a_view(grey, *a_menu()))
    host.wait_item()
    menu = host.wait(lambda menu: menu.has("Run now"))
    with pytest.raises(AssertionError, match="grey"):
        host.click("Run now")
    for number in (menu.find("Run now").number, menu.find("Back up photos").number, 0):
        host.click_number(number)
    host.click("Quit")
    wait_until(lambda: bool(running.acts), "the last click")
    assert running.acts == [Action("quit")]


def test_a_click_that_fails_is_logged_and_the_next_one_works(
    bus: str, host: TrayHost, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Action] = []

    def act(action: Action) -> None:
        heard.append(action)
        raise RuntimeError("no such engine")

    with RunningTray(bus, act).running() as running:
        running.tray.show(a_view())
        host.wait_item()
        host.wait(lambda menu: menu.has("Quit"))
        for number in (1, 2):
            host.click("Quit")
            wait_until(lambda number=number: len(heard) == number, "the click")  # type: ignore[misc]  # a lambda
    assert "no such engine" in caplog.text


def test_many_clicks_come_in_one_call(host: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view())
    host.wait_item()
    menu = host.wait(lambda menu: menu.has("Quit"))
    number = menu.find("Quit").number
    events = [(each, "clicked", ("i", 0), 0) for each in (number, 4711)] + [(number, "hovered", ("i", 0), 0)]
    assert host.call("/MenuBar", "com.canonical.dbusmenu.EventGroup", "a(isvu)", (events,)) == ([4711],)
    assert running.acts == [Action("quit")]


def test_a_layout_is_as_deep_and_as_full_as_it_was_asked_for(host: TrayHost, running: RunningTray) -> None:
    running.tray.show(a_view())
    host.wait_item()
    host.wait(lambda menu: menu.has("Quit"))
    _, layout = host.call("/MenuBar", "com.canonical.dbusmenu.GetLayout", "iias", (0, 1, ["type"]))
    _, _, children = cast("Layout", layout)
    assert [(properties, below) for _, (_, properties, below) in children] == [
        ({}, []),
        ({"type": ("s", "separator")}, []),
        ({}, []),
        ({"type": ("s", "separator")}, []),
        ({}, []),
    ]
