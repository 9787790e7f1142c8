import uuid
from datetime import timedelta

import pytest

from builders import a_run, at
from daybell.core.pings import (
    LONGEST_BODY,
    Delivery,
    Ping,
    Trouble,
    after,
    in_words,
    pings_for,
    rid,
    told,
)
from daybell.model.events import AnyEvent, RunFinished, RunQueued, RunSkipped, RunStarted
from daybell.model.run import Outcome, ProcessIdentity

NOW = at("2026-03-02 12:00")
URL = "https://hc-ping.com/2f1d"
ID = a_run().run_id


def started(attempt: int = 1) -> RunStarted:
    return RunStarted(
        at=NOW, run_id=ID, job_id="backup", process=ProcessIdentity(7, 1.0, "b"), attempt=attempt
    )


def finished(outcome: Outcome, error: str | None = None) -> RunFinished:
    return RunFinished(at=NOW + timedelta(seconds=1), run=a_run(outcome=outcome, error=error))


def address(job_id: str) -> str | None:
    return {"backup": URL, "": "https://example.org/alive"}.get(job_id)


def pings(*events: AnyEvent) -> list[tuple[str, str | None]]:
    """What is asked for, and with which body."""
    return [(ping.url.removesuffix(f"?rid={rid(ID)}"), ping.body) for ping in pings_for(events, address)]


def test_a_run_pings_when_it_starts_and_when_it_succeeds() -> None:
    assert pings(started(), finished("succeeded")) == [(f"{URL}/start", None), (URL, None)]


def test_a_failure_is_told_with_the_last_line_of_the_error() -> None:
    assert pings(finished("failed", "Traceback\n  disk full\n")) == [(f"{URL}/fail", "disk full")]


@pytest.mark.parametrize(
    ("error", "body"), [(None, "timed out"), (" \n", "timed out"), ("too long", "too long")]
)
def test_a_run_that_took_too_long_has_failed(error: str | None, body: str) -> None:
    assert pings(finished("timed_out", error)) == [(f"{URL}/fail", body)]


@pytest.mark.parametrize("outcome", ["cancelled", "replaced", "interrupted"])
def test_what_somebody_ended_pings_nothing(outcome: Outcome) -> None:
    assert pings(finished(outcome)) == []


def test_what_never_ran_and_what_is_tried_again_ping_nothing() -> None:
    waiting = RunQueued(at=NOW, run=a_run(outcome=None), failures=1, last_outcome="failed")
    skipped = [RunSkipped(at=NOW, run=a_run(outcome=one)) for one in ("skipped", "missed")]
    assert pings(started(attempt=2), waiting, *skipped) == []


def test_a_job_without_an_address_pings_nothing() -> None:
    assert pings_for([RunFinished(at=NOW, run=a_run(job_id="other"))], address) == []


def test_all_pings_of_a_run_carry_one_uuid() -> None:
    urls = [ping.url for ping in pings_for([started(), finished("failed")], address)]
    assert [url.rpartition("?rid=")[2] for url in urls] == [rid(ID), rid(ID)]
    assert uuid.UUID(rid(ID)).version == 5
    assert rid(ID) != rid("another")


@pytest.mark.parametrize("error", ["x" * (LONGEST_BODY + 1), "é" * LONGEST_BODY, "a" + "é" * LONGEST_BODY])
def test_of_a_long_error_ten_kilobytes_are_sent(error: str) -> None:
    [(_, body)] = pings(finished("failed", error))
    assert body is not None
    assert LONGEST_BODY - 1 <= len(body.encode()) <= LONGEST_BODY
    assert error.startswith(body)


def test_half_a_character_does_not_keep_a_failure_from_being_told() -> None:
    assert pings(finished("failed", "x\ud800")) == [(f"{URL}/fail", "x?")]


FINE, SILENT, REFUSED = Delivery(), Delivery("timed out"), Delivery("404 Not Found", is_refusal=True)
A, B, C = (Ping(f"https://{host}/{job_id}", job_id) for host, job_id in (("h", "a"), ("h", "b"), ("i", "c")))


def troubles(*known: tuple[Ping, Delivery]) -> tuple[Trouble, ...]:
    found: tuple[Trouble, ...] = ()
    for ping, delivery in known:
        found = after(found, ping, delivery)
    return found


def hosts(job_id: str) -> str | None:
    return {"a": A.url, "b": B.url, "c": C.url, "": "https://h/alive"}.get(job_id)


def test_a_server_that_is_not_there_is_one_trouble_until_a_ping_of_anybody_gets_there() -> None:
    assert troubles((A, SILENT), (B, SILENT)) == (Trouble("h", "b", "timed out", is_refusal=False),)
    assert troubles((A, SILENT), (B, FINE)) == ()
    assert troubles((A, SILENT), (C, FINE)) == troubles((A, SILENT))


def test_a_server_that_refuses_is_a_trouble_of_the_job_until_its_own_ping_gets_there() -> None:
    assert len(troubles((A, REFUSED), (B, REFUSED))) == 2
    assert troubles((A, REFUSED), (B, FINE)) == troubles((A, REFUSED))
    assert troubles((A, REFUSED), (A, FINE)) == ()


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ((), ""),
        (((A, SILENT),), "pings to h fail: timed out"),
        (((A, REFUSED),), "pings of a to h fail: 404 Not Found"),
        (((Ping("https://h/alive"), REFUSED),), "pings to h fail: 404 Not Found"),
        (((A, REFUSED), (C, SILENT)), "pings to i fail: timed out (and 1 more)"),
    ],
)
def test_it_is_told_without_the_address(known: tuple[tuple[Ping, Delivery], ...], words: str) -> None:
    assert in_words(troubles(*known), hosts) == words


@pytest.mark.parametrize("now", [None, "https://elsewhere/a"])
def test_of_an_address_that_is_not_pinged_any_more_nothing_is_told(now: str | None) -> None:
    assert in_words(troubles((A, SILENT)), lambda _: now) == ""


def test_the_log_has_the_same_words() -> None:
    assert told(troubles((C, SILENT))[0]) == "pings to i fail: timed out"
