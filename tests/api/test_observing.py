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
from daybell.core.clocks import Slept
from daybell.engine.health import Part
from daybell.engine.messages import ClockMoved
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


def test_the_last_runs_of_each_job_are_told(living: Living, ask: Asking) -> None:
    first, second = living.run_to_end("backup"), living.run_to_end("backup")
    status, answer = ask("GET", "/api/v1/recent")
    assert (status, answer["is_complete"], answer["jobs"]["hourly"]) == (200, True, [])
    assert [bar["run_id"] for bar in answer["jobs"]["backup"]] == [first, second]
    assert answer["jobs"]["backup"][0] == {
        "run_id": first,
        "outcome": "succeeded",
        "started": "2026-03-02T12:00:00Z",
        "due": None,
        "duration_ms": 1000,
        "cause": "manual",
    }
    (bars,) = ask("GET", "/api/v1/recent?n=1&job=backup")[1]["jobs"].values()
    assert [bar["run_id"] for bar in bars] == [second]
    assert error(ask("GET", "/api/v1/recent?job=gone")) == (404, "there is no job 'gone'")
    assert ask("GET", "/api/v1/recent?n=101")[0] == 422


def test_what_is_wrong_is_told_until_it_works_again(living: Living, ask: Asking) -> None:
    assert ask("GET", "/api/v1/incidents") == (200, {"incidents": []})
    living.behaviour = FAILS
    living.run_to_end("backup")
    run_id = living.run_to_end("backup")
    (incident,) = ask("GET", "/api/v1/incidents")[1]["incidents"]
    assert incident == {
        "job_id": "backup",
        "name": HOSTILE,
        "since": "2026-03-02T13:00:01+01:00",
        "count": 2,
        "error": "Exit code 3.",
        "run_id": run_id,
        "snoozed_until": None,
    }
    living.behaviour = Behaviour()
    living.run_to_end("backup")
    assert ask("GET", "/api/v1/incidents") == (200, {"incidents": []})


def test_the_line_says_when_nothing_could_start(living: Living, ask: Asking) -> None:
    living.clock.advance_to(START + timedelta(hours=3))
    living.mailbox.post(ClockMoved(Slept(timedelta(hours=3))))
    living.rest()
    line = ask("GET", "/api/v1/timeline?from=2026-03-02T13:30&to=2026-03-02T18:00")[1]
    assert line["absences"] == [
        {"since": "2026-03-02T13:30:00+01:00", "until": "2026-03-02T16:00:00+01:00", "kind": "asleep"}
    ]


def test_figures_say_at_which_hours_and_on_which_days(living: Living, ask: Asking) -> None:
    living.run_to_end("backup")
    living.behaviour = FAILS
    living.run_to_end("backup")
    whole = ask("GET", "/api/v1/stats?days=1")[1]
    assert whole["hours"] == [0] * 13 + [2] + [0] * 10
    assert whole["daily"] == [
        {"date": "2026-03-01", "succeeded": 0, "failed": 0, "other": 0},
        {"date": "2026-03-02", "succeeded": 1, "failed": 1, "other": 0},
    ]
    assert ask("GET", "/api/v1/jobs/backup/stats")[1]["hours"] == whole["hours"]
    assert ask("GET", "/api/v1/jobs/hourly/stats")[1]["hours"] == [0] * 24


def test_a_job_s_edits_are_told(living: Living, ask: Asking) -> None:
    (edit,) = ask("GET", "/api/v1/jobs/backup/edits")[1]["edits"]
    assert edit["since"] is None
    run_id = living.run_to_end("backup")
    (edit,) = ask("GET", "/api/v1/jobs/backup/edits")[1]["edits"]
    run = ask("GET", f"/api/v1/runs/{run_id}")[1]
    assert (edit["digest"], edit["definition"]) == (run["definition"], run["definition_snapshot"])
    assert edit["since"] == "2026-03-02T13:00:00+01:00"
    assert error(ask("GET", "/api/v1/jobs/gone/edits")) == (404, "there is no job 'gone'")


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
