import json
import logging
import queue
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from api.asking import Asking
from api.fake_service import NOON, FakeService, a_command, add, hourly
from daybell.api import shapes
from daybell.api.client import ApiError, Client
from daybell.core.environment_view import EnvironmentView, Variable
from daybell.model.facts import Facts
from daybell.model.run import AttemptRecord, Run
from daybell.model.status import JobStatus, Problem, SchedulerStatus, Statistics, Status


def post(ask: Asking, path: str, value: object) -> tuple[int, Any]:
    return ask("POST", path, json.dumps(value).encode(), content_type="application/json")


def error(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    assert set(body["error"]) <= {"code", "message", "problems"}
    assert body["error"]["message"]
    return status, body["error"]["code"]


@pytest.mark.parametrize(
    ("shape", "struct"),
    [
        (shapes.JobStatusShape, JobStatus),
        (shapes.SchedulerShape, SchedulerStatus),
        (shapes.StatisticsShape, Statistics),
        (shapes.ProblemShape, Problem),
        (shapes.StatusShape, Status),
        (shapes.RunShape, Run),
        (shapes.VariableShape, Variable),
        (shapes.EnvironmentShape, EnvironmentView),
    ],
)
def test_shapes_name_the_fields_of_the_model(shape: type, struct: type[msgspec.Struct]) -> None:
    assert list(shape.__annotations__) == list(struct.__struct_fields__)


def test_status_says_everything_at_a_glance(client: Client, service: FakeService) -> None:
    add(service, "backup")
    service.problems = (Problem("bad.json", "handler", "expected one"),)
    assert client.get("/api/v1/status") == {
        "scheduler": {
            "state": "running",
            "started": "2026-11-20T12:00:00Z",
            "version": "0.1.0",
            "home": "/home/ann/jobs",
            "pid": 4242,
            "stats": {
                "since": "2026-11-20T12:00:00Z",
                "dispatched": 0,
                "started": 0,
                "skipped": {},
                "deferred": 0,
                "retried": 0,
                "completed": 0,
                "failed": 0,
                "errors": 0,
                "last_pass": None,
                "next_due": None,
            },
            "keeping_awake": [],
            "not_awake": "",
        },
        "jobs": [
            {
                "id": "backup",
                "name": "backup",
                "state": "idle",
                "schedule": "every hour",
                "next_run": "2026-11-20T13:00:00Z",
                "last_run": None,
                "last_outcome": None,
                "last_error": None,
                "last_duration_ms": None,
                "run_count": 0,
                "error_count": 0,
                "is_running": False,
                "waiting_for": None,
                "waiting_until": None,
                "is_paused": False,
                "paused_until": None,
                "pause_reason": None,
                "snoozed_until": None,
                "tags": [],
                "expression": "every 1h",
                "is_enabled": True,
            }
        ],
        "problems": [{"file": "bad.json", "field": "handler", "message": "expected one"}],
        "machine": dict.fromkeys(Facts.__struct_fields__),
        "away": False,
    }


def test_jobs_are_listed(client: Client, service: FakeService) -> None:
    add(service, "one", "two")
    jobs = client.get("/api/v1/jobs")
    assert isinstance(jobs, list)
    assert [job["id"] for job in jobs if isinstance(job, dict)] == ["one", "two"]


def test_a_job_is_added_and_its_file_is_readable(ask: Asking, service: FakeService) -> None:
    status, body = post(ask, "/api/v1/jobs", hourly("backup", timeout="1h30m"))
    assert (status, body["id"]) == (201, "backup")
    (written,) = service.written
    assert b'\n  "timeout": "1h30m"' in written
    assert written.endswith(b"}\n")
    assert b'"id"' not in written


def test_a_job_comes_back_as_it_was_defined(ask: Asking, client: Client) -> None:
    post(ask, "/api/v1/jobs", hourly("backup", timeout="1h30m", name="Back up"))
    answer = client.get("/api/v1/jobs/backup")
    assert isinstance(answer, dict)
    job, status = answer["job"], answer["status"]
    assert isinstance(job, dict)
    assert isinstance(status, dict)
    assert (job["id"], job["name"], job["timeout"]) == ("backup", "Back up", "1h30m")
    assert job["triggers"] == [{"type": "interval", "every": "1h", "anchor": None}]
    assert (status["id"], status["state"]) == ("backup", "idle")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"{}", "id"),
        (b'{"id": 5}', "id"),
        (b'{"id": null}', "id"),
        (json.dumps({"id": "x", "handler": {"type": "command", "argv": "one"}}).encode(), "handler"),
    ],
)
def test_an_invalid_job_is_refused_with_its_problems(ask: Asking, body: bytes, field: str) -> None:
    status, answer = ask("POST", "/api/v1/jobs", body, content_type="application/json")
    assert (status, answer["error"]["code"]) == (422, "invalid_definition")
    assert [problem["field"] for problem in answer["error"]["problems"]] == [field]


