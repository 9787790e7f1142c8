"""What the other tests here rely on: that no complaint of a page goes unheard."""

import pytest
from playwright.sync_api import Browser, Page, Route

from web.accessibility import check_accessible
from web.browsing import Browsing

pytestmark = pytest.mark.browser

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html><html lang="en"><head><title>Test</title><link rel="icon" href="data:,"></head>
<body><main><h1>Test</h1><button></button></main></body></html>"""


@pytest.fixture
def watched(chromium: Browser) -> Browsing:
    return Browsing(chromium)


def serve(route: Route) -> None:
    if route.request.url.endswith("/lost"):
        route.abort("connectionrefused")
    else:
        route.fulfill(body=PAGE, content_type="text/html", headers={"Content-Security-Policy": POLICY})


def opened(watched: Browsing) -> Page:
    page = watched.open("about:blank")
    page.route("http://page.test/**", serve)
    page.goto("http://page.test/")
    return page


@pytest.mark.parametrize(
    ("act", "heard"),
    [
        ("console.log('hm')", "console log: hm"),
        ("setTimeout(() => { throw new Error('ouch') })", "error: ouch"),
        (
            "await fetch('/lost').catch(() => null)",
            "request: GET http://page.test/lost net::ERR_CONNECTION_REFUSED",
        ),
        (
            "await fetch('http://else.test/').catch(() => null)",
            "policy: connect-src forbids http://else.test/",
        ),
        ("try { document.body.innerHTML = '<b>' } catch { }", "policy: require-trusted-types-for forbids"),
    ],
    ids=["words", "error", "lost", "elsewhere", "markup"],
)
def test_what_a_page_complains_of_is_heard(watched: Browsing, act: str, heard: str) -> None:
    page = opened(watched)
    page.evaluate(f"(async () => {{ {act}; await new Promise((later) => setTimeout(later, 50)); }})()")
    assert any(heard in complaint for complaint in watched.close())


def test_what_a_test_allows_is_no_complaint(watched: Browsing) -> None:
    opened(watched).evaluate("console.warn('one'), console.warn('two')")
    watched.allow("warning: one")
    (left,) = watched.close()
    assert left.startswith("console warning: two")


def test_what_would_keep_somebody_out_is_found(watched: Browsing) -> None:
    page = opened(watched)
    (found,) = check_accessible(page)
    assert found.startswith("button-name (critical) at button: ")
    assert watched.close() == []  # to ask makes no noise


def test_a_quiet_page_is_quiet(watched: Browsing) -> None:
    opened(watched)
    assert watched.close() == []
