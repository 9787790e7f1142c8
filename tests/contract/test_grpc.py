"""What gRPC says and does is what REST says and does: the same service, asked twice."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from api.calling import Calling, switched_on
from api.living import Living
from builders import a_job, cron, every
from daybell.api.client import ApiError, Client
from daybell.api.grpc import answers, scheduler_pb2
from daybell.engine.memory import MemoryFiles
from daybell.engine.ports import AttemptResult
from daybell.engine.virtual_workers import Behaviour
from daybell.model.run import Outcome
from daybell.model.status import JobStatus, Problem
from waiting import until

BOOM = Behaviour(result=AttemptResult(outcome="failed", exit_code=3, error="boom"))
JOBS = (
    a_job(id="daily", name="Every day", triggers=(cron("30 2 * * *"), cron("@weekly", "UTC"))),
    a_job(id="fails", triggers=(every("1h"), cron("0 9 * * 1-5"))),
    a_job(id="invalid"),
    a_job(id="never"),
    a_job(id="paused", triggers=(every("5m"),)),
    a_job(id="runs"),
)
NUMBERS: Mapping[str, Mapping[str, int]] = {
    "GetSchedulerStatusRequest": {},
    "GetSchedulerStatusResponse": {"scheduler_running": 1, "jobs": 2},
    "JobStatusProto": {
        "job_name": 1,
        "cron_expr": 2,
        "last_run_ms": 3,
        "last_duration_ms": 4,
        "last_result": 5,
        "last_error": 6,
        "next_run_ms": 7,
        "run_count": 8,
        "error_count": 9,
        "is_running": 10,
        "is_paused": 11,
    },
    "PauseJobRequest": {"job_name": 1},
    "PauseJobResponse": {"success": 1, "error": 2},
    "ResumeJobRequest": {"job_name": 1},
    "ResumeJobResponse": {"success": 1, "error": 2},
}
"""What was agreed: programs that were made from it must go on working."""
WORDS = ["JOB_RESULT_UNSPECIFIED", "JOB_RESULT_SUCCESS", "JOB_RESULT_FAILED", "JOB_RESULT_SKIPPED"]
PROTO = (Path(answers.__file__).with_name("scheduler.proto")).read_text("utf-8")

Told = Mapping[str, Any]


def milliseconds(moment: str | None) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000) if moment else 0


def expressions(definition: Told | None) -> str:
    triggers = definition["triggers"] if definition else []
    return "; ".join(one["expression"] for one in triggers if one["type"] == "cron")


SAME: Mapping[str, Callable[[Told, Told | None], object]] = {
    "job_name": lambda status, _: status["id"],
    "cron_expr": lambda _, job: expressions(job),
    "last_run_ms": lambda status, _: milliseconds(status["last_run"]),
    "last_duration_ms": lambda status, _: status["last_duration_ms"] or 0,
    "last_result": lambda status, _: {None: 0, "succeeded": 1, "failed": 2, "skipped": 3}[
        status["last_outcome"]
    ],
    "last_error": lambda status, _: status["last_error"] or "",
    "next_run_ms": lambda status, _: milliseconds(status["next_run"]),
    "run_count": lambda status, _: status["run_count"],
    "error_count": lambda status, _: status["error_count"],
    "is_running": lambda status, _: status["is_running"],
    "is_paused": lambda status, _: status["is_paused"],
}
"""What each field must be, by the status and the definition that REST tells."""


class Rest:
    """What it answers, as JSON. ApiError."""

    def __init__(self, path: Path) -> None:
        self._client = Client(path)

    def get(self, path: str) -> Any:
        return self._client.get(path)

    def post(self, path: str) -> Any:
        return self._client.post(path)


@pytest.fixture
def files() -> MemoryFiles:
    """One of them never was valid."""
    files = MemoryFiles(JOBS)
    files.invalid["invalid"] = Problem("invalid.json", "handler", "missing")
    return files


@pytest.fixture
def living(tmp_path: Path, files: MemoryFiles) -> Iterator[Living]:
    one = Living(tmp_path, files=lambda _: files, settings=switched_on())
    yield one
    one.stop()


@pytest.fixture
def rest(living: Living) -> Rest:
    return Rest(living.path)


@pytest.fixture
def grpc(living: Living) -> Calling:
    return Calling(living.path.with_name("grpc.sock"))


def live(living: Living) -> None:
    """So that there is a job in each state."""
    living.run_to_end("daily")
    living.behaviour = BOOM
    living.run_to_end("fails")
    living.behaviour = Behaviour(takes=living.second * 100)
    living.service.pause_job("paused")
    run_id = living.service.run_now("runs")
    until(lambda: living.service.get_run(run_id).started is not None)
    living.pass_time(living.second * 90)


def test_each_field_of_the_status_is_what_rest_tells(living: Living, rest: Rest, grpc: Calling) -> None:
    live(living)
    whole = rest.get("/api/v1/status")
    told = grpc.status()
    assert told.scheduler_running == (whole["scheduler"]["state"] == "running")
    assert [one.job_name for one in told.jobs] == [one["id"] for one in whole["jobs"]]
    for one, status in zip(told.jobs, whole["jobs"], strict=True):
        job = rest.get(f"/api/v1/jobs/{one.job_name}")["job"]
        fields = {name: getattr(one, name) for name in NUMBERS["JobStatusProto"]}
        assert fields == {name: same(status, job) for name, same in SAME.items()}
        assert one.HasField("last_error") == (status["last_error"] is not None)
    # The stage was set: or the comparison would show little.
    assert {one.last_result for one in told.jobs} == {0, 1, 2}
    by_name = {one.job_name: one for one in told.jobs}
    assert by_name["daily"].cron_expr == "30 2 * * *; @weekly"
    assert by_name["fails"].last_error == "boom"
    assert by_name["runs"].is_running
    assert by_name["paused"].is_paused
    assert by_name["never"].next_run_ms == 0


def test_each_verb_does_what_rests_does(rest: Rest, grpc: Calling) -> None:
    done = grpc.pause("daily")
    assert (done.success, done.HasField("error")) == (True, False)
    by_grpc = rest.get("/api/v1/jobs/daily")["status"]
    assert grpc.resume("daily").success
    resumed = rest.get("/api/v1/jobs/daily")["status"]
    assert rest.post("/api/v1/jobs/daily/pause") == by_grpc
    assert by_grpc["is_paused"]
    assert rest.post("/api/v1/jobs/daily/resume") == resumed
    assert not resumed["is_paused"]


@pytest.mark.parametrize("job_name", ["gone", "", "Every day", "../daily"])
def test_an_unknown_job_is_told_in_the_answer_and_in_rests_words(
    rest: Rest, grpc: Calling, job_name: str
) -> None:
    for verb, answer in (("pause", grpc.pause(job_name)), ("resume", grpc.resume(job_name))):
        assert not answer.success
        assert answer.error == f"there is no job {job_name!r}"
        if re.fullmatch(r"\w+", job_name):
            with pytest.raises(ApiError) as refused:
                rest.post(f"/api/v1/jobs/{job_name}/{verb}")
            assert str(refused.value) == answer.error


def test_a_pause_of_all_does_not_stop_the_scheduler(rest: Rest, grpc: Calling) -> None:
    rest.post("/api/v1/pause")
    assert rest.get("/api/v1/status")["scheduler"]["state"] == "paused"
    assert grpc.status().scheduler_running


def test_the_fields_have_the_numbers_that_were_agreed() -> None:
    messages = scheduler_pb2.DESCRIPTOR.message_types_by_name
    assert {
        name: {field.name: field.number for field in message.fields} for name, message in messages.items()
    } == NUMBERS
    assert SAME.keys() == NUMBERS["JobStatusProto"].keys()
    assert list(scheduler_pb2.JobResultProto.keys()) == WORDS
    assert [scheduler_pb2.JobResultProto.Value(word) for word in WORDS] == [0, 1, 2, 3]


def test_what_was_generated_is_what_the_contract_says() -> None:
    said = {
        name: dict(re.findall(r"^  (?:\w+ )+(\w+) = (\d+);", body, re.MULTILINE))
        for name, body in re.findall(r"^message (\w+) \{(.*?)\}", PROTO, re.MULTILINE | re.DOTALL)
    }
    assert {
        name: {one: int(number) for one, number in fields.items()} for name, fields in said.items()
    } == NUMBERS, "run: make grpc"
    (service,) = scheduler_pb2.DESCRIPTOR.services_by_name.values()
    assert re.findall(r"rpc (\w+)", PROTO) == [method.name for method in service.methods]


@pytest.mark.parametrize(
    ("outcomes", "word"),
    [
        ([None], "JOB_RESULT_UNSPECIFIED"),
        (["succeeded"], "JOB_RESULT_SUCCESS"),
        (["failed", "timed_out", "cancelled", "replaced", "interrupted"], "JOB_RESULT_FAILED"),
        (["skipped", "missed"], "JOB_RESULT_SKIPPED"),
    ],
)
def test_each_outcome_has_a_word(outcomes: list[Outcome | None], word: str) -> None:
    told = {answers.as_job_status(status_after(outcome), None).last_result for outcome in outcomes}
    assert [scheduler_pb2.JobResultProto.Name(one) for one in told] == [word]


def test_no_outcome_is_without_one() -> None:
    assert set(answers.RESULT_OF) == {None, *get_args(Outcome)}


def status_after(outcome: Outcome | None) -> JobStatus:
    return JobStatus(id="backup", name="", state="idle", schedule="", last_outcome=outcome)
