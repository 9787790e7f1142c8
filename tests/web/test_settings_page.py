"""The settings, as a form over the file that a person may edit as well."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from app_home import Home
from waiting import until as wait_until
from web.browsing import Browsing, go
from web.held import Held

pytestmark = [pytest.mark.browser, pytest.mark.system]


@pytest.fixture
def settings(page: Page) -> Page:
    go(page, "settings")
    expect(page.get_by_label("Time zone")).to_be_visible()
    return page


def said(home: Home) -> Any:
    return json.loads((home.path / "config" / "settings.json").read_text())


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def test_what_is_changed_stands_in_the_file(home: Home, settings: Page) -> None:
    expect(settings.get_by_role("button", name="Save")).to_be_disabled()
    settings.get_by_label("Remind of a failure").fill("2d")
    settings.get_by_label("Quiet from").fill("22:00")
    settings.get_by_label("Quiet until").fill("07:30")
    save(settings)
    expect(settings.get_by_text("Saved.")).to_be_visible()
    notices = said(home)["notices"]
    assert notices["reminder"] == "2d"
    assert [hour[:5] for hour in notices["quiet_hours"].values()] == ["22:00", "07:30"]
    expect(settings.get_by_role("button", name="Save")).to_be_disabled()


def test_an_empty_field_means_what_it_says_and_not_the_default(home: Home, settings: Page) -> None:
    settings.get_by_label("Runs of so many days").fill("")
    save(settings)
    expect(settings.get_by_text("From the next start on: retention.days").first).to_be_visible()
    assert said(home)["retention"] == {"days": None}


def test_what_a_person_wrote_besides_stays(home: Home, settings: Page) -> None:
    file = home.path / "config" / "settings.json"
    file.write_text('{"awake": {"battery": 30}, "schema": 1}')
    settings.reload()
    expect(settings.get_by_label("Not on battery below")).to_have_value("30")
    settings.get_by_label("At most, for each run").fill("2h")
    save(settings)
    expect(settings.get_by_text("Saved.")).to_be_visible()
    assert list(said(home)) == ["awake", "schema"]
    assert said(home)["awake"] == {"battery": 30, "longest": "2h"}


def test_a_file_that_is_not_valid_is_left_to_whoever_wrote_it(home: Home, settings: Page) -> None:
    file = home.path / "config" / "settings.json"
    file.write_text('{"schema": 1, "awake": {"batery": 30}}')
    settings.reload()
    expect(settings.get_by_text('did you mean "battery"')).to_be_visible()
    expect(settings.get_by_label("Time zone")).to_have_count(0)
    file.write_text('{"schema": 1, "awake": {"battery": 30}}')
    settings.get_by_role("button", name="look again").click()
    expect(settings.get_by_label("Not on battery below")).to_have_value("30")


def test_a_mistake_is_told_beside_its_field_and_changes_nothing(
    home: Home, browsing: Browsing, settings: Page
) -> None:
    browsing.allow(" 422 ")  # the browser's own words about a refusal
    field = settings.get_by_label("Patience at the end")
    field.fill("soon")
    save(settings)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(settings.get_by_text(re.compile('expected a duration such as .*found "soon"'))).to_be_visible()
    assert not (home.path / "config" / "settings.json").exists()
    field.fill("40s")
    save(settings)
    expect(settings.get_by_text("Saved.")).to_be_visible()
    assert said(home)["scheduler"] == {"shutdown_timeout": "40s"}


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(
    home: Home, browsing: Browsing, settings: Page
) -> None:
    browsing.allow(" 412 ")  # as above
    (home.path / "config" / "settings.json").write_text('{"schema": 1}')
    settings.get_by_label("Remind of a failure").fill("3d")
    save(settings)
    expect(settings.get_by_text("settings.json was changed meanwhile")).to_be_visible()
    assert said(home) == {"schema": 1}


def test_the_colours_change_at_once_and_stay(settings: Page) -> None:
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    settings.get_by_label("Colours").select_option("dark")
    save(settings)
    expect(settings.get_by_text("Saved.")).to_be_visible()
    assert settings.evaluate(scheme) == "dark"
    settings.reload()
    expect(settings.get_by_label("Colours")).to_have_value("dark")
    assert settings.evaluate(scheme) == "dark"


def test_an_older_answer_does_not_bring_the_old_colours_back(settings: Page) -> None:
    go(settings, "jobs")
    with Held(settings, "**/api/v1/settings") as held:
        settings.reload()
        held.wait()  # as the page comes in, it asks for its colours
        go(settings, "settings")
        settings.get_by_label("Colours").select_option("dark")
        save(settings)
        expect(settings.get_by_text("Saved.")).to_be_visible()
        held.release()
        assert settings.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_starting_at_login_is_switched_at_once(home: Home, settings: Page) -> None:
    file = home.path / "desktop" / "autostart" / "daybell.desktop"
    switch = settings.get_by_role("switch", name="Start Daybell at login")
    expect(switch).not_to_be_checked()
    switch.check()
    wait_until(file.exists)
    settings.reload()
    expect(switch).to_be_checked()
    switch.uncheck()
    wait_until(lambda: not file.exists())


def test_whoever_has_switched_it_off_is_named(home: Home, browsing: Browsing, settings: Page) -> None:
    browsing.allow(" 409 ")  # as above
    file = home.path / "desktop" / "autostart" / "daybell.desktop"
    file.parent.mkdir(parents=True)
    file.write_text("[Desktop Entry]\nExec=daybell start\nHidden=true\n")
    settings.reload()
    computer = settings.get_by_role("region", name="This computer")
    expect(computer).to_contain_text(f"Hidden=true in {file} says so")
    switch = settings.get_by_role("switch", name="Start Daybell at login")
    switch.click()
    expect(computer).to_contain_text("has switched off that Daybell starts at login")
    expect(switch).not_to_be_checked()
    assert "Hidden=true" in file.read_text()


def test_the_check_up_and_the_paths_are_the_real_ones(home: Home, settings: Page) -> None:
    settings.get_by_role("button", name="Check now").click()
    expect(settings.get_by_role("button", name="Check again")).to_be_visible()
    expect(settings.get_by_role("region", name="Check-up")).to_contain_text("Daybell", timeout=30_000)
    expect(settings.get_by_role("region", name="About")).to_contain_text(str(home.path / "config"))


def test_a_second_click_saves_nothing_twice(home: Home, settings: Page) -> None:
    settings.get_by_label("Runs of so many days").fill("77")
    settings.get_by_role("button", name="Save").dblclick()
    expect(settings.get_by_text("Saved.")).to_be_visible()
    expect(settings.get_by_role("button", name="Save")).to_be_disabled()
    assert said(home)["retention"] == {"days": 77}


def test_whoever_leaves_with_changes_is_asked(settings: Page) -> None:
    settings.get_by_label("Runs of so many days").fill("77")
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    settings.once("dialog", refuse)
    with settings.expect_event("dialog"):
        settings.get_by_role("link", name="Jobs").click()
    expect(settings.get_by_label("Runs of so many days")).to_have_value("77")
    expect(settings).to_have_url(re.compile("#/settings$"))
    assert asked == ["Leave without saving your changes?"]
