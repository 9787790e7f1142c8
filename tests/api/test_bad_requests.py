"""What must not pass, row by row, over real sockets, with the answer to each."""

import json
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from api.asking import Asking
from api.fake_service import FakeService, a_command, add, hourly
from api.tcp import Tcp, exchange
from daybell.api.headers import HARDENING

A_JOB = json.dumps(hourly("new")).encode()
LARGE = 256 * 1024
SHORT, LONG = "/api/v1/jobs", "/api/v1/runs/{}/log"


class Row(NamedTuple):
    """One bad request. In its texts, PORT and TOKEN stand for those of the door."""

    why: str
    status: int
    method: str = "GET"
    path: str = SHORT
    headers: Mapping[str, str | None] = {}
    body: bytes = b""


def job(**fields: object) -> bytes:
    return json.dumps({**hourly("new"), **fields}).encode()


NO_TOKEN = {"Authorization": None}
NAVIGATION = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

HOSTS = [
    Row("a name that was bound again", 421, headers={"Host": "evil.example:PORT"}),
    Row("a name that leads to this address", 421, headers={"Host": "127.0.0.1.nip.io:PORT"}),
    Row("every address", 421, headers={"Host": "0.0.0.0:PORT"}),
    Row("the other loopback", 421, headers={"Host": "[::1]:PORT"}),
    Row("another spelling of the address", 421, headers={"Host": "127.1:PORT"}),
    Row("no port", 421, headers={"Host": "127.0.0.1"}),
    Row("another port", 421, headers={"Host": "127.0.0.1:1"}),
    Row("a dot at its end", 421, headers={"Host": "localhost.:PORT"}),
    Row("somebody before it", 421, headers={"Host": "evil@127.0.0.1:PORT"}),
    Row("somebody behind it", 421, headers={"Host": "127.0.0.1:PORT@evil.example"}),
    Row("an empty one", 421, headers={"Host": ""}),
    Row("none at all", 400, headers={"Host": None}),
    Row("a foreign one that also has no token", 421, headers={"Host": "evil.example", **NO_TOKEN}),
]
PAGES = [
    Row("another site", 403, headers={"Sec-Fetch-Site": "cross-site"}),
    Row("another port of ours", 403, headers={"Sec-Fetch-Site": "same-site"}),
    Row("a site that we do not know", 403, headers={"Sec-Fetch-Site": "elsewhere"}),
    Row("an address bar that writes", 403, "POST", headers={"Sec-Fetch-Site": "none"}, body=A_JOB),
    Row("a link to more than the page", 403, headers=NAVIGATION),
    Row("a frame", 403, path="/", headers={**NAVIGATION, "Sec-Fetch-Dest": "iframe"}),
    Row("a form that leads to the page", 403, "POST", "/", headers=NAVIGATION, body=b"{}"),
    Row("a script of another page", 403, path="/app.js", headers={"Sec-Fetch-Site": "cross-site"}),
    Row("a foreign origin", 403, headers={"Origin": "https://evil.example"}),
    Row("an origin that hides", 403, headers={"Origin": "null"}),
    Row("an empty origin", 403, headers={"Origin": ""}),
    Row("the origin of another port", 403, headers={"Origin": "http://127.0.0.1:1"}),
    Row("our origin with encryption", 403, headers={"Origin": "https://127.0.0.1:PORT"}),
    Row("our other name as the origin", 403, headers={"Origin": "http://localhost:PORT"}),
    Row(
        "a foreign page that tries a code",
        403,
        "POST",
        "/api/v1/session",
        {"Origin": "null"},
        b'{"code":"x"}',
    ),
    Row("a preflight", 403, "OPTIONS", headers={"Origin": "http://127.0.0.1:1"}),
]
METHODS = [
    Row("a preflight of our own page", 405, "OPTIONS", headers={"Access-Control-Request-Method": "POST"}),
    Row("an echo", 405, "TRACE"),
    Row("a tunnel", 405, "CONNECT", "127.0.0.1:22"),
    Row("a method of ours", 405, "BREW"),
    Row("all resources", 405, "OPTIONS", "*"),
    Row("reading what acts", 405, path="/api/v1/jobs/backup/run"),
    Row("reading what ends the app", 405, path="/api/v1/stop"),
    Row("looking at what acts", 405, "HEAD", "/api/v1/jobs/backup/run"),
    Row("reading what opens the door", 405, path="/api/v1/door"),
    Row("removing all jobs", 405, "DELETE"),
]
BODIES = [
    Row("plain text", 415, "POST", headers={"Content-Type": "text/plain"}, body=A_JOB),
    Row("a form", 415, "POST", headers={"Content-Type": "application/x-www-form-urlencoded"}, body=A_JOB),
    Row("a form with files", 415, "POST", headers={"Content-Type": "multipart/form-data"}, body=A_JOB),
    Row("no type", 415, "POST", headers={"Content-Type": None}, body=A_JOB),
    Row("no type and nothing else", 415, "POST", "/api/v1/jobs/backup/run", {"Content-Type": None}),
    Row(
        "a type that begins like ours", 415, "POST", headers={"Content-Type": "application/jsonp"}, body=A_JOB
    ),
    Row("a large body", 413, "POST", headers={"Content-Length": str(LARGE + 1)}, body=b"{}"),
    Row("an enormous body", 413, "POST", headers={"Content-Length": "9" * 18}, body=b"{}"),
    Row("a body beyond all numbers", 400, "POST", headers={"Content-Length": "9" * 30}, body=b"{}"),
    Row("a length below nothing", 400, "POST", headers={"Content-Length": "-1"}, body=b"{}"),
    Row("a length that is no number", 400, "POST", headers={"Content-Length": "many"}, body=b"{}"),
    Row("two lengths in one", 400, "POST", headers={"Content-Length": "2, 3"}, body=b"{}"),
    Row("a length and pieces", 400, "POST", headers={"Transfer-Encoding": "chunked"}, body=b"0\r\n\r\n"),
    Row("an encoding that nobody knows", 501, "POST", headers={"Transfer-Encoding": "gzip"}, body=b"{}"),
    Row("half of JSON", 422, "POST", body=b"{"),
    Row("a list of jobs", 422, "POST", body=b"[]"),
    Row("no bytes of a text", 422, "POST", body=b"\xff\xfe"),
    Row("an unknown key", 422, "POST", body=job(uid=0)),
    Row("a command that is a text", 422, "POST", body=job(handler={"type": "command", "argv": "rm -rf /"})),
    Row("another kind of handler", 422, "POST", body=job(handler={"type": "python", "code": "1"})),
    Row("an id that leads elsewhere", 422, "POST", "/api/v1/cancel", body=b'{"target": {}}'),
    Row("a cancel without a target", 422, "POST", "/api/v1/cancel", body=b"{}"),
]
TOKENS = [
    Row("nothing", 401, headers=NO_TOKEN),
    Row("nothing, and a body", 401, "POST", headers=NO_TOKEN, body=A_JOB),
    Row("a wrong token", 401, headers={"Authorization": "Bearer x"}),
    Row("an empty token", 401, headers={"Authorization": "Bearer "}),
    Row("nearly the token", 401, headers={"Authorization": "Bearer TOKENx"}),
    Row("the token by another scheme", 401, headers={"Authorization": "Basic TOKEN"}),
    Row("the token alone", 401, headers={"Authorization": "TOKEN"}),
    Row("the token in the query", 401, path=f"{SHORT}?token=TOKEN", headers=NO_TOKEN),
    Row("the token as a cookie", 401, headers={**NO_TOKEN, "Cookie": "token=TOKEN"}),
    Row("the token in a header of its own", 401, headers={**NO_TOKEN, "X-Api-Key": "TOKEN"}),
    Row("bytes that are no text", 401, headers={"Authorization": "Bearer \xff\xfe"}),
    Row("nothing, for output", 401, path=LONG.format("run-1"), headers=NO_TOKEN),
    Row("nothing, for events", 401, path="/api/v1/events", headers=NO_TOKEN),
    Row("nothing, for figures", 401, path="/api/v1/metrics", headers=NO_TOKEN),
    Row("nothing, for the description", 401, path="/api/v1/openapi.json", headers=NO_TOKEN),
    Row("nothing, for a door", 401, "POST", "/api/v1/door", headers=NO_TOKEN),
    Row("nothing, for what is not there", 401, path="/api/v1/nothing", headers=NO_TOKEN),
    Row("nothing, by the page's other name", 401, path="//", headers=NO_TOKEN),
    Row(
        "a socket that stays open", 401, headers={**NO_TOKEN, "Connection": "Upgrade", "Upgrade": "websocket"}
    ),
    Row("a code that is none", 401, "POST", "/api/v1/session", NO_TOKEN, b'{"code": "x"}'),
    Row("a code that is no text", 422, "POST", "/api/v1/session", NO_TOKEN, b'{"code": {}}'),
    Row("a code and more", 422, "POST", "/api/v1/session", NO_TOKEN, b'{"code": "x", "admin": true}'),
    Row("a hello without a nonce", 422, "POST", "/api/v1/hello", NO_TOKEN, b"{}"),
    Row("a hello with a short nonce", 422, "POST", "/api/v1/hello", NO_TOKEN, b'{"nonce": "1"}'),
]
PATHS = [
    Row("an address with a host", 404, path="http://evil.example/api/v1/jobs"),
    Row("a way up, disguised", 404, path=LONG.format("..%2f..%2f..%2fetc%2fpasswd")),
    Row("a way up", 404, path=LONG.format("../../etc/passwd")),
    Row("a way up, disguised twice", 404, path=LONG.format("..%252f..%252fetc")),
    Row("a way up on Windows", 404, path=LONG.format("..%5c..%5cboot.ini")),
    Row("a zero byte", 404, path=LONG.format("a%00b")),
    Row("a line and a terminal's escape", 404, path="/api/v1/%0d%0aSet-Cookie:%20a=b%1b[31m"),
    Row("the parent of the page", 404, path="/../app.js"),
    Row("another file of the page", 404, path="/index.html"),
    Row("a directory", 404, path="/assets/"),
    Row("the endpoint file", 404, path="/endpoint.json"),
    Row("a job that leads elsewhere", 404, path="/api/v1/jobs/..%2f..%2fsettings"),
]
HEADS = [
    Row("a long header", 431, headers={"X-Long": "a" * 20_000}),
    Row("a very long header", 431, headers={"X-Long": "a" * 70_000}),
    Row("many headers", 431, headers={f"X-{number}": "1" for number in range(70)}),
    Row("a long address", 431, path="/" + "a" * 17_000),
    Row("a long query", 431, path="/?" + "a" * 17_000),
    Row("a header with a zero byte", 400, headers={"X-Zero": "a\0b"}),
    Row("a header with a space before its colon", 400, headers={"X-Space ": "a"}),
]
ROWS = [*HOSTS, *PAGES, *METHODS, *BODIES, *TOKENS, *PATHS, *HEADS]


