"""The bundled libraries work where no text may become markup or code."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from web.browsing import Browsing

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).parents[2] / "assets" / "web" / "vendor"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html><html lang="en"><title>Test</title><link rel="icon" href="data:,">
<body><main></main><script type="module" src="/test.js"></script></body></html>"""


@pytest.fixture
def page(browsing: Browsing) -> Iterator[Page]:
    page = browsing.open("about:blank")
    yield page
    page.unroute_all()


def show(page: Page, script: str) -> None:
    """A page whose module is this script, below what ours are served with."""

    def serve(route: Route) -> None:
        file = VENDOR / route.request.url.rpartition("/")[2]
        headers = {"Content-Security-Policy": POLICY}
        if file.name == "test.js":
            route.fulfill(body=script, content_type="text/javascript", headers=headers)
        elif file.is_file():
            route.fulfill(body=file.read_bytes(), content_type="text/javascript", headers=headers)
        else:
            route.fulfill(body=PAGE, content_type="text/html", headers=headers)

    page.route("http://page.test/**", serve)
    page.goto("http://page.test/")


LIST = """
import { html, render, signal, computed, useErrorBoundary, useState, useEffect } from "/preact.js";
const names = signal(["<img src=x onerror=alert(1)>", "b"]);
const count = computed(() => names.value.length);
const beat = signal(0);
let drawn = 0;
const Bad = () => { throw new Error("bad"); };
const Guard = () => useErrorBoundary()[0] ? html`<p>caught</p>` : html`<${Bad} />`;
function List() {
  drawn += 1;
  const [late, setLate] = useState("early");
  useEffect(() => setLate("late"), []);
  return html`<h1>${late}</h1><${Guard} /><output>${beat}</output><b>${count}</b>
    <ul>${names.value.map((name) => html`<li key=${name}>${name}</li>`)}</ul>
    <button onClick=${() => { names.value = [...names.value, "c"]; }}>Add</button>
    <button onClick=${() => { beat.value += 1; }}>Beat</button>`;
}
render(html`<${List} />`, document.querySelector("main"));
globalThis.drawn = () => drawn;
"""


def test_a_list_is_drawn_and_follows_its_signals(page: Page) -> None:
    show(page, LIST)
    expect(page.get_by_role("heading")).to_have_text("late")
    expect(page.get_by_text("caught")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_text(["<img src=x onerror=alert(1)>", "b"])
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("listitem")).to_have_count(3)
    expect(page.locator("b")).to_have_text("3")
    assert page.locator("img").count() == 0


def test_a_signal_in_the_text_changes_it_without_drawing_anew(page: Page) -> None:
    show(page, LIST)
    expect(page.get_by_role("heading")).to_have_text("late")
    before = page.evaluate("drawn()")
    page.get_by_role("button", name="Beat").click()
    expect(page.get_by_role("status")).to_have_text("1")
    assert page.evaluate("drawn()") == before
