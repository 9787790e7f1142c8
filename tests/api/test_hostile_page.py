"""A page of somebody else in a real browser, on another port of the same machine: it gets nothing."""

import http.server
import json
import logging
import re
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

import browser
from api.fake_service import FakeService, add
from api.tcp import Tcp

pytestmark = [pytest.mark.system, browser.needed]

PAGE = Path(__file__).with_name("hostile.html").read_bytes()


class Evil(http.server.BaseHTTPRequestHandler):
    """Serves the page, whatever is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture(scope="module")
def evil_port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def refusals(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """What the guard says that it has refused: the address and the status."""
    found = [re.fullmatch(r"refused (\w+ \S+): (\d+)", record.getMessage()) for record in caplog.records]
    return [(match[1], match[2]) for match in found if match]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_hostile_page_gets_nothing_and_changes_nothing(
    host: str,
    tcp: Tcp,
    service: FakeService,
    evil_port: int,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The page's own view would prove little: a browser also hides what was done. So the guard is asked."""
    add(service, "backup")
    caplog.set_level(logging.INFO)
    markup = browser.visit(f"http://{host}:{evil_port}/?base=http://127.0.0.1:{tcp.port}", tmp_path, 30)
    shown = re.search(r'<pre id="gained">(.*?)</pre>', markup, re.DOTALL)
    assert shown
    gained = json.loads(unescape(shown[1]))
    assert len(gained) == 22
    assert {what: got for what, got in gained.items() if got != "nothing"} == {}
    assert set(service.jobs) == {"backup"}
    assert service.runs == {}
    assert not service.stop_asked.is_set()
    refused = refusals(caplog)
    # They did reach us, one for each try but those that a browser itself forbids, and none passed the guard.
    assert {status for _, status in refused} == {"403"}
    assert {what for what, _ in refused} >= {
        "GET /api/v1/jobs",
        "POST /api/v1/jobs",
        "POST /api/v1/stop",
        "POST /api/v1/session",
        "POST /api/v1/door",
        "POST /api/v1/hello",
        "OPTIONS /api/v1/jobs",
        "OPTIONS /api/v1/jobs/backup",
        "GET /api/v1/events",
        "GET /app.js",
        "GET /",
    }
