"""How soon does the page show five hundred jobs with a long past, and what happens to one of them?"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import cast

from app import DOOR, Home, home, running
from figures import Budget, Figure, Skipped, median
from past import write_past

JOBS, RUNS, MONTHS = 500, 100_000, 6
SOON = Budget(1000, 1000)
"""In ms, from the beginning of the load to the frame with the jobs in it."""
AT_ONCE = Budget(300, 300)
"""In ms, from the click to the frame with the changed row in it."""
FOR_EVER = {"schema": 1, "retention": {"days": None}}
FLAGS = ("--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking")
WATCH = """
(() => {
  globalThis.shown = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("[data-job]")) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    }).observe(document, { subtree: true, childList: true });
  });
})();
"""
ACT = """
(id) => new Promise((resolve) => {
  const row = document.querySelector(`[data-job=${id}]`);
  const others = [];
  const what = { subtree: true, childList: true, characterData: true, attributes: true };
  const began = performance.now();
  new MutationObserver((changes, observer) => {
    const drawn = changes.filter(({ target }) => !(target.parentElement ?? target).closest("time"));
    others.push(...drawn.filter(({ target }) => !row.contains(target)));
    if (drawn.length === others.length) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve([performance.now() - began, others.length])));
  }).observe(document.querySelector(".jobs"), what);
  row.querySelector("button[title^='Run']").click();
})
"""


def measure(*, quick: bool) -> Iterator[Figure]:
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only for this

        from browser import found  # noqa: PLC0415 - as above
    except ImportError as error:
        raise Skipped("install what the tests need: make install") from error
    program = found()
    if program is None:
        raise Skipped("install Chromium: apt-get install chromium")
    with ExitStack() as stack:
        place = stack.enter_context(home())
        _fill(place, RUNS // 10 if quick else RUNS)
        app = stack.enter_context(running(place, None))
        playwright = stack.enter_context(sync_playwright())
        chromium = playwright.chromium.launch(
            executable_path=program, args=FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        stack.callback(chromium.close)
        page = chromium.new_page()
        page.add_init_script(WATCH)
        page.goto(cast("dict[str, str]", app.client.post(DOOR))["url"])
        page.locator("main h1").wait_for()
        page.goto(f"{page.url.partition('#')[0]}#/jobs")
        paints, changes = [], []
        for turn in range(3 if quick else 7):
            page.reload()
            paints.append(float(page.evaluate("shown")))
            page.locator("[data-job] .bars svg").first.wait_for()
            took, others = page.evaluate(ACT, f"far-{turn:05}")
            assert others == 0, "an event has drawn other rows than its own"
            changes.append(float(took))
    yield Figure(f"page: {JOBS} jobs, {RUNS:,} runs", median(paints), "ms", budget=SOON)
    yield Figure("page: a row after a click", median(changes), "ms", budget=AT_ONCE)


def _fill(place: Home, runs: int) -> None:
    place.write_far(JOBS)
    (place.path / "config" / "settings.json").write_text(json.dumps(FOR_EVER))
    write_past(place, runs, MONTHS)