def filled(tcp: Tcp, text: str) -> str:
    return text.replace("PORT", str(tcp.port)).replace("TOKEN", tcp.token)


def send(tcp: Tcp, row: Row) -> tuple[int, Mapping[str, str]]:
    usual: dict[str, str | None] = {
        "Host": f"127.0.0.1:{tcp.port}",
        "Authorization": f"Bearer {tcp.token}",
        "Content-Type": "application/json" if row.method == "POST" else None,
        "Content-Length": str(len(row.body)) if row.method == "POST" else None,
    }
    lines = [
        f"{name}: {filled(tcp, value)}"
        for name, value in (usual | dict(row.headers)).items()
        if value is not None
    ]
    head = "\r\n".join([f"{row.method} {filled(tcp, row.path)} HTTP/1.1", *lines])
    answer = tcp.raw(head.encode("latin-1") + b"\r\n\r\n" + row.body)
    return answer.status, answer.headers


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 60
    assert len({row.why for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.why)
def test_it_is_refused(tcp: Tcp, service: FakeService, row: Row) -> None:
    add(service, "backup")
    before = (dict(service.jobs), dict(service.runs), service.stop_asked.is_set())
    status, headers = send(tcp, row)
    assert status == row.status
    assert (service.jobs, service.runs, service.stop_asked.is_set()) == before
    for name, value in HARDENING:
        assert headers[name.decode()] == value.decode()
    assert not {"server", "set-cookie", "access-control-allow-origin"} & headers.keys()


@pytest.mark.parametrize(
    ("headers", "method", "path", "body"),
    [
        ({}, "GET", SHORT, b""),
        ({"Host": "localhost:PORT"}, "GET", SHORT, b""),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:PORT"}, "GET", SHORT, b""),
        ({"Sec-Fetch-Site": "none"}, "GET", SHORT, b""),
        ({"Authorization": "bearer TOKEN"}, "GET", SHORT, b""),
        ({"X-Long": "a" * 15_000}, "GET", SHORT, b""),
        ({}, "HEAD", SHORT, b""),
        ({}, "POST", SHORT, A_JOB),
        ({}, "POST", "/api/v1/jobs/backup/pause", b""),
        ({**NAVIGATION, **NO_TOKEN}, "GET", "/", b""),
        ({**NO_TOKEN}, "GET", "/", b""),
    ],
)
def test_what_is_fine_passes(
    tcp: Tcp, service: FakeService, headers: dict[str, str | None], method: str, path: str, body: bytes
) -> None:
    """The table above would also be kept by a door that is shut."""
    add(service, "backup")
    assert send(tcp, Row("fine", 200, method, path, headers, body))[0] in (200, 201)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("OPTIONS", SHORT, 405),
        ("TRACE", SHORT, 405),
        ("CONNECT", "a:1", 405),
        ("GET", "http://x/api/v1/jobs", 404),
    ],
)
def test_the_unix_socket_keeps_the_same_rules(ask: Asking, method: str, path: str, status: int) -> None:
    with ask.connect() as plain:
        answer = exchange(plain, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.status == status
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_unix_socket_is_reached_by_any_name(ask: Asking) -> None:
    """No page of a browser comes there."""
    foreign = {"Host": "evil.example", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert ask.bytes("GET", SHORT, None, foreign)[0] == 200


@pytest.mark.parametrize(
    "extra", [b"Host: evil.example\r\n", b"Authorization: Bearer x\r\n", b"Origin: null\r\n"]
)
def test_what_is_said_twice_is_refused(tcp: Tcp, extra: bytes) -> None:
    own = b"Host: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n" % (tcp.port, tcp.token.encode())
    origin = b"Origin: http://127.0.0.1:%d\r\n" % tcp.port
    answer = tcp.raw(b"GET /api/v1/jobs HTTP/1.1\r\n" + own + origin + extra + b"\r\n")
    assert answer.status in (400, 401, 403)


def test_the_first_version_of_http_needs_a_host_too(tcp: Tcp) -> None:
    assert (
        tcp.raw(b"GET /api/v1/jobs HTTP/1.0\r\nAuthorization: Bearer %s\r\n\r\n" % tcp.token.encode()).status
        == 400
    )


def test_a_large_body_in_pieces_is_refused(tcp: Tcp) -> None:
    head = (
        b"POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n" % tcp.port
    )
    head += b"Authorization: Bearer %s\r\nTransfer-Encoding: chunked\r\n\r\n" % tcp.token.encode()
    assert tcp.raw(head + (b"10000\r\n%s\r\n" % (b" " * 65536)) * 6 + b"0\r\n\r\n").status == 413


@pytest.mark.parametrize(
    "nonsense", [b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n"]
)
def test_what_is_no_http_is_refused(tcp: Tcp, nonsense: bytes) -> None:
    answer = tcp.raw(nonsense)
    assert answer.status == 400
    assert answer.json["error"]["code"] == "bad_request"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_second_request_cannot_be_hidden_in_the_first(tcp: Tcp, service: FakeService) -> None:
    """Whoever believes the length sees one request; whoever believes the pieces sees two."""
    add(service, "backup")
    hidden = b"POST /api/v1/stop HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % tcp.port
    head = (
        b"POST /api/v1/cancel HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n" % tcp.port
    )
    head += b"Authorization: Bearer %s\r\nTransfer-Encoding: chunked\r\nContent-Length: " % tcp.token.encode()
    with tcp.connect() as plain:
        body = b"0\r\n\r\n" + hidden
        assert exchange(plain, head + b"%d\r\n\r\n" % len(body) + body).status == 400
        assert plain.recv(65536) == b""
    assert not service.stop_asked.is_set()


def test_a_job_with_a_command_must_have_a_list(tcp: Tcp, service: FakeService) -> None:
    """The table's answer has the right reason."""
    bad = job(handler={**a_command(), "argv": "rm -rf /"})
    assert tcp.ask("POST", body=bad).json["error"]["code"] == "invalid_definition"
    assert service.jobs == {}