def test_a_taken_id_is_a_conflict(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    assert error(post(ask, "/api/v1/jobs", hourly("backup"))) == (409, "conflict")


def test_a_job_is_removed(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    assert ask("DELETE", "/api/v1/jobs/backup") == (204, None)
    assert not service.jobs


def test_a_job_runs_now(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    assert ask("POST", "/api/v1/jobs/backup/run") == (202, {"run_id": "run-1"})
    assert error(ask("POST", "/api/v1/jobs/backup/run")) == (409, "conflict")


def test_a_job_is_paused_and_resumed(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    status, body = ask("POST", "/api/v1/jobs/backup/pause")
    assert (status, body["is_paused"]) == (200, True)
    status, body = ask("POST", "/api/v1/jobs/backup/resume")
    assert (status, body["is_paused"]) == (200, False)


def test_all_jobs_are_paused_and_resumed(ask: Asking) -> None:
    assert ask("POST", "/api/v1/pause") == (200, {})
    assert ask("GET", "/api/v1/status")[1]["scheduler"]["state"] == "paused"
    assert ask("POST", "/api/v1/resume") == (200, {})
    assert ask("GET", "/api/v1/status")[1]["scheduler"]["state"] == "running"


def test_next_instants_are_told(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    runs = ["2026-11-20T13:00:00Z", "2026-11-20T14:00:00Z"]
    assert ask("GET", "/api/v1/jobs/backup/next?n=2") == (200, {"job_id": "backup", "runs": runs})
    status, body = ask("GET", "/api/v1/jobs/backup/next")
    assert (status, len(body["runs"])) == (200, 5)


def listed(answer: tuple[int, Any]) -> list[str]:
    status, page = answer
    assert status == 200
    return [run["run_id"] for run in page["runs"]]


@pytest.fixture
def past(service: FakeService) -> FakeService:
    """Three runs that have ended: the oldest failed, the newest was skipped."""
    add(service, "one", "two")
    for job_id in ("one", "two"):
        service.run_now(job_id)
        service.now += timedelta(hours=1)
    service.finish("run-1", "failed", exit_code=3, error="disk full")
    service.finish("run-2", "succeeded")
    service.output("run-2", b"Done at last")
    service.runs["run-3"] = Run(
        run_id="run-3",
        job_id="two",
        cause="schedule",
        due=service.now,
        finished=service.now,
        outcome="skipped",
    )
    return service


def test_runs_are_listed_newest_first(ask: Asking, past: FakeService) -> None:
    assert listed(ask("GET", "/api/v1/runs")) == ["run-3", "run-2", "run-1"]
    assert ask("GET", "/api/v1/runs")[1]["next"] is None
    (run,) = ask("GET", "/api/v1/runs?job=one")[1]["runs"]
    assert (run["outcome"], run["exit_code"], run["error"]) == ("failed", 3, "disk full")


def test_runs_come_in_pages(ask: Asking, past: FakeService) -> None:
    answer = ask("GET", "/api/v1/runs?limit=1")
    seen = listed(answer)
    while cursor := answer[1]["next"]:
        answer = ask("GET", f"/api/v1/runs?limit=1&cursor={cursor}")
        seen += listed(answer)
    assert seen == ["run-3", "run-2", "run-1"]


def test_runs_that_have_not_ended_stand_before_the_first_page(ask: Asking, past: FakeService) -> None:
    past.run_now("one")
    status, page = ask("GET", "/api/v1/runs?limit=1")
    assert listed((status, page)) == ["run-4", "run-3"]
    assert listed(ask("GET", f"/api/v1/runs?limit=1&cursor={page['next']}")) == ["run-2"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("outcome=failed", ["run-1"]),
        ("outcome=failed&outcome=skipped", ["run-3", "run-1"]),
        ("cause=manual", ["run-2", "run-1"]),
        ("cause=manual&outcome=skipped", []),
        ("cause=manual&cause=schedule&job=two", ["run-3", "run-2"]),
        ("since=2026-11-20T13:00:00%2B00:00", ["run-3", "run-2"]),
        ("since=2026-11-20T14:00", ["run-3", "run-2"]),  # on the wall of the default zone, Berlin
        ("until=2026-11-20T14:00", ["run-1"]),
        ("since=2026-11-20&until=2026-11-21", ["run-3", "run-2", "run-1"]),
        ("since=2026-11-21", []),
        ("text=Done", ["run-2"]),
        ("job=&text=", ["run-3", "run-2", "run-1"]),
    ],
)
def test_runs_are_chosen(ask: Asking, past: FakeService, query: str, expected: list[str]) -> None:
    assert listed(ask("GET", f"/api/v1/runs?{query}")) == expected


OUTCOMES = "succeeded, failed, timed_out, cancelled, replaced, interrupted, skipped or missed"
NAMES = "job, outcome, cause, since, until, text, limit or cursor"
TIMES = "2026-11-01, 2026-11-01T14:30 or 2026-11-01T14:30:00+01:00"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("outcome=fail", f"outcome: expected {OUTCOMES}, found 'fail'; did you mean 'failed'?"),
        ("outcome=failed&outcome=", f"outcome: expected {OUTCOMES}, found ''"),
        ("cause=hand", "cause: expected schedule, manual, catch_up, event or dependency, found 'hand'"),
        ("since=7d", f"since: expected a time such as {TIMES}, found '7d'"),
        ("until=2026-13-01", f"until: expected a time such as {TIMES}, found '2026-13-01'"),
        ("until=0001-01-01", f"until: expected a time such as {TIMES}, found '0001-01-01'"),
        ("since=2026-11-02&until=2026-11-01", "until: expected a time after that of since"),
        ("cursor=2026-11", "cursor: expected `next` of an earlier answer, found '2026-11'"),
        ("cursor=" + "9" * 100, f"cursor: expected `next` of an earlier answer, found '{'9' * 40}'"),
        ("limit=0", "limit: expected a whole number from 1 to 1000, found '0'"),
        ("outcom=failed", f"outcom: expected {NAMES}; did you mean 'outcome'?"),
    ],
)
def test_what_nobody_understands_is_refused_by_name(ask: Asking, query: str, message: str) -> None:
    status, answer = ask("GET", f"/api/v1/runs?{query}")
    assert (status, answer["error"]["code"], answer["error"]["message"]) == (422, "invalid_request", message)


def test_one_run_is_told(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    service.run_now("backup")
    status, run = ask("GET", "/api/v1/runs/run-1")
    assert (status, run["run_id"], run["outcome"]) == (200, "run-1", None)
    assert run["started"] == NOON.isoformat().replace("+00:00", "Z")


def test_a_run_is_told_with_every_key_and_with_what_its_job_was(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    service.run_now("backup")
    service.definitions["run-1"] = {"handler": a_command(), "timeout": "5m"}
    keys = list(shapes.RunShape.__annotations__)
    for path in ("/api/v1/runs/run-1", "/api/v1/runs/run-1?wait=0.01"):
        _, run = ask("GET", path)
        assert list(run) == [*keys, "definition_snapshot"]
        assert run["definition_snapshot"] == service.definitions["run-1"]
        assert (run["earlier"], run["cpu_seconds"], run["output_dropped"], run["count"]) == ([], None, 0, 1)
    _, page = ask("GET", "/api/v1/runs")
    assert [list(run) for run in page["runs"]] == [keys]
    service.definitions.clear()
    assert ask("GET", "/api/v1/runs/run-1")[1]["definition_snapshot"] is None


def test_attempts_before_the_last_one_are_told_as_they_were(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    service.run_now("backup")
    first = AttemptRecord(started=NOON, finished=NOON, outcome="failed", exit_code=3, error="disk full")
    service.finish("run-1", "succeeded", attempts=2, earlier=(first,))
    noon = "2026-11-20T12:00:00Z"
    _, run = ask("GET", "/api/v1/runs/run-1")
    told = {"started": noon, "finished": noon, "outcome": "failed", "exit_code": 3, "error": "disk full"}
    assert run["earlier"] == [told]
    assert list(told) == list(shapes.AttemptShape.__annotations__)


def test_a_report_is_for_programs_or_for_people(client: Client, service: FakeService) -> None:
    add(service, "backup")
    service.run_now("backup")
    service.definitions["run-1"] = {"handler": {**a_command(), "env": {"TOKEN": "s3cret"}}}
    service.finish("run-1", "failed", exit_code=3, error="disk | full")
    left = service.logs / "artifacts" / "backup" / "run-1"
    left.mkdir(parents=True, exist_ok=True)
    (left / "table.csv").write_bytes(b"a,b\n")
    report: Any = client.get("/api/v1/runs/run-1/report.json")
    assert list(report) == ["run", "attempts", "definition", "artifacts"]
    assert list(report["run"]) == list(shapes.RunShape.__annotations__)
    assert [one["error"] for one in report["attempts"]] == ["disk | full"]
    page = b"".join(client.chunks("/api/v1/runs/run-1/report.md")).decode()
    assert page.startswith("# backup: failed\n")
    assert "| error | disk \\| full |\n" in page
    assert "s3cret" not in page + str(report)
    assert "| table.csv | 4 bytes |\n" in page
    assert report["artifacts"] == [{"name": "table.csv", "bytes": 4}]


@pytest.mark.parametrize("name", ["report.md", "report.json"])
def test_no_run_has_no_report(ask: Asking, name: str) -> None:
    assert error(ask("GET", f"/api/v1/runs/gone/{name}")) == (404, "run_not_found")


def test_runs_are_cancelled(ask: Asking, service: FakeService) -> None:
    add(service, "backup")
    service.run_now("backup")
    assert post(ask, "/api/v1/cancel", {"target": "backup"}) == (200, {"run_ids": ["run-1"]})
    assert service.runs["run-1"].outcome == "cancelled"
    assert error(post(ask, "/api/v1/cancel", {"target": "run-1"})) == (409, "conflict")
    assert error(post(ask, "/api/v1/cancel", {"target": "nothing"})) == (404, "run_not_found")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"target": 1}', b'{"target": "a", "force": true}', b"{"]
)
def test_a_cancel_request_names_its_target(ask: Asking, body: bytes) -> None:
    answer = ask("POST", "/api/v1/cancel", body, content_type="application/json")
    assert error(answer) == (422, "invalid_request")


def test_the_app_is_asked_to_stop(ask: Asking, service: FakeService) -> None:
    assert ask("POST", "/api/v1/stop") == (202, {})
    assert service.stop_asked.is_set()


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/v1/jobs/gone", "job_not_found"),
        ("DELETE", "/api/v1/jobs/gone", "job_not_found"),
        ("POST", "/api/v1/jobs/gone/run", "job_not_found"),
        ("POST", "/api/v1/jobs/gone/pause", "job_not_found"),
        ("POST", "/api/v1/jobs/gone/resume", "job_not_found"),
        ("GET", "/api/v1/jobs/gone/next", "job_not_found"),
        ("GET", "/api/v1/runs?job=gone", "job_not_found"),
        ("GET", "/api/v1/runs/gone", "run_not_found"),
        ("GET", "/api/v1/runs/gone?wait=5", "run_not_found"),
        ("GET", "/api/v1/runs/gone/log", "run_not_found"),
        ("GET", "/index.html", "not_found"),
        ("GET", "/api/v1", "not_found"),
        ("GET", "/api/v1/jobs/", "not_found"),
        ("GET", "/api/v1/tasks", "not_found"),
        ("POST", "/api/v1/jobs/gone/explode", "not_found"),
        ("GET", "/api/v1/runs/..%2f..%2fetc%2fpasswd/log", "not_found"),
        ("GET", "/api/v1/runs/%2e%2e/log", "run_not_found"),
        ("GET", "/api/v1/runs/a%00b/log", "run_not_found"),
    ],
)
def test_what_is_not_there_is_404(ask: Asking, method: str, path: str, code: str) -> None:
    assert error(ask(method, path)) == (404, code)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/status"),
        ("PUT", "/api/v1/jobs"),
        ("DELETE", "/api/v1/jobs"),
        ("POST", "/api/v1/jobs/backup"),
        ("GET", "/api/v1/jobs/backup/run"),
        ("GET", "/api/v1/jobs/backup/pause"),
        ("GET", "/api/v1/pause"),
        ("GET", "/api/v1/stop"),
        ("GET", "/api/v1/cancel"),
        ("DELETE", "/api/v1/runs/run-1"),
        ("TRACE", "/api/v1/jobs"),
        ("OPTIONS", "/api/v1/jobs"),
    ],
)
def test_a_wrong_method_is_405(ask: Asking, method: str, path: str) -> None:
    assert error(ask(method, path)) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/runs?limit=0",
        "/api/v1/runs?limit=1001",
        "/api/v1/runs?limit=many",
        "/api/v1/runs?limit=-1",
        "/api/v1/runs?limit=" + "9" * 5000,
        "/api/v1/jobs/backup/next?n=0",
        "/api/v1/jobs/backup/next?n=101",
        "/api/v1/runs/run-1?wait=61",
        "/api/v1/runs/run-1?wait=nan",
        "/api/v1/runs/run-1?wait=-1",
        "/api/v1/runs/run-1?wait=x",
        "/api/v1/runs/run-1/log?offset=-1",
        "/api/v1/runs/run-1/log?offset=1.5",
    ],
)
def test_a_bad_number_is_422(ask: Asking, path: str) -> None:
    assert error(ask("GET", path)) == (422, "invalid_request")


