import asyncio
import json

import pytest
from starlette.types import Message

from api.asking import Asking
from api.fake_service import FakeService, add, hourly
from daybell.api.client import ApiError, Client
from daybell.api.guard import MAX_BODY, MAX_READ, read_body

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
    head = b"POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
    with ask.connect() as plain:
        plain.sendall(head + b" " * (MAX_READ + 1))
        assert plain.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_half_a_wish_is_none() -> None:
    """Who hung up in the middle may have meant something else."""
    messages: list[Message] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": b"{}", "more_body": True},
    ]

    async def receive() -> Message:
        return messages.pop()

    assert asyncio.run(read_body(receive)) is None


def test_a_large_head_is_refused(ask: Asking) -> None:
    with ask.connect() as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000)
        assert plain.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_the_client_hears_that_its_body_was_too_large(client: Client) -> None:
    with pytest.raises(ApiError, match="256 KiB") as raised:
        client.post("/api/v1/jobs", {"id": "x" * MAX_BODY})
    assert (raised.value.code, raised.value.status) == ("too_large", 413)
