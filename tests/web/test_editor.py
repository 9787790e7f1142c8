"""The editor: a job is written, tried out, changed and saved, and nobody's words are lost on the way."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from app_home import Home
from web.accessibility import check_accessible
from web.browsing import NARROW, Browsing, Scheme, address, go
from web.held import Held

pytestmark = [pytest.mark.browser, pytest.mark.system]


def preview(page: Page) -> Locator:
    return page.get_by_role("complementary", name="What it means")


def line(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Command line")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def edit(page: Page, job_id: str) -> None:
    go(page, f"edit/{job_id}")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    expect(page.locator("details.folded:not(:has(.entries))")).to_have_count(0)


def file(home: Home, job_id: str) -> Any:
    return json.loads((home.jobs / f"{job_id}.json").read_text())


@pytest.fixture
def empty(page: Page) -> Page:
    go(page, "new?template=empty")
    expect(line(page)).to_be_visible()
    return page


def test_a_job_is_written_with_its_meaning_beside_it(home: Home, empty: Page) -> None:
    expect(preview(empty)).to_contain_text("Still needed")
    empty.get_by_label("Name", exact=True).fill("Walk the dog")
    expect(empty.get_by_label("Id", exact=True)).to_have_value("walk-the-dog")
    line(empty).fill("echo out")
    expect(preview(empty)).to_contain_text("Daily at 09:00")
    empty.get_by_role("button", name="Weekly").click()
    empty.get_by_label("Day", exact=True).select_option("Sunday")
    empty.get_by_label("At", exact=True).fill("02:30")
    empty.get_by_label("Time zone").fill("Europe/Berlin")
    expect(preview(empty)).to_contain_text("02:30 on Sundays (Europe/Berlin)")
    expect(preview(empty).get_by_role("list", name="Worth knowing")).to_contain_text("does not exist")
    expect(preview(empty).locator(".next-runs li")).to_have_count(5)
    save(empty)
    expect(empty).to_have_url(re.compile("#/jobs/walk-the-dog$"))
    assert file(home, "walk-the-dog") == {
        "$schema": "../schemas/job.schema.json",
        "name": "Walk the dog",
        "triggers": [{"type": "cron", "expression": "30 2 * * sun", "timezone": "Europe/Berlin"}],
        "handler": {"type": "command", "argv": ["echo out"], "shell": True},
    }


def test_what_is_wrong_stands_beside_its_field_and_opens_what_is_folded(empty: Page) -> None:
    expect(empty.locator("[aria-invalid=true]")).to_have_count(0)  # nobody has been anywhere yet
    save(empty)
    expect(empty.get_by_label("Id", exact=True)).to_be_focused()
    empty.get_by_label("Name", exact=True).fill("Probe")
    save(empty)
    expect(line(empty)).to_be_focused()
    expect(line(empty)).to_have_accessible_description(re.compile("what shall it run"))
    line(empty).fill("true")
    folded = empty.locator("details", has_text="When it fails")
    folded.locator("summary").click()
    attempts = empty.get_by_label("Attempts")
    attempts.fill("three")
    expect(attempts).to_have_accessible_description(re.compile("expected a whole number"))
    folded.locator("summary").click()
    expect(attempts).not_to_be_visible()
    preview(empty).get_by_role("button", name="Attempts").click()
    expect(attempts).to_be_focused()


def test_a_new_job_is_saved_and_tried_out_with_its_output_live(home: Home, empty: Page) -> None:
    empty.get_by_label("Name", exact=True).fill("Probe")
    line(empty).fill("echo begun; exec sleep 60")
    empty.keyboard.press("Control+Enter")
    run = empty.get_by_role("region", name="Test run")
    expect(run).to_contain_text("Running")
    expect(run.get_by_role("log")).to_contain_text("begun")
    expect(empty).to_have_url(re.compile(r"#/edit/probe\?run="))
    run.get_by_role("button", name="End it").click()
    expect(run).to_contain_text("Cancelled")
    empty.get_by_role("button", name="Test run", exact=True).click()
    expect(run).to_contain_text("Running")
    line(empty).fill("echo changed; exit 7")
    expect(empty.get_by_role("button", name="Save and test")).to_be_visible()
    run.get_by_role("button", name="End it").click()
    expect(run).to_contain_text("Cancelled")
    empty.get_by_role("button", name="Save and test").click()
    expect(run).to_contain_text("Failed")
    expect(run).to_contain_text("exit code 7")
    expect(run.get_by_role("log")).to_contain_text("changed")
    assert file(home, "probe")["handler"]["argv"] == ["echo changed; exit 7"]


def test_keys_that_the_form_does_not_touch_stay_where_they_are(home: Home, page: Page) -> None:
    before = {
        "$schema": "../schemas/job.schema.json",
        "retry": {"delay": "2m"},
        "handler": {"argv": ["true"], "type": "command", "env": {"B": "1", "A": "2"}},
        "triggers": [{"expression": "0 1 * * *", "type": "cron"}],
        "schema": "1.4",
        "newer": {"deep": [1]},
    }
    home.write("odd", before)
    go(page, "jobs")
    expect(page.locator("[data-job=odd]")).to_be_visible()
    edit(page, "odd")
    page.get_by_label("Description", exact=True).fill("mine")
    page.keyboard.press("Control+s")
    expect(page).to_have_url(re.compile("#/jobs/odd$"))
    assert list(file(home, "odd").items()) == [*before.items(), ("description", "mine")]


def test_both_tabs_edit_one_definition(home: Home, page: Page) -> None:
    edit(page, "backup")
    page.get_by_label("Description", exact=True).fill("from the form")
    page.get_by_role("tab", name="JSON").click()
    text = page.get_by_label("The file")
    written = text.input_value()
    assert json.loads(written)["description"] == "from the form"
    text.fill(written.replace("from the form", "from the text").replace("30 2", "30 26"))
    expect(page.get_by_role("tabpanel")).to_contain_text("triggers[0].expression: hour: found")
    text.fill(written.replace("from the form", "from the text").replace('"name":', '"name"'))
    expect(page.get_by_role("tabpanel")).to_contain_text('expected a colon after "name"')
    page.get_by_role("tab", name="Form").click()  # not before it is JSON again
    expect(text).to_be_focused()
    save(page)
    assert "description" not in file(home, "backup")
    text.fill(written.replace("from the form", "from the text"))
    page.get_by_role("tab", name="Form").click()
    expect(page.get_by_label("Description", exact=True)).to_have_value("from the text")
    save(page)
    expect(page).to_have_url(re.compile("#/jobs/backup$"))
    assert file(home, "backup")["description"] == "from the text"


@pytest.mark.parametrize(
    ("choice", "kept"), [("Load theirs", "theirs"), ("Overwrite with mine", "mine")], ids=["theirs", "mine"]
)
def test_who_was_faster_is_not_overwritten_by_mistake(home: Home, page: Page, choice: str, kept: str) -> None:
    edit(page, "backup")
    page.get_by_label("Description", exact=True).fill("mine")
    home.write("backup", {**file(home, "backup"), "description": "theirs", "timeout": "1h"})
    conflict = page.get_by_role("alert", name="The file was changed underneath")
    expect(conflict.get_by_role("row", name="description theirs mine")).to_be_visible()
    expect(conflict.get_by_role("row", name="timeout 1h not there")).to_be_visible()
    save(page)
    expect(conflict).to_be_focused()
    assert file(home, "backup")["description"] == "theirs"
    page.get_by_role("button", name=choice).click()
    if kept == "mine":
        expect(page).to_have_url(re.compile("#/jobs/backup$"))
    else:
        expect(conflict).to_have_count(0)
        expect(page.get_by_label("Description", exact=True)).to_have_value("theirs")
    assert file(home, "backup")["description"] == kept
    assert ("timeout" in file(home, "backup")) is (kept == "theirs")


def test_of_two_changes_underneath_the_later_one_is_told(home: Home, page: Page) -> None:
    edit(page, "backup")
    page.get_by_label("Description", exact=True).fill("mine")
    before = file(home, "backup")
    with Held(page, "**/api/v1/jobs/backup") as held:
        home.write("backup", {**before, "description": "first"})
        held.wait()
        home.write("backup", {**before, "description": "second", "name": "Renamed"})
        expect(page).to_have_title("Renamed · Daybell")
        page.evaluate("new Promise((later) => setTimeout(later, 300))")  # it looks again only then
        held.release()
        expect(page.get_by_role("row", name="description second mine")).to_be_visible()


def test_a_form_that_nobody_has_touched_follows_the_file(home: Home, page: Page) -> None:
    edit(page, "backup")
    expect(preview(page)).to_contain_text("Daily at 02:30")
    handler = {"type": "command", "argv": ["true"], "env": {"LANG": "C"}}
    home.write("backup", {**file(home, "backup"), "description": "theirs", "handler": handler})
    expect(page.get_by_label("Description", exact=True)).to_have_value("theirs")
    expect(page.get_by_label("Program", exact=True)).to_have_value("true")
    expect(page.get_by_label("Value LANG")).to_have_value("C")
    expect(page.get_by_role("alert", name="The file was changed underneath")).to_have_count(0)


def test_a_job_that_is_gone_can_be_made_anew(home: Home, browsing: Browsing, page: Page) -> None:
    browsing.allow(r"console error: .* 404 ")  # the browser's own words about what is not there
    edit(page, "backup")
    page.get_by_label("Description", exact=True).fill("mine")
    (home.jobs / "backup.json").unlink()
    expect(page.get_by_role("alert", name="The file is gone")).to_be_visible()
    page.get_by_role("button", name="Make it anew with mine").click()
    expect(page).to_have_url(re.compile("#/jobs/backup$"))
    assert file(home, "backup")["description"] == "mine"


def test_changes_are_not_left_behind_without_a_question(page: Page) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", answer)
    edit(page, "backup")
    page.get_by_label("Description", exact=True).fill("mine")
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_label("Description", exact=True)).to_have_value("mine")
    expect(page).to_have_url(re.compile("#/edit/backup$"))
    assert asked == ["Leave without saving your changes?"]
    page.get_by_label("Description", exact=True).fill("")
    page.get_by_role("link", name="Cancel").or_(page.get_by_role("link", name="Back", exact=True)).click()
    expect(page).to_have_url(re.compile("#/jobs/backup$"))
    assert len(asked) == 1


def test_a_program_is_written_word_by_word_with_the_keyboard_alone(home: Home, empty: Page) -> None:
    empty.get_by_label("Name", exact=True).fill("Probe")
    line(empty).fill("rsync -a 'it is'")
    empty.get_by_role("radio", name="A command line").press("ArrowRight")
    expect(empty.get_by_label("Argument 2", exact=True)).to_have_value("it is")
    empty.get_by_label("Argument 2", exact=True).press("Enter")
    empty.keyboard.type("there")
    empty.get_by_role("button", name="Variable").press("Enter")
    empty.get_by_label("Name of variable 1").fill("LANG")
    empty.get_by_label("Value LANG").fill("C")
    empty.get_by_label("Tags").fill("one, two")
    empty.keyboard.press("Control+s")
    expect(empty).to_have_url(re.compile("#/jobs/probe$"))
    written = file(home, "probe")
    assert written["handler"] == {
        "type": "command",
        "argv": ["rsync", "-a", "it is", "there"],
        "env": {"LANG": "C"},
    }
    assert written["tags"] == ["one", "two"]


def test_every_kind_of_trigger_can_be_added_and_taken_away(home: Home, page: Page) -> None:
    edit(page, "backup")
    for kind in ("Every so often", "Once", "At start", "After a job"):
        page.get_by_role("button", name=kind, exact=True).click()
    page.get_by_label("Every", exact=True).fill("90m")
    page.get_by_label("After this job").select_option("Sync notes")
    page.get_by_label("If it").select_option("has failed")
    page.get_by_role("button", name="Remove trigger 1: By the clock").click()
    expect(preview(page)).to_contain_text("after sync fails")
    save(page)
    expect(page).to_have_url(re.compile("#/jobs/backup$"))
    interval, once, startup, after = file(home, "backup")["triggers"]
    assert interval == {"type": "interval", "every": "90m"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT09:00", once["at"])
    assert startup == {"type": "startup"}
    assert after == {"type": "job", "job": "sync", "on": "failure"}


def test_a_template_is_a_job_at_once_and_a_copy_has_an_id_of_its_own(home: Home, page: Page) -> None:
    go(page, "new")
    page.get_by_role("link", name=re.compile("Watch the disk space")).click()
    expect(preview(page)).to_contain_text("Every 1 h")
    save(page)
    expect(page).to_have_url(re.compile("#/jobs/watch-the-disk-space$"))
    go(page, "new?from=watch-the-disk-space")
    expect(page.get_by_label("Id", exact=True)).to_have_value("watch-the-disk-space-copy")
    save(page)
    expect(page).to_have_url(re.compile("-copy$"))
    assert file(home, "watch-the-disk-space-copy")["name"] == "Watch the disk space (copy)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(home: Home, browsing: Browsing, scheme: Scheme) -> None:
    page = browsing.open(address(home), scheme=scheme)
    go(page, "new")
    expect(page.get_by_role("link", name=re.compile("Back up a folder"))).to_be_visible()
    assert check_accessible(page) == []
    edit(page, "backup")
    unfold(page)
    page.get_by_label("Longest time").fill("soon")
    expect(page.get_by_label("Longest time")).to_have_attribute("aria-invalid", "true")
    assert check_accessible(page) == []
    page.get_by_role("tab", name="JSON").click()
    expect(page.get_by_label("The file")).to_be_visible()
    assert check_accessible(page) == []


def test_nothing_sticks_out_of_a_narrow_window(home: Home, browsing: Browsing) -> None:
    home.shell("wide", "x" * 300, name="y" * 200, description="z" * 200, triggers=[])
    page = browsing.open(address(home), size=NARROW)
    go(page, "jobs")
    expect(page.locator("[data-job=wide]")).to_be_visible()
    for place in ("new", "new?template=empty", "edit/wide"):
        go(page, place)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