class Listener(logging.Handler):
    """The log is written after the answer has gone out, so it is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.put(self.format(record))


@pytest.fixture
def logged() -> Iterator[Listener]:
    listener = Listener()
    logger = logging.getLogger("daybell.api.guard")
    logger.addHandler(listener)
    yield listener
    logger.removeHandler(listener)


def test_no_error_of_ours_reaches_whoever_asked(ask: Asking, service: FakeService, logged: Listener) -> None:
    service.failure = RuntimeError("the password is 1234")
    status, body = ask("GET", "/api/v1/status")
    assert (status, body["error"]["code"]) == (500, "internal")
    assert "1234" not in json.dumps(body)
    line = logged.lines.get(timeout=10)
    assert line.startswith("GET /api/v1/status failed")
    assert "the password is 1234" in line
    service.failure = None
    assert ask("GET", "/api/v1/status")[0] == 200


def test_a_slow_scheduler_is_busy(ask: Asking, service: FakeService) -> None:
    service.failure = TimeoutError()
    assert error(ask("GET", "/api/v1/status")) == (503, "busy")


class TestOutput:
    @pytest.fixture
    def log(self, service: FakeService) -> Callable[[bytes], None]:
        add(service, "backup")
        service.run_now("backup")
        return lambda content: service.output("run-1", content)

    def test_bytes_come_as_they_are(self, client: Client, log: Callable[[bytes], None]) -> None:
        content = b"\x1b[31mred\x1b[0m\r\n\xff\x00" * 50_000
        log(content)
        assert b"".join(client.chunks("/api/v1/runs/run-1/log")) == content

    @pytest.mark.parametrize(("offset", "rest"), [(0, b"abc"), (2, b"c"), (3, b""), (99, b"")])
    def test_it_begins_at_the_offset(
        self, client: Client, log: Callable[[bytes], None], offset: int, rest: bytes
    ) -> None:
        log(b"abc")
        assert b"".join(client.chunks("/api/v1/runs/run-1/log", {"offset": offset})) == rest

    def test_it_is_plain_text(self, ask: Asking, log: Callable[[bytes], None]) -> None:
        log(b"abc")
        with ask.connect() as plain:
            plain.sendall(b"GET /api/v1/runs/run-1/log HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: plain.recv(4096), b""))
        assert b"content-type: text/plain; charset=utf-8" in answer.lower()
        assert b"\r\nserver:" not in answer.lower()

    def test_a_deleted_file_is_404(self, client: Client, log: Callable[[bytes], None]) -> None:
        with pytest.raises(ApiError, match="the output of run run-1 is gone") as raised:
            list(client.chunks("/api/v1/runs/run-1/log"))
        assert raised.value.status == 404


def test_commands_are_shown_as_lists_of_words(ask: Asking, service: FakeService) -> None:
    post(ask, "/api/v1/jobs", {"id": "two-words", "handler": a_command("echo", "a b")})
    assert ask("GET", "/api/v1/jobs/two-words")[1]["job"]["handler"]["argv"] == ["echo", "a b"]
