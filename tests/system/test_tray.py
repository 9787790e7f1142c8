"""The whole app on a private bus: a panel clicks, and the status tells."""

from collections.abc import Iterator

import pytest

from app_home import Home
from tray_host import TrayHost, private_bus
from waiting import until

pytestmark = [pytest.mark.system, pytest.mark.desktop]


@pytest.fixture
def bus() -> Iterator[str]:
    with private_bus() as address:
        yield address


@pytest.fixture
def desktop(home: Home, bus: str) -> Home:
    home.environ["DBUS_SESSION_BUS_ADDRESS"] = bus
    home.command("backup", "sleep", "300", name="Back up photos")
    home.command("mail", "true", name="Fetch mail", triggers=[{"type": "cron", "expression": "30 2 * * *"}])
    return home


def test_clicks_pause_resume_run_cancel_and_quit_show_in_the_status(desktop: Home, bus: str) -> None:
    with TrayHost(bus) as panel, desktop.running() as app:
        panel.wait_item()
        panel.click("Fetch mail", "Pause")
        until(lambda: desktop.job("mail")["state"] == "paused")
        panel.wait(lambda menu: menu.find("Fetch mail").label == "Fetch mail — paused")
        panel.click("Fetch mail", "Pause")
        until(lambda: desktop.job("mail")["state"] == "idle")
        panel.wait(lambda menu: "02:30" in menu.find("Fetch mail").label)
        panel.click("Back up photos", "Run now")
        until(lambda: desktop.job("backup")["is_running"])
        panel.wait(lambda menu: menu.find("Back up photos", "Cancel run").is_enabled)
        panel.click("Back up photos", "Cancel run")
        until(lambda: desktop.job("backup")["last_outcome"] == "cancelled")
        panel.click("Pause all")
        until(lambda: desktop.json("status")["scheduler"]["state"] == "paused")
        panel.wait(lambda menu: menu.find("Pause all").is_checked is True)
        panel.click("Quit")
        assert app.wait(15) == 0
        panel.wait_gone()


def test_starting_at_login_is_a_mark_in_the_menu(desktop: Home, bus: str) -> None:
    file = desktop.path / "desktop" / "autostart" / "daybell.desktop"
    with TrayHost(bus) as panel, desktop.running():
        panel.wait_item()
        panel.click("Start at login")
        panel.wait(lambda menu: menu.find("Start at login").is_checked is True)
        assert file.exists()
        panel.click("Start at login")
        panel.wait(lambda menu: menu.find("Start at login").is_checked is False)
    assert not file.exists()


def test_a_failure_shows_in_the_menu_with_its_last_line(desktop: Home, bus: str) -> None:
    desktop.shell("mail", "echo disk full >&2; exit 3", name="Fetch mail")
    with TrayHost(bus) as panel, desktop.running():
        panel.wait_item()
        panel.click("Fetch mail", "Run now")
        menu = panel.wait(lambda menu: "failed" in menu.find("Fetch mail").label)
    assert any("disk full" in child.label for child in menu.find("Fetch mail").children)


def test_the_same_failure_is_told_once_and_its_end_once(desktop: Home, bus: str) -> None:
    switch = desktop.path / "disk-is-full"
    switch.touch()
    desktop.shell("mail", f"test ! -e {switch} || {{ echo disk full; exit 3; }}", name="Fetch mail")
    with TrayHost(bus) as panel, desktop.running():
        for _ in range(3):
            assert desktop.daybell("run", "mail", "--wait").returncode == 3
        switch.unlink()
        assert desktop.daybell("run", "mail", "--wait").returncode == 0
        until(lambda: len(panel.notices) >= 2)
        assert desktop.daybell("run", "mail", "--wait").returncode == 0
    failed, works_again = panel.notices
    assert "Fetch mail" in failed[0]
    assert "disk full" in failed[1]
    assert "3 times" in works_again[1]


def test_a_panel_that_appears_later_gets_the_icon(desktop: Home, bus: str) -> None:
    with desktop.running():
        with TrayHost(bus) as panel:
            panel.wait_item()
        with TrayHost(bus) as panel:
            panel.wait_item()
            panel.wait(lambda menu: menu.has("Back up photos", "Run now"))


def test_an_edited_file_changes_the_menu(desktop: Home, bus: str) -> None:
    with TrayHost(bus) as panel, desktop.running():
        panel.wait_item()
        desktop.command("mail", "true", name="Fetch all mail")
        panel.wait(lambda menu: menu.has("Fetch all mail"))
        (desktop.jobs / "mail.json").unlink()
        panel.wait(lambda menu: not menu.has("Fetch all mail"))


def test_a_bus_that_dies_leaves_the_jobs_running(home: Home) -> None:
    home.command("mail", "true")
    with private_bus() as address:
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        app = home.start()
    assert home.daybell("run", "mail", "--wait").returncode == 0
    assert home.daybell("stop").returncode == 0
    assert app.wait(10) == 0
