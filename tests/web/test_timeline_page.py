"""The timeline: what one sees of a day, by mouse, by keyboard and as a table."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app_home import Home
from waiting import until
from web.accessibility import check_accessible
from web.browsing import NARROW, Browsing, Scheme, address, go

pytestmark = [pytest.mark.browser, pytest.mark.system]

DAY = "2026-11-02"
MANY = range(999)
"""Runs, each five seconds after the one before."""
ANSWERED_TWICE = """
(day) => performance.getEntriesByType("resource").filter((one) => one.name.includes(`from=${day}`)).length > 1
"""
COUNT_CHANGES = """
(lane) => {
  globalThis.changes = 0;
  const count = (found) => { globalThis.changes += found.length; };
  new MutationObserver(count).observe(lane, { subtree: true, childList: true, attributes: true });
}
"""


def lane(page: Page, job_id: str) -> Locator:
    return page.locator(f".lane[data-job={job_id}]")


def marks(page: Page, job_id: str) -> Locator:
    return lane(page, job_id).locator(".mark")


def at(hour: float) -> str:
    return (datetime.fromisoformat(DAY).replace(tzinfo=UTC) + timedelta(hours=hour)).isoformat()


def run(job_id: str, hour: float, hours: float, outcome: str = "succeeded") -> dict[str, object]:
    times = {"due": at(hour), "started": at(hour), "finished": at(hour + hours)}
    return {"job_id": job_id, "run_id": f"{job_id}-{hour}", "cause": "schedule", "outcome": outcome, **times}


def nothing() -> dict[str, object]:
    """What Daybell tells of a stretch of time in which nothing is."""
    lists: dict[str, object] = {"runs": [], "gaps": [], "upcoming": []}
    return {**lists, "truncated": False, "cut": {}, "left_out": {}, "now": at(100)}


def tell(page: Page, **more: object) -> None:
    """From now on the page is told this of each stretch of time."""

    def answer(route: Route) -> None:
        asked = parse_qs(urlsplit(route.request.url).query)
        ends = {"since": f"{asked['from'][0]}T00:00:00Z", "until": f"{asked['to'][0]}T00:00:00Z"}
        route.fulfill(json={**nothing(), **ends, "complete_until": ends["until"], **more})

    page.route("**/api/v1/timeline?*", answer)


def a_day(page: Page) -> None:
    """With something of each kind."""
    tell(
        page,
        runs=[
            *(
                run("sync", count / 720, 1 / 3600, "failed" if count == 99 else "succeeded")
                for count in range(999)
            ),
            run("backup", 2.5, 3),
            run("backup", 3.5, 4, "cancelled"),
            run("gone", 12, 0.5, "interrupted"),
        ],
        gaps=[
            {
                "job_id": "long",
                "run_id": "l1",
                "outcome": "missed",
                "reason": "the computer slept",
                "since": at(3),
                "until": at(6),
            }
        ],
        absences=[{"since": at(1), "until": at(6.5), "kind": "asleep"}],
        upcoming=[{"job_id": "long", "at": at(20)}],
        truncated=True,
        left_out={"sync": at(0)},
        cut={"long": at(20)},
    )
    go(page, f"timeline?day={DAY}")
    expect(marks(page, "backup")).to_have_count(2)


def test_a_run_appears_as_it_happens_and_nothing_else_is_drawn_anew(home: Home, page: Page) -> None:
    home.daybell("run", "backup", "--wait")
    go(page, "timeline?span=week")
    first = marks(page, "backup")
    expect(first).to_have_attribute("aria-label", re.compile("^Succeeded, .*, took .*, by hand$"))
    expect(page.locator(".now-line")).to_be_visible()
    lane(page, "backup").evaluate(COUNT_CHANGES)
    home.daybell("run", "sync", "--wait")
    expect(marks(page, "sync")).to_have_attribute("aria-label", re.compile("^Failed"))
    expect(page.locator(".lane").first).to_have_attribute("data-job", "sync")
    home.daybell("run", "long")
    expect(marks(page, "long")).to_have_attribute("aria-label", re.compile("^Running since"))
    assert page.evaluate("globalThis.changes") == 0
    first.click()
    expect(page).to_have_url(re.compile("#/runs/"))


def test_what_comes_is_marked_and_told(home: Home, page: Page) -> None:
    later = page.evaluate("new Date(Date.now() + 2 * 864e5).toISOString().slice(0, 10)")
    go(page, f"timeline?day={later}")
    expect(page.locator(".lane .ticks path")).to_have_count(3)  # all but the one that is switched off
    expect(lane(page, "resting")).to_have_count(0)
    expect(page.locator(".now-line")).to_be_hidden()
    lane(page, "sync").locator(".track").hover(position={"x": 2.5 / 24 * 760, "y": 16})
    page.get_by_role("button", name="Table").click()
    expect(page.get_by_role("row")).to_have_count(4)
    expect(page.get_by_role("row").last).to_contain_text("02:30:00")
    expect(page.get_by_role("row").last).to_contain_text("Due")


def test_the_keys_lead_through_the_days(page: Page) -> None:
    go(page, f"timeline?day={DAY}")
    heading = page.get_by_role("heading", level=2)
    expect(heading).to_have_text("Monday 2 Nov 2026")
    page.keyboard.press("ArrowRight")
    expect(heading).to_have_text("Tuesday 3 Nov 2026")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(heading).to_have_text("Sunday 1 Nov 2026")
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"zoom=4"))
    page.keyboard.press("-")
    expect(page).to_have_url(re.compile(r"zoom=2"))
    page.get_by_role("button", name="Week").click()
    expect(heading).to_have_text("26 Oct – 1 Nov 2026")
    page.keyboard.press("t")
    expect(page).not_to_have_url(re.compile(r"day="))
    page.keyboard.press("/")
    page.keyboard.type("t-t")  # letters, and no keys of the page
    expect(page).to_have_url(re.compile(r"filter=t-t"))


def test_all_of_a_day_is_there(page: Page) -> None:
    a_day(page)
    assert marks(page, "sync").count() < 50  # a thousand runs in less than two hours
    crowds = marks(page, "sync")
    expect(crowds.nth(3)).to_have_attribute("aria-label", re.compile(r"^\d+ runs from .* succeeded$"))
    failed = crowds.and_(page.locator(".tone-bad"))
    expect(failed).to_have_attribute("aria-label", re.compile("1 failed"))
    expect(marks(page, "long")).to_have_attribute(
        "aria-label", "Missed, due from 03:00:00 to 06:00:00: the computer slept"
    )
    boxes = [marks(page, "backup").nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    expect(lane(page, "gone").get_by_role("link", name="gone")).to_have_count(0)  # it has no page any more
    said = page.locator(".timeline-words")
    expect(said).to_contain_text("Sync notes ran so often that its runs before 00:00:00 are left out.")
    expect(said).to_contain_text("Long walk is due so often that its starts after 20:00:00 are left out.")


def test_what_one_points_at_is_told(page: Page) -> None:
    a_day(page)
    tip = page.locator(".tip")
    marks(page, "backup").first.hover()
    expect(tip).to_have_text("Back up documentsSucceeded, 02:30:00, took 3 h")
    track = lane(page, "gone").locator(".track")
    box = track.bounding_box()
    assert box
    track.hover(position={"x": box["width"] * 5 / 24, "y": 10})
    expect(tip).to_have_text("The computer sleptfrom 01:00:00 to 06:30:00, 5 h 30 min")
    lane(page, "long").locator(".track").hover(position={"x": box["width"] * 20 / 24, "y": 10})
    expect(tip).to_have_text("Long walkDue 20:00:00")


def test_the_arrows_lead_along_a_lane(page: Page) -> None:
    a_day(page)
    lane(page, "backup").get_by_role("link", name="Back up documents").focus()
    page.keyboard.press("ArrowRight")
    expect(marks(page, "backup").first).to_be_focused()
    expect(page.locator(".tip")).to_contain_text("took 3 h")
    page.keyboard.press("ArrowRight")
    expect(marks(page, "backup").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(lane(page, "backup").locator(".lane-name")).to_be_focused()
    expect(page.get_by_role("heading", level=2)).to_have_text("Monday 2 Nov 2026")  # the day stays


def test_zoom_keeps_what_is_in_the_middle(page: Page) -> None:
    a_day(page)
    for _ in range(3):
        page.keyboard.press("+")
    expect(page.get_by_role("status", name="Zoom")).to_have_text("8×")
    box, frame = marks(page, "gone").bounding_box(), page.locator(".chart").bounding_box()
    assert box
    assert frame
    assert frame["x"] + 208 < box["x"] < frame["x"] + frame["width"]  # noon, right of the names


def test_a_filter_leaves_the_lanes_that_match(page: Page) -> None:
    a_day(page)
    page.get_by_label("Filter jobs").fill("files")  # a tag
    expect(page.locator(".lane .lane-name")).to_have_text(["Back up documents", "Long walk"])
    page.get_by_label("Filter jobs").fill("nothing like it")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".lane")).to_have_count(4)
    page.get_by_label("Order").select_option("By name")
    expect(page.locator(".lane .lane-name").first).to_have_text("Back up documents")


def test_the_table_has_it_all_in_pages(page: Page) -> None:
    a_day(page)
    page.get_by_role("link", name="as a table").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(200)
    expect(rows.nth(0)).to_have_text(re.compile("12:00:00.*gone.*Ran.*30 min.*Interrupted"))
    expect(rows.nth(2)).to_have_text(re.compile("Did not run.*Missed.*the computer slept"))
    pages = page.get_by_role("navigation", name="Pages of the table")
    expect(pages).to_contain_text("1 to 200 of 1004")
    for _ in range(5):
        pages.get_by_role("button", name="After").click()
    expect(pages).to_contain_text("1001 to 1004 of 1004")
    expect(rows).to_have_count(4)
    page.get_by_role("button", name="What comes: 1").click()
    expect(rows).to_have_text([re.compile("20:00:00.*Long walk.*Due")])


def test_answers_to_an_older_question_are_not_shown(home: Home, page: Page) -> None:
    """Neither the one that was on its way, nor the one that an event asked for meanwhile."""
    held: list[Route] = []

    def empty(route: Route) -> None:
        route.fulfill(json={**nothing(), "since": at(0), "until": at(24), "complete_until": at(24)})

    def hold(route: Route) -> None:
        if f"from={DAY}" not in route.request.url:
            route.fallback()
        elif held:
            empty(route)
        else:
            held.append(route)

    tell(page, runs=[run("backup", 25, 1)])
    page.route("**/api/v1/timeline?*", hold)
    with page.expect_request("**/api/v1/timeline?*"):
        go(page, f"timeline?day={DAY}")
    home.daybell("run", "sync", "--wait")
    expect(page.get_by_role("link", name=re.compile("Overview.*1"))).to_be_visible()  # the page knows of it
    page.evaluate("new Promise((later) => setTimeout(later, 300))")  # it is asked again only then
    page.keyboard.press("ArrowRight")
    expect(marks(page, "backup")).to_have_count(1)
    empty(held[0])
    until(lambda: bool(page.evaluate(ANSWERED_TWICE, DAY)))
    page.evaluate("new Promise((later) => setTimeout(later, 50))")
    expect(marks(page, "backup")).to_have_count(1)


def test_a_day_without_anything_says_so(page: Page) -> None:
    go(page, "timeline?day=2001-01-01")
    expect(page.get_by_role("main")).to_contain_text("Nothing ran here.")


def test_a_refusal_is_told(page: Page, browsing: Browsing) -> None:
    browsing.allow(r"console error: .* 503 ")
    error = {"code": "x", "message": "the history cannot be read", "problems": []}
    page.route(
        "**/api/v1/timeline?*", lambda route: route.fulfill(status=503, body=json.dumps({"error": error}))
    )
    go(page, f"timeline?day={DAY}")
    expect(page.get_by_role("alert")).to_contain_text("the history cannot be read")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing ran here.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(home: Home, browsing: Browsing, scheme: Scheme) -> None:
    page = browsing.open(address(home), scheme=scheme)
    a_day(page)
    assert check_accessible(page) == []
    page.get_by_role("button", name="Table").click()
    expect(page.get_by_role("table")).to_be_visible()
    assert check_accessible(page) == []


def test_nothing_sticks_out_of_a_narrow_window(home: Home, browsing: Browsing) -> None:
    page = browsing.open(address(home), size=NARROW)
    a_day(page)
    name, bar = lane(page, "backup").locator(".lane-name"), marks(page, "backup").first
    above, below = name.bounding_box(), bar.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] / 2 < below["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("button", name="Table").click()
    expect(page.get_by_role("table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
