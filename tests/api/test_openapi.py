"""The description of the API, and whether the API keeps to it, whatever it is asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from starlette.routing import Route

from api.asking import Asking
from api.from_schema import values
from api.living import Living
from builders import BERLIN
from daybell.api.openapi import PREFIX, described
from daybell.api.operations import OPERATIONS
from daybell.store.jobs import JobFolder

UNASKED = ("/api/v1/events", "/api/v1/stop", "/api/v1/door")
"""One has no end, one ends all, and one opens a port."""
NAMES = ("backup", "hourly")
HOSTILE = ("x", "..", "../../etc/passwd", "a\0b", "a/b", " ", "A", "a" * 300, "é", "%00", "<img src=x>")
JOB = b'{"handler": {"type": "command", "argv": ["true"]}}'


class Called(NamedTuple):
    """One request."""

    method: str
    template: str
    path: str
    body: bytes | None


class Described:
    """Nothing that hypothesis would print whole."""

    def __init__(self, document: Any, living: Living, jobs: Path) -> None:
        self.document = document
        self.run_ids = [run.run_id for run in living.service.history().runs]
        self._living = living
        self._jobs = jobs

    def put_back(self) -> None:
        """The jobs that are asked for, where somebody has just removed or broken them."""
        for name in NAMES:
            path = self._jobs / f"{name}.json"
            if not path.exists() or path.read_bytes() != JOB:
                path.write_bytes(JOB)
                self._living.service.reload()
        self._living.service.resume_all()


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """With real job files, since these are what is written."""
    directory = tmp_path_factory.mktemp("home")
    jobs = directory / "jobs"
    jobs.mkdir()
    for name in NAMES:
        (jobs / f"{name}.json").write_bytes(JOB)
    one = Living(directory, files=lambda clock: JobFolder(jobs, BERLIN, lambda _job, _file: [], clock))
    for _ in range(2):
        one.run_to_end("backup")
    yield one
    one.stop()


@pytest.fixture(scope="module")
def ask(living: Living) -> Asking:
    return Asking(living.path)


@pytest.fixture(scope="module")
def document(ask: Asking) -> Any:
    status, found = ask("GET", "/api/v1/openapi.json")
    assert status == 200
    return found


@pytest.fixture(scope="module")
def described_api(living: Living, document: Any) -> Described:
    return Described(document, living, living.path.with_name("jobs"))


@pytest.fixture(scope="module")
def routes(living: Living) -> list[Route]:
    app: Any = living.server._server.config.app
    return [route for route in app._app.routes if isinstance(route, Route)]


def test_every_route_is_described_and_nothing_else(document: Any, routes: list[Route]) -> None:
    there = {f"{method} {path}" for method, path, _ in described(routes)}
    told = {f"{method.upper()} {path}" for path, one in document["paths"].items() for method in one}
    assert told == there
    assert {f"{key.split()[0]} {PREFIX}{key.split()[1]}" for key in OPERATIONS} == there


def test_it_is_a_valid_description(document: Any) -> None:
    validate(document)


def test_it_is_made_once(ask: Asking, document: Any) -> None:
    assert ask("GET", "/api/v1/openapi.json") == (200, document)


def test_each_operation_has_a_summary_and_a_name_of_its_own(document: Any) -> None:
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert all(one["summary"].endswith(".") for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all("default" in one["responses"] for one in operations)


def test_nothing_in_it_is_for_ourselves_alone(document: Any) -> None:
    text = json.dumps(document)
    assert "$defs" not in text
    assert " (M4)" not in text


def test_a_token_is_needed_but_where_one_is_given(document: Any) -> None:
    assert document["security"] == [{"token": []}]
    is_open = {
        path for path, one in document["paths"].items() for each in one.values() if each.get("security") == []
    }
    assert is_open == {"/api/v1/hello", "/api/v1/session"}


def test_a_method_that_nothing_takes_is_refused_with_those_that_are_taken(ask: Asking) -> None:
    plain = ask.connect()
    with plain:
        plain.sendall(b"PUT /api/v1/jobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head = plain.makefile("rb").read().partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 405 ")
    assert b"\nallow: get, head, post" in head


def test_answers_are_as_described(living: Living, ask: Asking, document: Any) -> None:
    run_id = living.run_to_end("backup")
    for path in (
        *("/status", "/jobs", "/jobs/backup", "/runs", f"/runs/{run_id}", f"/runs/{run_id}/report.json"),
        *("/stats", "/jobs/backup/stats", "/jobs/backup/next", "/jobs/backup/why", "/settings", "/health"),
        *("/timeline?from=2026-03-02&to=2026-03-03", f"/runs/{run_id}/artifacts"),
    ):
        status, answer = ask("GET", PREFIX + path)
        assert status == 200, path
        template = path.partition("?")[0].replace(run_id, "{run_id}").replace("/backup", "/{job_id}")
        schema = document["paths"][PREFIX + template]["get"]["responses"]["200"]["content"][
            "application/json"
        ]
        as_schema(document, schema["schema"]).validate(answer)


def as_schema(document: Any, schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def a_call(data: st.DataObject, document: Any, run_ids: list[str]) -> Called:
    """A request that the description allows, more or less."""
    parts = document["components"]["schemas"]
    template = data.draw(st.sampled_from([path for path in document["paths"] if path not in UNASKED]))
    method = data.draw(st.sampled_from(sorted(document["paths"][template])))
    said = document["paths"][template][method]
    ids = {"job_id": NAMES, "run_id": run_ids, "name": ["job", "a.txt", "a/b.txt"]}
    path, query = template, dict[str, Any]()
    for one in said["parameters"]:
        name = one["name"]
        if one["in"] == "path":
            known = st.sampled_from(ids[name])
            value = data.draw(known | st.sampled_from(HOSTILE) if data.draw(st.booleans()) else known)
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        if one["in"] == "query" and name != "wait" and data.draw(st.booleans()):
            query[name] = data.draw(values(one["schema"], parts))
    body = a_body(data, said["requestBody"], parts) if "requestBody" in said else None
    asked = f"?{urlencode(query, doseq=True, errors='surrogatepass')}" if query else ""
    return Called(method.upper(), template, path + asked, body)


def a_body(data: st.DataObject, said: Any, parts: Any) -> bytes:
    if data.draw(st.integers(0, 9)) == 0:
        return data.draw(st.binary(max_size=20))
    schema = said["content"]["application/json"].get("schema", {})
    return json.dumps(data.draw(values(schema, parts))).encode()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_asked_the_answer_is_as_described(
    living: Living, ask: Asking, described_api: Described, data: st.DataObject
) -> None:
    """Never a mistake of ours (5xx), and each answer has the shape that the description gives it."""
    document = described_api.document
    called = a_call(data, document, described_api.run_ids)
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    status, content = ask.bytes(called.method, called.path, called.body, headers)
    assert status < 500, content
    responses = document["paths"][called.template][called.method.lower()]["responses"]
    said = responses.get(str(status), responses["default"]).get("content", {})
    if "application/json" in said and content:
        as_schema(document, said["application/json"]["schema"]).validate(json.loads(content))
    living.pass_time(living.second)
    described_api.put_back()
