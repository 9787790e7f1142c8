"""One job, and the page that tells of all together."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from app_home import Home
from waiting import until
from web.browsing import Browsing, go
from web.held import Held

pytestmark = [pytest.mark.browser, pytest.mark.system]

MAKE_FRESH = """
async () => {
  const { post } = await import("/lib/api.js");
  await post("/jobs", { id: "fresh", handler: { type: "command", argv: ["true"] } });
}
"""


@pytest.fixture
def sync(home: Home, page: Page) -> Page:
    """A job that has failed twice."""
    home.daybell("run", "sync", "--wait")
    home.daybell("run", "sync", "--wait")
    go(page, "jobs/sync")
    expect(page.get_by_role("heading", name="Sync notes")).to_be_visible()
    return page


def test_a_job_says_what_it_is_and_how_it_went(sync: Page) -> None:
    main = sync.get_by_role("main")
    for words in (
        "daily at 02:30",
        "30 2 * * *",
        "exit 4",
        "cannot reach the server",
        "2, of which 2 failed",
    ):
        expect(main).to_contain_text(words)
    expect(sync.get_by_role("region", name="Why it ran")).to_contain_text("02:30")
    expect(sync.get_by_role("region", name="Next runs").get_by_role("listitem")).to_have_count(5)
    expect(sync.get_by_role("region", name="How long it took").get_by_role("img")).to_have_attribute(
        "aria-label", re.compile("^Of 2 runs half took at most")
    )
    expect(sync.get_by_role("region", name="Table of runs").get_by_role("row")).to_have_count(3)


def test_it_follows_what_happens(home: Home, sync: Page) -> None:
    sync.get_by_role("button", name="Run now").click()
    expect(sync.get_by_role("main")).to_contain_text("3, of which 3 failed")
    expect(sync.get_by_role("region", name="Table of runs").get_by_role("row")).to_have_count(4)
    home.daybell("pause", "sync", "--reason", "the server moves")
    expect(sync.get_by_role("main")).to_contain_text("the server moves")
    expect(sync.get_by_role("region", name="Next runs")).to_contain_text("Only when somebody asks")
    sync.get_by_role("button", name="Resume").click()
    expect(sync.get_by_role("region", name="Next runs")).to_contain_text("02:30")


def test_its_definition_has_a_history(home: Home, sync: Page) -> None:
    definition = json.loads((home.jobs / "sync.json").read_text())
    home.write("sync", {**definition, "timeout": "5m", "tags": ["new"]})
    until(lambda: home.job("sync")["tags"] == ["new"])
    home.daybell("run", "sync", "--wait")
    sync.get_by_text("Definition and its history").click()
    expect(sync.get_by_text('"timeout": "5m"').first).to_be_visible()
    expect(sync.get_by_text(re.compile("changed .*timeout"))).to_be_visible()
    expect(sync.get_by_text("the first one known")).to_be_visible()


def test_it_follows_its_file_before_all_jobs_are_known(home: Home, page: Page) -> None:
    go(page, "jobs/backup")
    expect(page.get_by_role("heading", name="Back up documents")).to_be_visible()
    with Held(page, "**/api/v1/status") as held:
        page.reload()
        held.wait()
        expect(page.get_by_role("heading", name="Back up documents")).to_be_visible()
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        definition = json.loads((home.jobs / "backup.json").read_text())
        home.write("backup", {**definition, "description": "To the other disk"})
        expect(page.get_by_text("To the other disk")).to_be_visible()
        held.release()


def test_a_job_that_goes_while_one_looks_is_said_to_be_gone(
    home: Home, browsing: Browsing, sync: Page
) -> None:
    browsing.allow(" 404 ")  # for a second the job is there, until its file has been missed twice
    (home.jobs / "sync.json").unlink()
    expect(sync.get_by_text("This job is gone")).to_be_visible()
    sync.get_by_role("link", name="Its runs").click()
    expect(sync).to_have_url(re.compile("#/runs"))


def test_what_was_never_there_is_said_in_a_sentence(home: Home, browsing: Browsing, page: Page) -> None:
    browsing.allow(" 404 ")  # the browser's own words about a refusal
    go(page, "jobs/nothing")
    expect(page.get_by_role("alert")).to_contain_text("nothing")
    go(page, "no-such-page")
    expect(page.get_by_role("heading", name="All is well")).to_be_visible()


def test_the_overview_says_what_fails_runs_and_comes(home: Home, page: Page) -> None:
    home.daybell("run", "sync", "--wait")
    expect(page.get_by_role("heading", name="One job fails")).to_be_visible()
    failing = page.get_by_role("region", name="Failing")
    expect(failing).to_contain_text("Exit code 4: cannot reach the server")
    expect(page.get_by_role("link", name=re.compile("Overview.*1"))).to_be_visible()
    home.daybell("run", "long")
    now = page.get_by_role("region", name="Now")
    expect(now).to_contain_text("Long walk")
    now.get_by_role("button", name="End: Long walk").click()
    expect(now).to_contain_text("Nothing runs.")
    expect(page.get_by_role("region", name="Next")).to_contain_text("Back up documents")
    failing.get_by_role("button", name="Run again: Sync notes").click()
    expect(failing).to_contain_text("2 times since")
    home.shell("sync", "echo fine", name="Sync notes")
    until(lambda: home.job("sync")["next_run"] is None)
    home.daybell("run", "sync", "--wait")
    expect(page.get_by_role("heading", name="All is well")).to_be_visible()


def test_everything_is_paused_and_resumed_at_a_click(home: Home, page: Page) -> None:
    page.get_by_role("button", name="Pause all").click()
    expect(page.get_by_text("All jobs are paused: nothing is due")).to_be_visible()
    assert home.json("status")["scheduler"]["state"] == "paused"
    page.get_by_role("main").get_by_role("button", name="Resume all").click()
    expect(page.get_by_text("All jobs are paused: nothing is due")).to_have_count(0)
    assert home.json("status")["scheduler"]["state"] == "running"


def test_a_file_that_is_not_valid_has_a_page_whatever_it_says(home: Home, page: Page) -> None:
    home.write("odd", '{"handler": {"type": "command", "argv": "rm it"}}')
    until(lambda: ("odd", "invalid") in {(job["id"], job["state"]) for job in home.json("status")["jobs"]})
    go(page, "jobs/odd")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Not valid")
    expect(main).to_contain_text("rm it")
    expect(page.get_by_role("region", name="Next runs")).to_have_count(0)
    go(page, "overview")
    expect(page.get_by_role("heading", name="Some files are not valid")).to_be_visible()
    expect(page.get_by_role("list", name="Problems")).to_contain_text("odd.json")


def test_a_job_that_was_made_just_now_is_not_called_gone(page: Page) -> None:
    go(page, "jobs")
    expect(page.locator("[data-job=sync]")).to_be_visible()
    page.route("**/api/v1/status", lambda _: None)  # no answer: the page does not know all jobs yet
    page.evaluate(MAKE_FRESH)
    go(page, "jobs/fresh")
    expect(page.get_by_role("heading", name="fresh")).to_be_visible()
    expect(page.get_by_text("This job is gone")).to_have_count(0)
    page.unroute("**/api/v1/status")
