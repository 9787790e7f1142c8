"""A person's browser: it opens pages, and remembers whatever they complained of."""

import json
import os
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize

from app_home import Home

Scheme = Literal["light", "dark"]

WIDE: ViewportSize = {"width": 1200, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}

CHANCE = os.environ.get("DAYBELL_WEB_CHANCE")
"""If there is one, what Daybell answers and tells comes late, by as much as the chance has it."""
LATE = (Path(__file__).parent / "late.js").read_text("utf-8")
LATEST = 1500
"""Milliseconds at most until a question is asked, and once more until its answer is there."""

LEFT = "net::ERR_ABORTED"
"""How a request ends that the page itself gave up: it went elsewhere, or asked for a file to keep."""
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) => {
  daybellTestViolated(`${effectiveDirective} forbids ${blockedURI} (${sourceFile}:${lineNumber})`);
});
"""

GO = """
(place) => new Promise((gone) => {
  const before = location.hash;
  addEventListener("hashchange", () => gone(), { once: true }); // after the page's own
  location.hash = `#/${place}`;
  if (location.hash === before) gone();
})
"""


def address(home: Home) -> str:
    """Of the page, with a code that lets one window in, once."""
    shown = home.daybell("open", "--print-url")
    assert shown.returncode == 0, shown.stderr
    return shown.stdout.strip()


def go(page: Page, place: str) -> None:
    """As a link in the page leads there: "jobs", "runs/ID". What was shown before is gone then."""
    page.evaluate(GO, place)


class Browsing:
    """Each page has a context of its own: no cookies, storage or cache of another."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._complaints: list[str] = []
        self._expected: list[str] = []

    def open(
        self,
        address: str,
        *,
        scheme: Scheme = "light",
        size: ViewportSize = WIDE,
        reduced_motion: bool = False,
        through: str | None = None,
    ) -> Page:
        """Returns once its own files are there; what they show comes later.

        `through` is the address of a proxy that all of it goes through.
        """
        context = self._chromium.new_context(
            color_scheme=scheme,
            viewport=size,
            reduced_motion="reduce" if reduced_motion else "no-preference",
            proxy={"server": through, "bypass": "<-loopback>"} if through else None,
        )
        # Both go by the debugger, so that the page's policy holds and has no say in it.
        context.expose_binding("daybellTestViolated", lambda _, what: self._complain(f"policy: {what}"))
        context.add_init_script(TELL_VIOLATIONS)
        if CHANCE:
            chance = f"{CHANCE} {os.environ['PYTEST_CURRENT_TEST']}"
            context.add_init_script(f"({LATE})({json.dumps(chance)}, {LATEST})")
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complain(f"error: {error}"))
        page.on("requestfailed", self._miss)
        page.goto(address)
        return page

    def allow(self, pattern: str) -> None:
        """Complaints that hold this regular expression are no fault of the page in this test."""
        self._expected.append(pattern)

    def close(self) -> list[str]:
        """All pages; what they complained of beyond what was allowed, in order."""
        for context in list(self._chromium.contexts):
            for page in context.pages:
                page.evaluate("null")  # what was said before this answer has then been heard
            context.close()
        return [one for one in self._complaints if not any(re.search(known, one) for known in self._expected)]

    def _complain(self, what: str) -> None:
        self._complaints.append(what)

    def _hear(self, message: ConsoleMessage) -> None:
        where = message.location
        self._complain(f"console {message.type}: {message.text} ({where['url']}:{where['lineNumber']})")

    def _miss(self, request: Request) -> None:
        if request.failure != LEFT:
            self._complain(f"request: {request.method} {request.url} {request.failure}")
