"""Where one is on the page, by keyboard and by eye, while the page changes under it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from app_home import Home
from web.browsing import go

pytestmark = [pytest.mark.browser, pytest.mark.system]


PRESSED_AT_ONCE = """
() => new Promise((tell) => {
  const look = (_, watch) => {
    if (!document.querySelector(".job-link")) return;
    watch.disconnect();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
    tell(document.activeElement.textContent);
  };
  new MutationObserver(look).observe(document.getElementById("main"), { subtree: true, childList: true });
  location.hash = "#/jobs";
})
"""


@pytest.fixture
def jobs(page: Page) -> Page:
    go(page, "jobs")
    expect(page.get_by_role("button", name="Run: Back up documents")).to_be_visible()
    return page


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize(("place", "name"), [("jobs", ": Back up documents"), ("jobs/backup", "")])
def test_a_pause_and_its_end_are_one_button(page: Page, place: str, name: str) -> None:
    go(page, place)
    button(page, f"Pause{name}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Pause for 1 hour")).to_be_focused()
    page.keyboard.press("Enter")
    expect(button(page, f"Resume{name}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(button(page, f"Pause{name}")).to_be_focused()


@pytest.mark.parametrize("end", ["Escape", "Enter"])
def test_a_question_gives_the_focus_back(jobs: Page, end: str) -> None:
    more = button(jobs, "More about Back up documents")
    more.click()
    jobs.get_by_role("menuitem", name="Delete").click()
    button(jobs, "Keep it").focus()
    jobs.keyboard.press(end)
    expect(jobs.get_by_role("dialog")).to_have_count(0)
    expect(more).to_be_focused()


def test_a_key_that_is_held_down_is_one_wish(home: Home, jobs: Page) -> None:
    jobs.get_by_role("link", name="Back up documents").focus()
    for _ in range(4):
        jobs.keyboard.down("r")  # as a keyboard repeats it
    jobs.keyboard.up("r")
    expect(jobs.locator("[data-job=backup]")).to_contain_text("Succeeded")
    assert len(home.history("backup")) == 1


def test_keys_are_heard_as_soon_as_there_is_something_to_see(jobs: Page) -> None:
    go(jobs, "settings")
    assert jobs.evaluate(PRESSED_AT_ONCE) == "Back up documents"


def test_a_page_begins_at_its_top_and_takes_the_focus_of_the_link_that_led_there(jobs: Page) -> None:
    jobs.set_viewport_size({"width": 1200, "height": 200})
    link = jobs.get_by_role("link", name="Sync notes")
    link.focus()
    jobs.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert jobs.evaluate("scrollY") > 0
    jobs.keyboard.press("Enter")
    expect(jobs.get_by_role("heading", name="Sync notes")).to_be_visible()
    expect(jobs.get_by_role("main")).to_be_focused()
    assert jobs.evaluate("scrollY") == 0
