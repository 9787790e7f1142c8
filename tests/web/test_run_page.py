"""One run on its page: how it went, what it printed while it prints it, and what was different last time."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app_home import Home
from waiting import until
from web.accessibility import check_accessible
from web.browsing import NARROW, Browsing, Scheme, address, go
from web.conftest import NIGHTLY
from web.line import BROKEN, Line

pytestmark = [pytest.mark.browser, pytest.mark.system]

COLOURS = r"printf '\033[32mgreen\033[0m <b>text</b>\n\rold\rnew\n\033]0;title\007done\n'"
WAITS_FOR = 'while [ ! -e "{0}" ]; do sleep 0.05; done'
AT_END = (
    "frame => Math.abs(frame.scrollHeight - frame.scrollTop - frame.clientHeight) < 10"
    " && frame.scrollHeight > frame.clientHeight"
)

TOP = "frame => Math.round(frame.scrollTop)"


@pytest.fixture
def run(home: Home) -> Callable[..., str]:
    """Define a job that has this shell line and run it; its run's id."""

    def run(job_id: str, line: str, *, ends: bool = True, **keys: Any) -> str:
        home.shell(job_id, line, triggers=NIGHTLY, **keys)
        until(lambda: home.daybell("show", job_id).returncode == 0)
        home.daybell("run", job_id, *(["--wait"] if ends else []))
        run_id: str = home.history(job_id)[0]["run_id"]
        return run_id

    return run


def lines(page: Page) -> Locator:
    return page.get_by_role("log", name="Output").locator(".log-line")


def test_it_tells_how_it_went(home: Home, page: Page) -> None:
    home.daybell("run", "sync", "--wait")
    go(page, f"runs/{home.ended('sync')[0]['run_id']}")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="Sync notes")).to_be_visible()
    for words in ("Failed", "exit code 4", "cannot reach the server", "by hand"):
        expect(main).to_contain_text(words)
    page.get_by_text("The definition it ran with").click()
    expect(page.get_by_role("region", name="Definition")).to_contain_text('"type": "command"')
    main.get_by_role("link", name="Sync notes").click()
    expect(page).to_have_url(re.compile("#/jobs/sync$"))


def test_what_it_prints_is_text_with_colours_as_classes(run: Callable[..., str], page: Page) -> None:
    go(page, f"runs/{run('colours', COLOURS)}")
    expect(lines(page)).to_have_text(["green <b>text</b>", "new", "done"])
    expect(lines(page).first.locator("span")).to_have_class("ansi-2")
    assert page.locator(".log b, .log [style*=color]").count() == 0


def test_it_is_followed_while_it_prints(home: Home, run: Callable[..., str], page: Page) -> None:
    more, end = home.path / "more", home.path / "end"
    script = f"seq 100; {WAITS_FOR.format(more)}; seq 101 200; {WAITS_FOR.format(end)}; echo the end"
    go(page, f"runs/{run('counting', script, ends=False)}")
    output = page.get_by_role("log", name="Output")
    expect(lines(page)).to_have_count(100)
    until(lambda: bool(output.evaluate(AT_END)))

    more.touch()
    expect(lines(page)).to_have_count(200)
    until(lambda: bool(output.evaluate(AT_END)))

    above = output.evaluate(TOP) - 600
    output.hover()
    page.mouse.wheel(0, -600)
    jump = page.get_by_role("button", name="Jump to the end")
    expect(jump).to_be_visible()
    until(lambda: bool(output.evaluate(TOP) == above))  # the wheel goes on for a moment
    end.touch()
    expect(lines(page).last).to_have_text("the end")
    expect(page.get_by_role("main")).to_contain_text("Succeeded")
    assert output.evaluate(TOP) == above
    jump.click()
    until(lambda: bool(output.evaluate(AT_END)))
    expect(jump).to_have_count(0)


def test_it_can_be_ended_and_run_again(home: Home, page: Page) -> None:
    home.daybell("run", "long")
    first = home.history("long")[0]["run_id"]
    go(page, f"runs/{first}")
    expect(lines(page)).to_have_text(["begun"])
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("main")).to_contain_text("Cancelled")
    page.get_by_role("button", name="Run again").click()
    expect(page).not_to_have_url(re.compile(first))
    expect(page.get_by_role("main")).to_contain_text("Running")
    expect(page.get_by_role("link", name=first)).to_be_visible()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("main")).to_contain_text("Cancelled")


def test_a_search_goes_from_match_to_match_by_keys(run: Callable[..., str], page: Page) -> None:
    go(page, f"runs/{run('counting', 'seq 5000')}")
    expect(lines(page).last).to_have_text("5000")
    page.keyboard.press("/")
    page.keyboard.type("777")
    found = page.locator(".log-found")
    expect(found).to_have_text("5 lines")
    page.keyboard.press("Enter")
    expect(found).to_have_text("5 of 5")
    expect(page.locator("mark.is-current")).to_be_in_viewport()
    page.keyboard.press("Escape")
    for key, place, line in (("n", 4, "3777"), ("n", 3, "2777"), ("Shift+N", 4, "3777")):
        page.keyboard.press(key)
        expect(found).to_have_text(f"{place} of 5")
        current = page.locator(".log-line", has=page.locator("mark.is-current"))
        expect(current).to_have_text(line)
        expect(current).to_be_in_viewport()
    expect(page).to_have_url(re.compile("#/runs/"))


