"""While you were away: what became of it, and what one makes of it in the browser."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app_home import Home
from waiting import until
from web.accessibility import check_accessible
from web.browsing import Browsing, address, go

pytestmark = [pytest.mark.browser, pytest.mark.system]


@pytest.fixture
def crashed() -> Iterator[Home]:
    """Daybell died, and with it what it ran; it is back now."""
    home = Home(Path(tempfile.mkdtemp(prefix="daybell-test-")))
    pid = home.path / "pid"
    home.shell("copy", f"echo $$ > {pid}; [ -e {pid}2 ] || exec sleep 300", name="Copy photos")
    app = home.start("--headless")
    home.daybell("run", "copy")
    until(lambda: pid.exists() and bool(pid.read_text()))
    app.send_signal(signal.SIGKILL)
    app.wait(10)
    os.kill(int(pid.read_text()), signal.SIGKILL)
    Path(f"{pid}2").touch()
    with home.running("--headless"):
        yield home
    shutil.rmtree(home.path)


@pytest.fixture
def page(crashed: Home, browsing: Browsing) -> Page:
    return browsing.open(address(crashed))


def test_what_was_cut_off_is_told_and_can_be_run_again(crashed: Home, page: Page) -> None:
    card = page.get_by_role("region", name="While you were away")
    expect(card).to_contain_text("Copy photos")
    expect(card).to_contain_text("Interrupted")
    assert check_accessible(page) == []
    go(page, "jobs")
    page.get_by_role("link", name="See what").click()
    card.get_by_role("button", name="Run: Copy photos").click()
    expect(card).to_have_count(0)
    assert crashed.json("away")["away"] is None
    until(lambda: [run["outcome"] for run in crashed.ended("copy")] == ["succeeded", "interrupted"])


def test_it_can_be_dismissed(crashed: Home, page: Page) -> None:
    card = page.get_by_role("region", name="While you were away")
    card.get_by_role("button", name="Dismiss").click()
    expect(card).to_have_count(0)
    assert crashed.json("away")["away"] is None
