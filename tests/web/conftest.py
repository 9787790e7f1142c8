"""The real app with real jobs, and a real Chromium that forgives the page nothing."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import browser
from app_home import Home
from waiting import PATIENCE
from web.browsing import Browsing, address

FLAGS = (
    *("--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
)
NOON = f"Etc/GMT{time.gmtime().tm_hour - 12:+}"
"""A zone in which it is about noon: no day ends while a test looks, and nothing is due by itself."""
NIGHTLY = [{"type": "cron", "expression": "30 2 * * *"}]


# Of the package and not of the session: Playwright runs an event loop in this thread, beside which no test
# elsewhere could run its own.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Its pages are our own; a sandbox it has unless it is root's, where it cannot."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=browser.found(), args=FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        yield launched
        launched.close()


@pytest.fixture
def home() -> Iterator[Home]:
    """The app runs in it until the end of the test, and must then stop cleanly."""
    path = Path(tempfile.mkdtemp(prefix="daybell-test-"))  # short, as a socket's must be
    home = Home(path, TZ=NOON)
    home.shell("backup", "echo packed 3 files", name="Back up documents", tags=["files"], triggers=NIGHTLY)
    home.shell(
        "sync", "echo cannot reach the server >&2; exit 4", name="Sync notes", tags=["net"], triggers=NIGHTLY
    )
    home.shell(
        "long", "echo begun; exec sleep 60", name="Long walk", tags=["files", "slow"], triggers=NIGHTLY
    )
    home.command("resting", "true", name="Old report", triggers=NIGHTLY, enabled=False)
    with home.running():
        yield home
    shutil.rmtree(path)


@pytest.fixture
def browsing(chromium: Browser) -> Iterator[Browsing]:
    """Whatever its pages complain of, and the test has not allowed, fails the test."""
    browsing = Browsing(chromium)
    yield browsing
    assert browsing.close() == []


@pytest.fixture
def page(home: Home, browsing: Browsing) -> Page:
    """Ours, as `daybell open` shows it: in daylight, 1200 pixels wide, with a session."""
    return browsing.open(address(home))