def test_of_ten_megabytes_only_what_one_sees_is_drawn(run: Callable[..., str], page: Page) -> None:
    line = "yes 'a line of output, as long as they often are' | head -n 200000"
    go(page, f"runs/{run('big', line)}")
    expect(page.locator(".log-state")).to_contain_text("200,000 lines")
    expect(lines(page).last).to_have_attribute("data-number", "200000")
    until(lambda: lines(page).count() <= 2000)  # what came in one by one was all at the end once
    page.get_by_role("log", name="Output").evaluate("frame => { frame.scrollTop = 0; }")
    expect(page.locator(".log-line[data-number='1']")).to_be_in_viewport()
    until(lambda: lines(page).count() <= 2000)


def test_what_is_wrapped_stays_so(run: Callable[..., str], page: Page) -> None:
    run_id = run("wide", "head -c 5000 /dev/zero | tr '\\0' x")
    go(page, f"runs/{run_id}")
    output = page.get_by_role("log", name="Output")
    expect(lines(page)).to_have_count(1)
    assert output.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    wrap = page.get_by_role("button", name="Wrap")
    wrap.click()
    expect(wrap).to_have_attribute("aria-pressed", "false")
    assert output.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    page.reload()
    expect(wrap).to_have_attribute("aria-pressed", "false")


def saved(page: Page, button: Locator) -> tuple[str, bytes]:
    with page.expect_download() as download:
        button.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_all_of_it_can_be_kept_as_files(home: Home, run: Callable[..., str], page: Page) -> None:
    line = 'echo told; mkdir -p "$DAYBELL_ARTIFACTS/sub"; echo kept > "$DAYBELL_ARTIFACTS/sub/ä b.txt"'
    run_id = run("report", line)
    name = f"report-{run_id}"
    go(page, f"runs/{run_id}")
    assert saved(page, page.get_by_role("button", name="Download", exact=True)) == (f"{name}.log", b"told\n")
    assert saved(page, page.get_by_role("button", name="Download sub/ä b.txt")) == ("ä b.txt", b"kept\n")
    page.get_by_role("button", name="Report").click()
    told = saved(page, page.get_by_role("menuitem", name="JSON"))
    assert told[0] == f"{name}.json"
    assert json.loads(told[1])["run"]["run_id"] == run_id


def test_each_attempt_is_told_with_its_wait(run: Callable[..., str], page: Page) -> None:
    keys = {"retry": {"max_attempts": 3, "delay": "1s"}}
    go(page, f"runs/{run('retried', 'echo no answer >&2; exit 7', **keys)}")
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(4)
    expect(table.get_by_role("row").nth(3)).to_contain_text(re.compile(r"3\s*Failed.*7\s*no answer"))
    expect(table.get_by_role("row").nth(2)).to_contain_text(re.compile(r"\d (ms|s)"))


def test_the_last_good_run_shows_what_is_different(home: Home, run: Callable[..., str], page: Page) -> None:
    broken = home.path / "broken"
    line = (
        f'seq 20; date +%s%N; if [ -e "{broken}" ]; then echo "disk is full"; exit 1; fi; echo "all copied"'
    )
    go(page, f"runs/{run('copy', line)}?tab=compare")
    expect(page.get_by_role("tabpanel")).to_contain_text("No run before this one has succeeded")
    broken.touch()
    home.daybell("run", "copy", "--wait")
    go(page, f"runs/{home.ended('copy')[0]['run_id']}")
    page.get_by_role("tab", name="Compare with the last good run").click()
    changed = page.locator(".diff-line.is-gone, .diff-line.is-new")
    expect(changed).to_have_text(["only in the good run: all copied", "only in this run: disk is full"])
    expect(page.get_by_text("18 lines that are the same")).to_be_visible()
    page.get_by_label("Ignore numbers and times").uncheck()
    expect(changed).to_have_count(4)
    assert check_accessible(page) == []


def test_a_run_that_nobody_knows_is_said(page: Page, browsing: Browsing) -> None:
    browsing.allow(r"console error: .* 404 ")
    go(page, "runs/20260101-000000-abcdefgh")
    expect(page.get_by_role("alert")).to_contain_text("20260101-000000-abcdefgh")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(
    home: Home, run: Callable[..., str], browsing: Browsing, scheme: Scheme
) -> None:
    run_id = run("colours", f"{COLOURS}; exit 3", retry={"max_attempts": 2, "delay": "1s"})
    page = browsing.open(address(home), scheme=scheme)
    go(page, f"runs/{run_id}")
    expect(lines(page)).to_have_count(6)
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    page.get_by_text("The definition it ran with").click()
    expect(page.get_by_role("region", name="Definition")).to_be_visible()
    assert check_accessible(page) == []


def test_nothing_sticks_out_of_a_narrow_window(
    home: Home, run: Callable[..., str], browsing: Browsing
) -> None:
    run_id = run("wide", "head -c 500 /dev/zero | tr '\\0' x; exit 3", name="x" * 200)
    page = browsing.open(address(home), size=NARROW)
    go(page, f"runs/{run_id}")
    expect(lines(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_broken_line_loses_nothing_and_doubles_nothing(
    home: Home, run: Callable[..., str], browsing: Browsing
) -> None:
    browsing.allow(BROKEN)
    go_on = home.path / "go-on"
    run_id = run("counting", f"seq 50; {WAITS_FOR.format(go_on)}; seq 51 100", ends=False)
    with Line() as line:
        page = browsing.open(address(home), through=line.address)
        go(page, f"runs/{run_id}")
        expect(lines(page)).to_have_count(50)
        line.cut()
        expect(page.get_by_role("navigation")).to_contain_text("Reconnecting")
        go_on.touch()
        until(lambda: bool(home.ended("counting")))
        line.mend()
        expect(page.get_by_role("main")).to_contain_text("Succeeded")
        expect(lines(page)).to_have_text([str(number) for number in range(1, 101)])
