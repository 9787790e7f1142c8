"""The list of all jobs: what one sees there, and what one can do by mouse and by keyboard."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app_home import Home
from waiting import until
from web.accessibility import check_accessible
from web.browsing import NARROW, Browsing, Scheme, address, go
from web.held import Held
from web.line import BROKEN, Line

pytestmark = [pytest.mark.browser, pytest.mark.system]

HOSTILE = {
    "html": "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b>",
    "rtl": "نسخ احتياطي للصور",
    "emoji": "📷 Photos 👩‍👩‍👧",
    "long": "x" * 200,
}


def row(page: Page, job_id: str) -> Locator:
    return page.locator(f"[data-job={job_id}]")


@pytest.fixture
def jobs(page: Page) -> Page:
    go(page, "jobs")
    expect(row(page, "backup")).to_be_visible()
    return page


def test_what_fails_stands_first(home: Home, jobs: Page) -> None:
    home.daybell("run", "sync", "--wait")
    expect(jobs.locator("[data-job]").first).to_have_attribute("data-job", "sync")
    expect(row(jobs, "sync")).to_contain_text("Failed")
    expect(row(jobs, "sync")).to_contain_text("cannot reach the server")


def test_a_run_is_one_click_and_its_bar_comes_by_itself(home: Home, jobs: Page) -> None:
    row(jobs, "backup").get_by_role("button", name="Run: Back up documents").click()
    expect(jobs.get_by_role("link", name="Watch it")).to_be_visible()
    expect(row(jobs, "backup")).to_contain_text("Succeeded")
    expect(row(jobs, "backup").get_by_role("img")).to_have_attribute("aria-label", "Last run: 1 succeeded")
    home.daybell("run", "backup", "--wait")
    expect(row(jobs, "backup").get_by_role("img")).to_have_attribute("aria-label", "Last 2 runs: 2 succeeded")


def test_the_switch_turns_when_the_file_says_so(home: Home, jobs: Page) -> None:
    switch = row(jobs, "backup").get_by_role("switch")
    switch.click()
    expect(switch).not_to_be_checked()
    expect(row(jobs, "backup")).to_contain_text("Off")
    assert json.loads((home.jobs / "backup.json").read_text())["enabled"] is False
    row(jobs, "resting").get_by_role("switch").click()
    expect(row(jobs, "resting").get_by_role("switch")).to_be_checked()


@pytest.mark.parametrize(
    ("choice", "says"), [("Pause for 1 hour", "in 1 h"), ("Pause until I resume", "until you resume")]
)
def test_a_pause_lasts_as_long_as_one_says(jobs: Page, choice: str, says: str) -> None:
    row(jobs, "backup").get_by_role("button", name="Pause: Back up documents").click()
    jobs.get_by_role("menuitem", name=choice).click()
    expect(row(jobs, "backup")).to_contain_text("Paused")
    expect(row(jobs, "backup").locator(".cell-next")).to_contain_text(re.compile(f"{says}|in 60 min"))
    row(jobs, "backup").get_by_role("button", name="Resume: Back up documents").click()
    expect(row(jobs, "backup")).not_to_contain_text("Paused")


def test_a_pause_until_tomorrow_ends_at_midnight(home: Home, jobs: Page) -> None:
    row(jobs, "backup").get_by_role("button", name="Pause: Back up documents").click()
    jobs.get_by_role("menuitem", name="Pause until tomorrow").click()
    expect(row(jobs, "backup")).to_contain_text("Paused")
    assert "T00:00:00" in home.job("backup")["paused_until"]


def test_a_run_can_be_ended(home: Home, jobs: Page) -> None:
    row(jobs, "long").get_by_role("button", name="Run: Long walk").click()
    expect(row(jobs, "long")).to_contain_text("Running")
    row(jobs, "long").get_by_role("button", name="More about Long walk").click()
    jobs.get_by_role("menuitem", name="End its run").click()
    expect(row(jobs, "long")).to_contain_text("Cancelled")
    until(lambda: bool(home.ended("long")))


def test_filters_find_words_and_tags_and_stand_in_the_address(jobs: Page) -> None:
    jobs.get_by_role("searchbox").fill("walk")
    expect(jobs.locator("[data-job]")).to_have_count(1)
    jobs.get_by_role("searchbox").fill("")
    jobs.get_by_label("Tag").select_option("files")
    expect(jobs.locator("[data-job]")).to_have_count(2)
    expect(jobs).to_have_url(re.compile(r"tag=files"))
    jobs.get_by_role("searchbox").fill("no such thing")
    expect(jobs.get_by_text("No job matches")).to_be_visible()
    jobs.get_by_role("button", name="Show all").click()
    expect(jobs.locator("[data-job]")).to_have_count(4)


def test_keys_alone_are_enough(home: Home, jobs: Page) -> None:
    press = jobs.keyboard.press
    press("/")
    expect(jobs.get_by_role("searchbox")).to_be_focused()
    jobs.keyboard.type("back")
    expect(jobs.locator("[data-job]")).to_have_count(1)
    press("Enter")
    expect(row(jobs, "backup").get_by_role("link", name="Back up documents")).to_be_focused()
    jobs.get_by_role("searchbox").fill("")
    expect(jobs.locator("[data-job]")).to_have_count(4)
    row(jobs, "backup").get_by_role("link", name="Back up documents").focus()
    press("j")
    expect(row(jobs, "long").get_by_role("link", name="Long walk")).to_be_focused()
    press("k")
    press("r")
    expect(row(jobs, "backup")).to_contain_text("Succeeded")
    press("p")
    expect(row(jobs, "backup")).to_contain_text("Paused")
    press("p")
    expect(row(jobs, "backup")).not_to_contain_text("Paused")
    press("?")
    expect(jobs.get_by_role("dialog", name="Keys")).to_be_visible()
    press("Escape")
    expect(jobs.get_by_role("dialog")).to_have_count(0)
    press("Enter")
    expect(jobs).to_have_url(re.compile("#/jobs/backup"))
    press("n")
    expect(jobs).to_have_url(re.compile("#/new"))


def test_many_are_paused_resumed_and_run_at_once(home: Home, jobs: Page) -> None:
    jobs.get_by_label("Choose Back up documents").check()
    jobs.get_by_label("Choose Sync notes").check()
    chosen = jobs.get_by_role("toolbar", name="Chosen jobs")
    expect(chosen).to_contain_text("2 chosen")
    chosen.get_by_role("button", name="Pause").click()
    expect(jobs.locator("[data-job]", has_text="Paused")).to_have_count(2)
    jobs.get_by_label("Choose all").check()
    chosen.get_by_role("button", name="Resume").click()
    expect(jobs.locator("[data-job]", has_text="Paused")).to_have_count(0)
    expect(chosen).to_have_count(0)
    jobs.get_by_label("Choose Back up documents").check()
    jobs.get_by_label("Choose Sync notes").check()
    chosen.get_by_role("button", name="Run").click()
    until(lambda: bool(home.ended("backup") and home.ended("sync")))


def test_a_job_is_deleted_after_a_question(home: Home, jobs: Page) -> None:
    row(jobs, "resting").get_by_role("button", name="More about Old report").click()
    jobs.get_by_role("menuitem", name="Delete").click()
    jobs.get_by_role("button", name="Keep it").click()
    assert (home.jobs / "resting.json").exists()
    row(jobs, "resting").get_by_role("button", name="More about Old report").click()
    jobs.get_by_role("menuitem", name="Delete").click()
    jobs.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row(jobs, "resting")).to_have_count(0)
    assert not (home.jobs / "resting.json").exists()


def test_a_file_that_is_not_valid_is_named_with_its_remedy(home: Home, jobs: Page) -> None:
    home.write("wrong", {"handler": {"type": "command", "argv": ["true"]}, "triggers": [{"type": "cron"}]})
    problem = jobs.get_by_role("list", name="Problems")
    expect(problem).to_contain_text("wrong.json")
    expect(problem).to_contain_text("expression")
    expect(row(jobs, "wrong")).to_contain_text("Not valid")
    expect(row(jobs, "wrong").get_by_role("button", name=re.compile("^Run"))).to_be_disabled()


@pytest.mark.parametrize("size", [None, NARROW], ids=["wide", "narrow"])
def test_any_name_is_text_and_leaves_the_page_whole(
    home: Home, browsing: Browsing, size: dict[str, int] | None
) -> None:
    for job_id, name in HOSTILE.items():
        home.command(job_id, "true", name=name, tags=["<i>tag</i>"], description=name)
    page = browsing.open(address(home), size=size or {"width": 1280, "height": 800})  # type: ignore[arg-type]  # a ViewportSize is such a dict
    go(page, "jobs")
    for job_id, name in HOSTILE.items():
        link = row(page, job_id).locator("a.job-link")
        expect(link).to_have_text(name)
    assert page.locator("main img, main b b, main i").count() == 0
    expect(page).to_have_title("Jobs · Daybell")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


WATCH = """
() => {
  globalThis.touched = [];
  const seen = (changes) => {
    for (const { target } of changes) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      if (element.closest("time")) continue; // clocks tick
      touched.push(element.closest("[data-job]")?.dataset.job ?? element.className);
    }
  };
  const what = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(seen).observe(document.querySelector(".jobs"), what);
}
"""


def test_an_event_draws_its_own_row_alone(home: Home, jobs: Page) -> None:
    jobs.evaluate(WATCH)
    home.daybell("run", "backup", "--wait")
    expect(row(jobs, "backup")).to_contain_text("Succeeded")
    assert set(jobs.evaluate("touched")) == {"backup"}


def test_an_older_answer_about_all_jobs_undoes_nothing(home: Home, jobs: Page) -> None:
    with Held(jobs, "**/api/v1/status") as held:
        go(jobs, "edit/nothing")  # it asks whether there is one by now
        held.wait()
        home.daybell("run", "sync", "--wait")
        expect(jobs.get_by_role("link", name=re.compile("Overview.*1"))).to_be_visible()  # it was told
        held.release()
        expect(jobs.get_by_role("heading", name="No such job")).to_be_visible()
    go(jobs, "jobs")
    expect(row(jobs, "sync")).to_contain_text("Failed")


def test_a_line_that_is_cut_is_said_and_taken_up_again(home: Home, browsing: Browsing) -> None:
    browsing.allow(BROKEN)
    with Line() as line:
        jobs = browsing.open(address(home), through=line.address)
        go(jobs, "jobs")
        expect(jobs.get_by_text("Live", exact=True)).to_be_visible()
        expect(row(jobs, "backup")).to_be_visible()
        line.cut()
        expect(jobs.get_by_text("Daybell does not answer; what you see may be old")).to_be_visible()
        expect(row(jobs, "backup")).to_be_visible()  # what was known stays
        home.daybell("run", "backup", "--wait")
        line.mend()
        expect(jobs.get_by_text("Daybell does not answer")).to_have_count(0)
        expect(row(jobs, "backup")).to_contain_text("Succeeded")


def test_a_line_is_there_again_before_anything_happens(home: Home, browsing: Browsing) -> None:
    browsing.allow(BROKEN)
    with Line() as line:
        jobs = browsing.open(address(home), through=line.address)
        go(jobs, "jobs")
        expect(row(jobs, "backup")).to_be_visible()
        expect(jobs.get_by_text("Live", exact=True)).to_be_visible()
        home.daybell("pause", "backup")  # so that there is something to take up again
        expect(row(jobs, "backup")).to_contain_text("Paused")
        line.cut()
        expect(jobs.locator(".banner")).to_be_visible()
        line.mend()
        expect(jobs.get_by_text("Live", exact=True)).to_be_visible()


def test_a_link_in_a_new_tab_needs_no_new_code(home: Home, jobs: Page) -> None:
    other = jobs.context.new_page()
    other.goto(jobs.url)
    expect(row(other, "backup")).to_be_visible()


def test_without_jobs_the_first_one_is_one_click(home: Home, jobs: Page) -> None:
    for file in home.jobs.glob("*.json"):
        file.unlink()
    jobs.get_by_role("button", name="Make a first one").click()
    expect(jobs).to_have_url(re.compile("#/jobs/hello"))
    expect(jobs.get_by_role("heading", name="Say hello")).to_be_visible()
    until(lambda: bool(home.ended("hello")))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("place", "words"),
    [("overview", "One job fails"), ("jobs/sync", "2, of which 2 failed"), ("settings", "Time zone")],
    ids=["overview", "job", "settings"],
)
def test_everybody_can_use_the_other_pages(
    home: Home, browsing: Browsing, scheme: Scheme, place: str, words: str
) -> None:
    home.daybell("run", "sync", "--wait")
    home.daybell("run", "sync", "--wait")
    page = browsing.open(address(home), scheme=scheme)
    go(page, place)
    expect(page.get_by_role("main")).to_contain_text(words)
    expect(page.get_by_text("Loading")).to_have_count(0)
    assert check_accessible(page) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
