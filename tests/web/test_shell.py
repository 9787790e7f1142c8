"""The page as it comes in: by a code, and without a word on the console."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app_home import Home
from daybell.store.opening import write_opening_page
from web.accessibility import check_accessible
from web.browsing import NARROW, Browsing, Scheme, address, go

pytestmark = [pytest.mark.browser, pytest.mark.system]

JOB = "Back up documents"
RULES = {
    "default-src 'none'",
    "script-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
}


def shows_jobs(page: Page) -> None:
    expect(page).not_to_have_url(re.compile("code="))
    go(page, "jobs")
    expect(page.locator("[data-job=backup]")).to_contain_text(JOB)


def sends_away(page: Page) -> None:
    expect(page.get_by_role("main")).to_contain_text("daybell open")
    expect(page.get_by_text(JOB)).to_have_count(0)


def test_the_code_lets_a_window_in_and_is_gone_from_its_address(page: Page) -> None:
    expect(page).to_have_title("Daybell")
    expect(page).not_to_have_url(re.compile("code="))
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.reload()
    shows_jobs(page)
    page.go_back()
    expect(page).not_to_have_url(re.compile("code="))


def test_a_window_without_a_session_is_told_how_to_get_one(page: Page, browsing: Browsing) -> None:
    shows_jobs(page)
    sends_away(browsing.open(page.url))


def test_a_code_lets_in_one_window_only(home: Home, browsing: Browsing) -> None:
    once = address(home)
    shows_jobs(browsing.open(once))
    browsing.allow(r"^console error: .* 401 .*/api/v1/session")  # the browser's own words about a refusal
    sends_away(browsing.open(once))


def test_scripts_come_from_us_alone_and_no_text_becomes_markup(page: Page) -> None:
    answer = page.reload()
    assert answer
    assert set(answer.headers["content-security-policy"].split("; ")) >= RULES


def test_a_page_that_leads_in_takes_the_browser_there(home: Home, browsing: Browsing, tmp_path: Path) -> None:
    """As `daybell open` does it: by a file, so that no list of processes shows the code."""
    leading = tmp_path / "open.html"
    write_opening_page(leading, address(home))
    page = browsing.open(leading.as_uri())
    page.wait_for_url(re.compile("^http://"))
    shows_jobs(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(home: Home, browsing: Browsing, scheme: Scheme) -> None:
    page = browsing.open(address(home), scheme=scheme)
    shows_jobs(page)
    assert check_accessible(page) == []


def test_nothing_sticks_out_of_a_narrow_window(home: Home, browsing: Browsing) -> None:
    page = browsing.open(address(home), size=NARROW)
    shows_jobs(page)
    too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(too_wide) <= 0
