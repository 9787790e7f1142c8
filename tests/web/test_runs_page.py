"""All runs in one list: found again by what one remembers of them, and right while more of them happen."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app_home import Home
from web.accessibility import check_accessible
from web.browsing import NARROW, Browsing, Scheme, address, go
from web.held import Held
from web.line import BROKEN, Line

pytestmark = [pytest.mark.browser, pytest.mark.system]

RUN_OFTEN = """
async (times) => {
  const { get, post } = await import("/lib/api.js");
  for (let count = 0; count < times; count += 1) {
    const { run_id } = await post("/jobs/backup/run");
    await get(`/runs/${run_id}`, { wait: 10 });
  }
}
"""


@pytest.fixture
def runs(page: Page) -> Page:
    go(page, "runs")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    return page


def rows(page: Page) -> Locator:
    return page.locator("[data-run]")


def test_without_a_run_it_says_so(runs: Page) -> None:
    expect(runs.get_by_text("Nothing has run yet")).to_be_visible()


def test_runs_come_by_themselves_and_what_runs_stands_first(home: Home, runs: Page) -> None:
    home.daybell("run", "long")
    expect(rows(runs)).to_have_count(1)
    expect(rows(runs).first).to_contain_text(re.compile("Running.*Long walk"))
    home.daybell("run", "backup", "--wait")
    home.daybell("run", "sync", "--wait")
    expect(rows(runs)).to_have_count(3)
    expect(rows(runs).first).to_contain_text("Long walk")
    expect(rows(runs).nth(1)).to_contain_text(re.compile("Failed.*Sync notes.*by hand.*exit 4.*cannot reach"))
    home.daybell("cancel", "long")
    expect(rows(runs).first).to_contain_text(re.compile("Cancelled.*Long walk"))
    expect(rows(runs)).to_have_count(3)


def test_filters_stand_in_the_address_and_hold_for_what_comes(home: Home, runs: Page) -> None:
    home.daybell("run", "backup", "--wait")
    home.daybell("run", "sync", "--wait")
    expect(rows(runs)).to_have_count(2)
    runs.get_by_role("button", name="Failed").click()
    expect(rows(runs)).to_have_count(1)
    expect(rows(runs)).to_contain_text("Sync notes")
    expect(runs).to_have_url(re.compile("outcome=failed"))
    home.daybell("run", "backup", "--wait")
    home.daybell("run", "sync", "--wait")
    expect(rows(runs)).to_have_count(2)
    runs.get_by_label("Job", exact=True).select_option("Back up documents")
    expect(runs.get_by_text("No run matches")).to_be_visible()
    runs.get_by_role("button", name="Show all").click()
    expect(rows(runs)).to_have_count(4)
    runs.get_by_label("Cause").select_option("On schedule")
    expect(runs.get_by_text("No run matches")).to_be_visible()
    expect(rows(runs)).to_have_count(0)
    runs.get_by_label("Cause").select_option("Any cause")
    runs.get_by_label("Since").select_option("The last hour")
    expect(rows(runs)).to_have_count(4)


def test_what_a_run_printed_finds_it(home: Home, runs: Page) -> None:
    home.daybell("run", "backup", "--wait")
    home.daybell("run", "sync", "--wait")
    expect(rows(runs)).to_have_count(2)
    runs.keyboard.press("/")
    runs.keyboard.type("PACKED")
    expect(rows(runs)).to_have_count(1)
    expect(rows(runs)).to_contain_text("Back up documents")
    home.daybell("run", "backup", "--wait")
    home.daybell("run", "sync", "--wait")
    expect(rows(runs)).to_have_count(2)
    expect(rows(runs).filter(has_text="Sync notes")).to_have_count(0)


def test_it_goes_back_page_by_page_and_stays_where_one_looks(home: Home, runs: Page) -> None:
    runs.evaluate(RUN_OFTEN, 60)
    runs.reload()
    expect(rows(runs)).to_have_count(50)
    runs.get_by_role("button", name="Show more").click()
    expect(rows(runs)).to_have_count(60)
    expect(runs.get_by_role("button", name="Show more")).to_have_count(0)
    looked_at = rows(runs).nth(40)
    looked_at.scroll_into_view_if_needed()
    link = looked_at.get_by_role("link").first
    link.focus()
    before = link.bounding_box()
    home.daybell("run", "backup", "--wait")
    expect(rows(runs)).to_have_count(61)
    assert before
    after = runs.locator(":focus").bounding_box()
    assert after
    assert abs(after["y"] - before["y"]) < 2


def test_what_happens_while_it_is_asked_for_is_there(home: Home, page: Page) -> None:
    go(page, "jobs")
    expect(page.locator("[data-job=sync]")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    with Held(page, "**/api/v1/runs?*") as held:
        go(page, "runs")
        held.wait()
        home.daybell("run", "sync", "--wait")
        expect(page.get_by_role("link", name=re.compile("Overview.*1"))).to_be_visible()  # it was told
        held.release()
        expect(rows(page)).to_have_count(1)
        expect(rows(page)).to_contain_text("Failed")


def test_keys_step_and_open(home: Home, runs: Page) -> None:
    home.daybell("run", "sync", "--wait")
    home.daybell("run", "backup", "--wait")
    expect(rows(runs)).to_have_count(2)
    for key in "jjk":
        runs.keyboard.press(key)
    expect(rows(runs).first.get_by_role("link").first).to_be_focused()
    runs.keyboard.press("Enter")
    expect(runs.get_by_role("heading", name="Back up documents")).to_be_visible()


def test_what_happened_while_the_line_was_broken_is_there_afterwards(home: Home, browsing: Browsing) -> None:
    browsing.allow(BROKEN)
    with Line() as line:
        page = browsing.open(address(home), through=line.address)
        go(page, "runs")
        expect(page.get_by_text("Nothing has run yet")).to_be_visible()
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        line.cut()
        home.daybell("run", "backup", "--wait")
        expect(page.get_by_role("navigation")).to_contain_text("Reconnecting")
        line.mend()
        expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(home: Home, browsing: Browsing, scheme: Scheme) -> None:
    for job in ("backup", "sync"):
        home.daybell("run", job, "--wait")
    home.daybell("run", "long")
    page = browsing.open(address(home), scheme=scheme)
    go(page, "runs?outcome=failed,succeeded")
    expect(rows(page)).to_have_count(2)
    assert check_accessible(page) == []
    go(page, "runs")
    expect(rows(page)).to_have_count(3)
    assert check_accessible(page) == []


def test_nothing_sticks_out_of_a_narrow_window(home: Home, browsing: Browsing) -> None:
    home.daybell("run", "sync", "--wait")
    page = browsing.open(address(home), size=NARROW)
    go(page, "runs")
    expect(rows(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_typed_stays_until_it_is_looked_for(home: Home, runs: Page) -> None:
    field = runs.get_by_label("Text in the output")
    field.press_sequentially("packed ")
    expect(runs).to_have_url(re.compile("text=packed$"))
    home.daybell("run", "backup", "--wait")
    expect(rows(runs)).to_have_count(1)  # the page was drawn anew
    field.press_sequentially("3")
    expect(field).to_have_value("packed 3")
    expect(runs).to_have_url(re.compile("text=packed[+]3$"))


def test_what_is_typed_last_is_no_matter_of_the_next_page(runs: Page) -> None:
    patience = runs.evaluate(
        """async () => {
          const field = document.getElementById("filter");
          field.value = "packed";
          field.dispatchEvent(new Event("input", { bubbles: true }));
          location.hash = "#/jobs";
          await new Promise((resolve) => setTimeout(resolve, 400)); // the page would look for it after 300
          return location.hash;
        }"""
    )
    assert patience == "#/jobs"
