"""What those who only watch may ask, over a real socket, of a real scheduler."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from api.asking import Asking
from api.living import START, Living
from builders import a_job, cron
from daybell.api import observing
from daybell.engine.health import Part
from daybell.engine.ports import AttemptResult
from daybell.engine.virtual_workers import Behaviour

FAILS = Behaviour(result=AttemptResult(outcome="failed", exit_code=3))
HOSTILE = 'Say "hi"\\\n# TYPE evil counter\nevil 1 <img src=x>'
JOBS = (a_job(name=HOSTILE), a_job(id="hourly", triggers=(cron("0 * * * *"),)))


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Living]:
    one = Living(tmp_path, *JOBS)
    yield one
    one.behaviour = Behaviour()
    one.stop()


@pytest.fixture
def ask(living: Living) -> Asking:
    return Asking(living.path)


def error(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body["error"]["message"]


def figures(ask: Asking) -> dict[tuple[str, ...], float]:
    status, content = ask.bytes("GET", "/api/v1/metrics", None, {})
    assert status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in parse(content.decode())
        for sample in family.samples
    }


def test_the_line_has_what_ran_and_what_will(living: Living, ask: Asking) -> None:
    living.run_to_end("backup")
    status, line = ask("GET", "/api/v1/timeline?from=2026-03-02T13:00&to=2026-03-02T16:00")
    assert status == 200
    assert (line["since"], line["until"]) == ("2026-03-02T13:00:00+01:00", "2026-03-02T16:00:00+01:00")
    assert line["now"] == "2026-03-02T13:00:01+01:00"
    (run,) = line["runs"]
    assert (run["job_id"], run["cause"], run["outcome"]) == ("backup", "manual", "succeeded")
    assert line["upcoming"] == [
        {"job_id": "hourly", "at": "2026-03-02T14:00:00+01:00"},
        {"job_id": "hourly", "at": "2026-03-02T15:00:00+01:00"},
    ]
    assert (line["gaps"], line["truncated"], line["cut"]) == ([], False, {})


def test_the_line_of_one_job(ask: Asking) -> None:
    path = "/api/v1/timeline?from=2026-03-02&to=2026-03-03&job="
    assert {one["job_id"] for one in ask("GET", path + "hourly")[1]["upcoming"]} == {"hourly"}
    assert ask("GET", path + "nobody")[0] == 404
    assert len(ask("GET", path)[1]["upcoming"]) == 10


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "expected `from` and `to`"),
        ("from=2026-03-02", "expected `from` and `to`"),
        ("from=x&to=2026-03-02", "from: expected a time such as"),
        ("from=2026-03-02&to=2026-03-02", "to: expected a time after that of from, 31 days later at most"),
        ("from=2026-03-02&to=2026-03-01", "to: expected a time after that of from"),
        ("from=2026-10-01&to=2026-11-01T00:00:01", "31 days later at most"),
        ("from=0001-01-01&to=9999-12-31", "expected a time"),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused(ask: Asking, query: str, message: str) -> None:
    status, said = error(ask("GET", f"/api/v1/timeline?{query}"))
    assert status == 422
    assert message in said


def test_a_whole_month_may_be_asked_for_even_when_the_clocks_go_back_in_it(ask: Asking) -> None:
    assert ask("GET", "/api/v1/timeline?from=2026-10-01&to=2026-11-01")[0] == 200


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-01", "1970-01-01", "2500-01-01"])
def test_any_month_of_all_times_may_be_asked_for(ask: Asking, since: str) -> None:
    until = since[:-2] + "28"
    assert ask("GET", f"/api/v1/timeline?from={since}&to={until}")[0] in {200, 422}


def test_all_is_well(ask: Asking) -> None:
    status, health = ask("GET", "/api/v1/health")
    assert (status, health["live"], health["ready"]) == (200, True, True)
    assert health["parts"]["engine"] == {"state": "ok", "message": ""}


def test_what_keeps_jobs_from_running_is_an_error(living: Living, ask: Asking) -> None:
    living.service.observation.health.add("disk", lambda: Part("failed", "it is full"))
    status, health = ask("GET", "/api/v1/health")
    assert (status, health["live"], health["ready"]) == (503, True, False)
    assert health["parts"]["disk"] == {"state": "failed", "message": "it is full"}


def test_a_part_that_does_not_answer_holds_up_nobody(
    living: Living, ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observing, "PATIENCE", 0.05)
    answers = Event()
    living.service.observation.health.add("disk", lambda: Part("ok" if answers.wait(10) else "failed"))
    status, health = ask("GET", "/api/v1/health")
    assert (status, health["live"]) == (503, False)
    assert health["parts"]["api"]["message"] == "not all parts have answered within 0.05 seconds"
    answers.set()


def test_figures_are_those_of_the_scheduler(living: Living, ask: Asking) -> None:
    living.run_to_end("backup")
    living.behaviour = FAILS
    living.run_to_end("backup")
    values = figures(ask)
    assert values["daybell_info", "0.1.0"] == 1
    assert values["daybell_jobs", "idle"] == 2
    assert values["daybell_job_info", "backup", HOSTILE] == 1
    assert values["daybell_job_runs_total", "backup", "succeeded", "manual"] == 1
    assert values["daybell_job_runs_total", "backup", "failed", "manual"] == 1
    assert values["daybell_job_run_duration_seconds_sum", "backup"] == 2
    assert values["daybell_job_consecutive_failures", "backup"] == 1
    assert values["daybell_job_last_success_timestamp_seconds", "backup"] == START.timestamp() + 1
    assert values["daybell_job_next_run_timestamp_seconds", "hourly"] == START.timestamp() + 3600
    assert values["process_start_time_seconds",] == START.timestamp()
    assert values["process_resident_memory_bytes",] > 1_000_000


def test_figures_come_as_prometheus_wants_them(ask: Asking) -> None:
    with ask.connect() as plain:
        plain.sendall(b"GET /api/v1/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head = plain.makefile("rb").read().partition(b"\r\n\r\n")[0].lower()
    assert b"content-type: text/plain; version=0.0.4; charset=utf-8" in head


def test_a_success_from_before_the_start_is_looked_up_once(living: Living, ask: Asking) -> None:
    """Figures begin with Daybell, and an alarm that waits for a success must not."""
    living.run_to_end("backup")
    living.behaviour = FAILS
    living.run_to_end("backup")
    living.service.observation.meter.__init__()  # type: ignore[misc]  # as after a restart
    for _ in range(2):
        values = figures(ask)
        assert values["daybell_job_last_success_timestamp_seconds", "backup"] == START.timestamp() + 1
        assert values["daybell_job_consecutive_failures", "backup"] == 1


def test_a_job_that_never_succeeded_has_no_such_figure(living: Living, ask: Asking) -> None:
    living.behaviour = FAILS
    living.run_to_end("backup")
    living.service.observation.meter.__init__()  # type: ignore[misc]  # as after a restart
    assert ("daybell_job_last_success_timestamp_seconds", "backup") not in figures(ask)


def test_a_run_under_way_is_one_in_progress(living: Living, ask: Asking) -> None:
    run_id = living.service.run_now("backup")
    living.rest()
    assert living.service.get_run(run_id).started is not None
    values = figures(ask)
    assert (values["daybell_runs_in_progress",], values["daybell_runs_waiting",]) == (1, 0)
    living.pass_time(timedelta(seconds=1))


@pytest.mark.parametrize("name", ["job", "settings", "run", "status"])
def test_schemas_are_those_that_are_shipped(ask: Asking, name: str) -> None:
    status, schema = ask("GET", f"/api/v1/schema/{name}.json")
    assert (status, schema["title"]) == (200, f"Daybell {name}")


@pytest.mark.parametrize("name", ["x", "..", "..\\job", "%2e%2e/job", "\0", "job.schema", ""])
def test_nothing_else_is_a_schema(ask: Asking, name: str) -> None:
    assert ask("GET", f"/api/v1/schema/{quote(name)}.json")[0] == 404
