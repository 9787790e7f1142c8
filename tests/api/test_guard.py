import asyncio
import json
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.asking import Asking
from api.fake_service import NOON, FakeService, add, hourly
from api.tcp import Tcp
from daybell.api.bodies import MAX_UNREAD, read_body
from daybell.api.client import ApiError, Client
from daybell.api.doors import TcpDoor
from daybell.api.guard import Guard
from daybell.api.headers import HARDENING, MAX_BODY
from daybell.engine.memory import VirtualClock
from waiting import until

JSON = "application/json"


def code(answer: tuple[int, dict[str, dict[str, str]]]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_only_json_is_read(ask: Asking, service: FakeService, kind: str) -> None:
    body = json.dumps(hourly("backup")).encode()
    assert code(ask("POST", "/api/v1/jobs", body, content_type=kind)) == (415, "unsupported_type")
    assert not service.jobs


def test_a_body_needs_a_type(ask: Asking) -> None:
    assert code(ask("POST", "/api/v1/cancel", b"{}")) == (415, "unsupported_type")


@pytest.mark.parametrize("kind", [JSON, "Application/JSON; charset=utf-8"])
def test_json_may_name_its_encoding(ask: Asking, kind: str) -> None:
    assert ask("POST", "/api/v1/jobs", json.dumps(hourly("backup")).encode(), content_type=kind)[0] == 201


def test_no_body_needs_no_type(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    assert ask("POST", "/api/v1/jobs/backup/pause")[0] == 200


@pytest.mark.parametrize(("size", "answer"), [(MAX_BODY, 422), (MAX_BODY + 1, 413), (4 * MAX_BODY, 413)])
def test_a_large_body_is_refused(ask: Asking, size: int, answer: int) -> None:
    assert ask("POST", "/api/v1/jobs", b" " * size, content_type=JSON)[0] == answer


def test_a_large_body_in_pieces_is_refused(ask: Asking) -> None:
    piece = b"%x\r\n%s\r\n" % (65536, b" " * 65536)
    head = b"POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with ask.connect() as plain:
        plain.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n" + piece * 5 + b"0\r\n\r\n")
        assert plain.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_an_endless_body_is_not_read_to_its_end(ask: Asking) -> None:
    head = b"POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with ask.connect() as plain:
        plain.sendall(head + b"Content-Length: 1000000000\r\n\r\n" + b" " * (MAX_UNREAD + 1))
        assert plain.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_half_a_wish_is_none() -> None:
    """Who hung up in the middle may have meant something else."""
    messages: list[Message] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": b"{}", "more_body": True},
    ]

    async def receive() -> Message:
        return messages.pop()

    refused = asyncio.run(read_body(receive, 10))
    assert isinstance(refused, Response)
    assert refused.status_code == 400


def test_a_large_head_is_refused(ask: Asking) -> None:
    with ask.connect() as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000)
        assert plain.recv(4096).startswith(b"HTTP/1.1 431 ")


def test_the_client_hears_that_its_body_was_too_large(client: Client) -> None:
    with pytest.raises(ApiError, match="256 KiB") as raised:
        client.post("/api/v1/jobs", {"id": "x" * MAX_BODY})
    assert (raised.value.code, raised.value.status) == ("too_large", 413)


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.getMessage().startswith("refused")]


def test_a_refusal_is_one_line_whatever_was_asked(tcp: Tcp, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a line of its own in the log, nor an escape for the terminal that shows it."""
    path = "/api/v1/%0d%0a%7b%22level%22:%1b%5b31m%e2%80%ae"
    assert tcp.ask(path=path, Authorization=None).status == 401
    assert refusals(caplog) == [f"refused GET {path}: 401"]


def test_what_stands_behind_the_question_mark_is_not_logged(
    tcp: Tcp, caplog: pytest.LogCaptureFixture
) -> None:
    assert tcp.ask(path=f"/api/v1/jobs?token={tcp.token}", Authorization=None).status == 401
    assert refusals(caplog) == ["refused GET /api/v1/jobs: 401"]


def test_a_failure_is_logged_as_it_was_asked(
    tcp: Tcp, service: FakeService, caplog: pytest.LogCaptureFixture
) -> None:
    service.failure = RuntimeError("a mistake of ours")
    answer = tcp.ask(path=f"/api/v1/status?secret={tcp.token}")
    assert (answer.status, answer.json["error"]["code"]) == (500, "internal")
    until(lambda: "GET /api/v1/status failed" in caplog.messages)  # which may be after the answer
    assert tcp.token not in caplog.text


class Stand:
    """Asks a guard without any server."""

    def __init__(self, app: ASGIApp, path: Path) -> None:
        self.guard = Guard(app, TcpDoor(path / "endpoint.json", VirtualClock(NOON), is_lasting=False))
        self.sent: list[Message] = []

    def ask(self, **changes: object) -> int:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/v1/jobs",
            "raw_path": b"/api/v1/jobs",
            "query_string": b"",
            "headers": [],
            "server": ("/run/api.sock", None),
            **changes,
        }

        async def send(message: Message) -> None:
            self.sent.append(message)

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        asyncio.run(self.guard(scope, receive, send))
        return int(self.sent[0]["status"]) if self.sent else 0


async def passed(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"Cache-Control", b"private")]})
    await send({"type": "http.response.body", "body": b""})


async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError


def test_an_answer_may_say_one_of_our_headers_by_itself(tmp_path: Path) -> None:
    stand = Stand(passed, tmp_path)
    assert stand.ask() == 200
    headers = [name.lower() for name, _ in stand.sent[0]["headers"]]
    assert sorted(headers) == sorted(name for name, _ in HARDENING)


def test_what_fails_before_it_answers_is_answered_for(tmp_path: Path) -> None:
    stand = Stand(failing, tmp_path)
    assert stand.ask() == 500
    assert (b"x-frame-options", b"DENY") in stand.sent[0]["headers"]


def test_who_comes_from_nowhere_known_is_not_let_in(tmp_path: Path) -> None:
    """Only the unix socket needs no token, and a place without a name is not that."""
    assert Stand(passed, tmp_path).ask(server=None) == 400
    assert Stand(passed, tmp_path).ask(server=None, headers=[(b"host", b"127.0.0.1:0")]) == 401


def test_what_is_no_http_gets_no_answer(tmp_path: Path) -> None:
    assert Stand(passed, tmp_path).ask(type="websocket") == 0


def test_refusals_do_not_push_the_rest_out_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stand = Stand(passed, tmp_path)
    for _ in range(100):
        stand.ask(method="TRACE")
    assert len(refusals(caplog)) == 60
