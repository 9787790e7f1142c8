"""The whole app on a private bus: what the menu opens, and a bus that goes and comes back."""

import json
import os
import re
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from app_home import Home
from tray_host import TrayHost, private_bus
from waiting import until

pytestmark = [pytest.mark.system, pytest.mark.desktop]


def test_the_menu_opens_the_last_output_the_job_folder_and_the_dashboard(home: Home, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    program = tmp_path / "programs" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n')
    program.chmod(0o755)
    home.environ["PATH"] = f"{program.parent}:{home.environ.get('PATH', os.defpath)}"
    home.command("mail", "echo", "hello", name="Fetch mail")
    with private_bus() as address:
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        with TrayHost(address) as panel, home.running():
            panel.wait_item()
            panel.click("Fetch mail", "Run now")
            panel.wait(lambda menu: menu.find("Fetch mail", "Open last output").is_enabled)
            until(lambda: home.job("mail")["last_outcome"] == "succeeded")
            panel.click("Fetch mail", "Open last output")
            until(lambda: opened.exists() and opened.read_text().endswith(".log\n"))
            panel.click("Open job folder")
            until(lambda: len(opened.read_text().splitlines()) == 2)
            panel.click("Open dashboard")
            until(lambda: len(opened.read_text().splitlines()) == 3)
            log, folder, page = opened.read_text().splitlines()
            assert let_in(Path(page)) == 201
    assert Path(log).read_text() == "hello\n"
    assert Path(folder) == home.jobs


def let_in(page: Path) -> int:
    """What the API says to a browser that comes by this page."""
    address = re.search(r"http://(127.0.0.1:\d+)/#code=([\w-]+)", page.read_text())
    assert address
    with closing(HTTPConnection(address[1], timeout=5)) as browser:
        code = json.dumps({"code": address[2]})
        browser.request("POST", "/api/v1/session", code, {"Content-Type": "application/json"})
        return browser.getresponse().status


def test_a_bus_that_comes_back_has_the_icon_of_the_running_app(home: Home, tmp_path: Path) -> None:
    home.command("mail", "true", name="Fetch mail")
    at = tmp_path / "bus"
    home.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={at}"
    with private_bus(at) as first, TrayHost(first) as panel:
        app = home.start()
        panel.wait_item()
    assert home.daybell("run", "mail", "--wait").returncode == 0
    with private_bus(at) as second, TrayHost(second) as panel:
        panel.wait_item(timeout=15)
        panel.wait(lambda menu: menu.find("Fetch mail", "Open last output").is_enabled)
        panel.click("Quit")
        assert app.wait(15) == 0
