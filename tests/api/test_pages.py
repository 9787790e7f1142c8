"""The files of the page: which are served, how they travel, and what is asked of who wants them."""

import asyncio
import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from starlette.types import Message

from api.tcp import Tcp
from daybell.api.calls import Calls
from daybell.api.headers import HARDENING, POLICY
from daybell.api.pages import MOST_PACKED, Pages
from daybell.api.routes import application
from daybell.store.assets import asset

SCRIPT = b"export const answer = 42;\n" * 200
GZIP = {"accept-encoding": "gzip, deflate, br, zstd"}


class Shelf:
    """Pages of a directory, asked without any server."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.calls = Calls()
        self.pages = Pages(directory, self.calls)
        self.app = application(self.pages.table())

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        sent: list[Message] = []
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "server": ("127.0.0.1", 1),
        }

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        asyncio.run(self.app(scope, receive, send))
        said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], said, b"".join(one.get("body", b"") for one in sent[1:])


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    for name, content in {
        "index.html": b"<!doctype html>",
        "app.js": SCRIPT,
        "pages/jobs.js": b"export {};",
        "vendor/preact.mjs": b"export {};",
        "vendor/LICENSE.txt": b"MIT",
        "icon.svg": b"<svg/>",
        "icon.png": b"\x89PNG",
        "font.woff2": b"wOF2",
        "words.json": b"{}",
        "style.css": b"",
        ".hidden.js": b"",
        ".git/config.js": b"",
        "notes.md": b"",
        "app.js.map": b"",
        "with space.js": b"",
        "{name}.js": b"",
        "~app.js": b"",
    }.items():
        file = tmp_path / "web" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (tmp_path / "secret.js").write_bytes(b"secret")
    (tmp_path / "web" / "linked.js").symlink_to(tmp_path / "secret.js")
    (tmp_path / "web" / "out").symlink_to(tmp_path)
    filled = Shelf(tmp_path / "web")
    yield filled
    filled.calls.stop()


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/pages/jobs.js", "text/javascript; charset=utf-8"),
        ("/vendor/preact.mjs", "text/javascript; charset=utf-8"),
        ("/vendor/LICENSE.txt", "text/plain; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/icon.png", "image/png"),
        ("/font.woff2", "font/woff2"),
        ("/words.json", "application/json"),
    ],
)
def test_each_file_has_its_kind(shelf: Shelf, path: str, media: str) -> None:
    status, headers, content = shelf.ask(path)
    assert (status, headers["content-type"]) == (200, media)
    assert headers["cache-control"] == "no-cache"
    assert headers["vary"] == "Accept-Encoding"
    assert content == (shelf.directory / (path[1:] or "index.html")).read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/index.html",
        "/.hidden.js",
        "/.git/config.js",
        "/notes.md",
        "/app.js.map",
        "/with space.js",
        "/{name}.js",
        "/~app.js",
        "/linked.js",
        "/out/secret.js",
        "/../secret.js",
        "/pages",
        "/pages/",
        "/pages/../app.js",
        "//app.js",
        "/later.js",
        "",
    ],
)
def test_nothing_else_is_there(shelf: Shelf, path: str) -> None:
    (shelf.directory / "later.js").write_bytes(b"")
    assert shelf.ask(path)[0] == 404


def test_what_the_host_is_called_leads_nowhere_else(shelf: Shelf) -> None:
    """Through the unix socket it may be anything."""
    assert shelf.ask("/app.js", host="a/b?c") == shelf.ask("/app.js")


def test_only_reading_is_answered(shelf: Shelf) -> None:
    assert shelf.ask("/app.js", "HEAD")[0] == 200
    status, headers, _ = shelf.ask("/app.js", "POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_a_browser_gets_text_compressed(shelf: Shelf) -> None:
    first, again = shelf.ask("/app.js", **GZIP), shelf.ask("/app.js", **GZIP)
    assert first == again
    status, headers, content = first
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert int(headers["content-length"]) == len(content) < len(SCRIPT) / 10
    assert gzip.decompress(content) == SCRIPT


@pytest.mark.parametrize("offered", ["", "br", "gzip;q=0", "gzip; q=0.0", "xgzip, gzippy"])
def test_who_does_not_want_that_gets_it_plain(shelf: Shelf, offered: str) -> None:
    _, headers, content = shelf.ask("/app.js", accept_encoding=offered)
    assert "content-encoding" not in headers
    assert content == SCRIPT


@pytest.mark.parametrize("offered", ["gzip", "br;q=1.0, gzip;q=0.8", "deflate,gzip"])
def test_it_may_be_one_of_many(shelf: Shelf, offered: str) -> None:
    assert shelf.ask("/app.js", accept_encoding=offered)[1]["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/icon.png", "/font.woff2"])
def test_what_is_dense_already_stays_as_it_is(shelf: Shelf, path: str) -> None:
    assert "content-encoding" not in shelf.ask(path, **GZIP)[1]


@pytest.mark.parametrize("form", [{}, GZIP])
def test_what_a_browser_has_is_not_sent_again(shelf: Shelf, form: dict[str, str]) -> None:
    tag = shelf.ask("/app.js", **form)[1]["etag"]
    status, headers, content = shelf.ask("/app.js", if_none_match=tag, **form)
    assert (status, content, headers["etag"]) == (304, b"", tag)
    assert headers["cache-control"] == "no-cache"
    assert shelf.ask("/pages/jobs.js", if_none_match=tag, **form)[0] == 200


def test_both_forms_have_their_own_tag(shelf: Shelf) -> None:
    assert shelf.ask("/app.js")[1]["etag"] != shelf.ask("/app.js", **GZIP)[1]["etag"]


def test_other_content_has_another_tag(shelf: Shelf) -> None:
    before = shelf.ask("/app.js")[1]["etag"]
    (shelf.directory / "app.js").write_bytes(b"export {};")
    later = Shelf(shelf.directory)
    assert later.ask("/app.js")[1]["etag"] != before
    later.calls.stop()


def test_what_is_kept_compressed_has_a_bound(tmp_path: Path) -> None:
    """What is more than that is compressed each time it is asked for."""
    noise = b"".join(zlib.crc32(b"%d" % number).to_bytes(4, "big") for number in range(30_000))
    for number in range(4):
        (tmp_path / f"{number}.js").write_bytes(noise)
    shelf = Shelf(tmp_path)
    for number in range(4):
        assert gzip.decompress(shelf.ask(f"/{number}.js", **GZIP)[2]) == noise
    assert sum(map(len, shelf.pages._packed.values())) <= MOST_PACKED
    assert len(shelf.pages._packed) == 2
    shelf.calls.stop()


def test_the_page_needs_no_token_and_keeps_the_policy(tcp: Tcp) -> None:
    paths = Pages(asset("web"), Calls()).paths
    assert "/" in paths
    for path in paths:
        answer = tcp.ask(path=path, Authorization=None, Sec_Fetch_Site="same-origin", Accept_Encoding="gzip")
        assert answer.status == 200, path
        assert answer.headers["content-security-policy"] == POLICY.decode()
        assert answer.headers["cache-control"] == "no-cache"
        assert {name.decode() for name, _ in HARDENING} <= answer.headers.keys()


def test_the_policy_lets_the_page_use_its_own_files_and_nothing_else() -> None:
    said = dict(part.strip().split(" ", 1) for part in POLICY.decode().split(";"))
    assert said == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none-such"])
def test_no_other_page_may_load_them(tcp: Tcp, site: str) -> None:
    for path in Pages(asset("web"), Calls()).paths:
        assert tcp.ask(path=path, Authorization=None, Sec_Fetch_Site=site).status == 403


def test_a_file_that_is_not_of_the_page_wants_a_token(tcp: Tcp) -> None:
    assert tcp.ask(path="/pages/nothing.js", Authorization=None).status == 401
    assert tcp.ask(path="/pages/nothing.js").status == 404
