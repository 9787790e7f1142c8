"""Daybell's zone is not that of the browser: every time shown or sent is on Daybell's wall."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app_home import Home
from web.browsing import Browsing, address, go

pytestmark = [pytest.mark.browser, pytest.mark.system]


@pytest.fixture
def far_home() -> Iterator[Home]:
    """A day ahead of most of the world, and of whatever the browser thinks."""
    with tempfile.TemporaryDirectory(prefix="daybell-test-") as path:
        home = Home(Path(path), TZ="Pacific/Kiritimati")
        home.shell("once", "echo done", name="Once")
        with home.running():
            yield home


@pytest.fixture
def jobs(far_home: Home, browsing: Browsing) -> Page:
    page = browsing.open(address(far_home))
    go(page, "jobs")
    return page


def test_tomorrow_is_known_before_anything_has_happened(far_home: Home, jobs: Page) -> None:
    jobs.get_by_role("button", name="Pause: Once").click()
    jobs.get_by_role("menuitem", name="Pause until tomorrow").click()
    expect(jobs.locator("[data-job=once]")).to_contain_text("Paused")
    assert far_home.job("once")["paused_until"].endswith("T00:00:00+14:00")


def test_a_bar_of_the_past_says_how_long_ago_it_was(far_home: Home, jobs: Page) -> None:
    far_home.daybell("run", "once", "--wait")
    expect(jobs.locator("[data-job=once]")).to_contain_text("Succeeded")
    jobs.reload()
    bars = jobs.locator("[data-job=once] .bars")
    bars.get_by_role("img").hover(position={"x": 117, "y": 15})
    expect(bars).to_have_attribute("title", re.compile(r"^Succeeded, (now|\d+ (s|min) ago), took"))


def test_what_an_event_tells_is_on_the_same_wall(far_home: Home, jobs: Page) -> None:
    expect(jobs.locator("[data-job=once]")).to_be_visible()
    go(jobs, "runs")
    expect(jobs.get_by_text("Nothing has run yet")).to_be_visible()
    far_home.daybell("run", "once", "--wait")
    run = jobs.locator("[data-run]")
    expect(run).to_contain_text("Succeeded")
    expect(run.locator("time").first).to_have_attribute("datetime", re.compile("[+]14:00$"))
    go(jobs, "jobs")
    jobs.get_by_role("button", name="Pause: Once").click()
    jobs.get_by_role("menuitem", name="Pause until tomorrow").click()
    expect(jobs.locator("[data-job=once]")).to_contain_text("Paused")
    assert far_home.job("once")["paused_until"].endswith("T00:00:00+14:00")
