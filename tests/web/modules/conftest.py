"""The page's own modules without the app, for what they work out by themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from web.browsing import Browsing

WEB = Path(__file__).parents[3] / "assets" / "web"
ORIGIN = "http://page.test/"
BLANK = "<!doctype html><link rel=icon href='data:,'>"
KINDS = {".js": "text/javascript", ".css": "text/css"}


def serve(route: Route) -> None:
    file = WEB / route.request.url.removeprefix(ORIGIN)
    if file.suffix in KINDS:
        route.fulfill(path=file, content_type=KINDS[file.suffix])
    else:
        route.fulfill(body=BLANK, content_type="text/html")


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page beside our modules: `await import('/lib/ansi.js')`."""
    browsing = Browsing(chromium)
    page = browsing.open("about:blank")
    page.route(f"{ORIGIN}**", serve)
    page.goto(ORIGIN)
    yield page
    assert browsing.close() == []
