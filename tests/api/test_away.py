"""What the API tells and does about what happened while nobody looked, and who paused what."""

from typing import Any

import pytest

from api.asking import Asking
from api.fake_service import FakeService, add
from cards import a_card, a_line
from daybell.api.client import Client
from daybell.api.shapes import CardRunShape, CardShape, FactsShape
from daybell.model.absence import Card, CardRun
from daybell.model.facts import Facts

JSON = "application/json"
SAFARI = "Mozilla/5.0 (Macintosh) Safari/605.1.15"


@pytest.fixture
def slept(service: FakeService) -> FakeService:
    service.away.kept = a_card(a_line("1", fate="late", state="waiting"), a_line("2"))
    return service


def test_nothing_is_told_where_nothing_happened(ask: Asking, service: FakeService) -> None:
    assert ask("GET", "/api/v1/away") == (200, {"away": None})
    for verb in ("run", "skip"):
        status, body = ask("POST", f"/api/v1/away/{verb}")
        assert (status, body["error"]["code"]) == (409, "conflict")
    assert ask("DELETE", "/api/v1/away") == (204, None)


def test_a_card_is_told_with_every_key(client: Client, slept: FakeService) -> None:
    answer: Any = client.get("/api/v1/away")
    card = answer["away"]
    assert list(card) == list(CardShape.__annotations__) == list(Card.__struct_fields__)
    assert all(list(one) == list(CardRunShape.__annotations__) for one in card["runs"])
    assert list(CardRun.__struct_fields__) == list(CardRunShape.__annotations__)
    assert [(one["job_id"], one["state"], one["can_skip"]) for one in card["runs"]] == [
        ("job-1", "waiting", True),
        ("job-2", "missed", False),
    ]


@pytest.mark.parametrize(
    ("body", "job_id", "run_ids"),
    [(None, None, ["1", "2"]), (b"{}", None, ["1", "2"]), (b'{"job": "job-2"}', "job-2", ["2"])],
)
@pytest.mark.parametrize("verb", ["run", "skip"])
def test_it_is_run_or_skipped_of_one_job_or_of_all(
    ask: Asking, slept: FakeService, verb: str, body: bytes | None, job_id: str | None, run_ids: list[str]
) -> None:
    answer = ask("POST", f"/api/v1/away/{verb}", body, content_type=JSON)
    assert answer == (202, {"run_ids": run_ids})
    assert slept.away.asked == [(verb, job_id)]


@pytest.mark.parametrize("body", [b"[]", b'{"job": 1}', b'{"jobs": "backup"}', b"{"])
def test_what_is_no_wish_is_refused(ask: Asking, slept: FakeService, body: bytes) -> None:
    status, answer = ask("POST", "/api/v1/away/run", body, content_type=JSON)
    assert (status, answer["error"]["code"]) == (422, "invalid_request")
    assert 'expected {"job": "backup"} or nothing' in answer["error"]["message"]
    assert slept.away.asked == []


def test_it_is_dealt_with(ask: Asking, slept: FakeService) -> None:
    assert ask("GET", "/api/v1/status")[1]["away"] is True
    assert ask("DELETE", "/api/v1/away") == (204, None)
    assert ask("GET", "/api/v1/away") == (200, {"away": None})
    assert ask("GET", "/api/v1/status")[1]["away"] is False


def test_the_status_tells_what_surrounds_the_machine_as_far_as_it_is_known(
    ask: Asking, service: FakeService
) -> None:
    service.machine, service.keeping_awake = Facts(on_mains=False, battery=43), ("backup",)
    status = ask("GET", "/api/v1/status")[1]
    known = {name: fact for name, fact in status["machine"].items() if fact is not None}
    assert known == {"on_mains": False, "battery": 43}
    assert status["scheduler"]["keeping_awake"] == ["backup"]
    assert list(FactsShape.__annotations__) == list(Facts.__struct_fields__)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("daybell", "the command line"),
        (SAFARI, "the browser"),
        ("curl/8.5.0", "the API"),
        ("", "the API"),
        (None, "the API"),
    ],
)
def test_a_pause_says_through_what_it_was_asked_for(
    ask: Asking, service: FakeService, agent: str | None, words: str
) -> None:
    add(service, "backup")
    headers = {} if agent is None else {"user_agent": agent}
    ask("POST", "/api/v1/jobs/backup/pause", None, **headers)
    ask("POST", "/api/v1/pause", None, **headers)
    assert service.paused_by == [words, words]


def test_our_own_client_is_the_command_line(client: Client, service: FakeService) -> None:
    client.post("/api/v1/pause")
    assert service.paused_by == ["the command line"]
