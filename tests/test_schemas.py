"""The published schemas: made of the model, and of one mind with the loader."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from builders import a_run, at, no_statistics
from core.job_documents import COMMAND, WORDS, almost_jobs, documents, dumped, jobs
from daybell.core import shapes
from daybell.core.definitions import EXAMPLES
from daybell.core.samples import samples
from daybell.model.errors import InvalidDefinition
from daybell.model.job import Job
from daybell.model.run import Run
from daybell.model.settings import Settings
from daybell.model.status import JobStatus, Problem, SchedulerStatus, Status
from daybell.store.assets import asset
from write_schemas import SCHEMAS, schemas

DOCS = Path(__file__).parents[1] / "docs"
NO_CHECKS = shapes.Rules({}, {**EXAMPLES, "from": "", "to": ""})
Document = Mapping[str, object]


def as_ecmascript(_: object, pattern: str, text: object, __: object) -> Iterator[ValidationError]:
    """There, `$` is the end and nothing else."""
    if isinstance(text, str) and re.search(pattern.replace("$", r"\Z"), text) is None:
        yield ValidationError(f"{text!r} does not match {pattern!r}")


def is_integer(_: object, value: object) -> bool:
    """Not 1.0, which JSON Schema takes for one: our loader tells what to write instead."""
    return isinstance(value, int) and not isinstance(value, bool)


Strict = extend(
    Draft202012Validator,
    {"pattern": as_ecmascript},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer),
)


def validator(name: str) -> Any:
    return Strict(json.loads(asset("schemas", f"{name}.schema.json").read_bytes()))


JOB, SETTINGS, RUN, STATUS = map(validator, ("job", "settings", "run", "status"))


def is_shaped(document: Document, kind: type[Job | Settings], **given: object) -> bool:
    """Whether the loader can make a value of it, whatever it thinks of that value."""
    try:
        shapes.read("a.json", document, kind, NO_CHECKS, **given)
    except InvalidDefinition:
        return False
    return True


def test_what_is_shipped_is_what_the_model_says() -> None:
    assert {path.name: path.read_bytes() for path in SCHEMAS.iterdir()} == schemas(), "run: make schemas"


@pytest.mark.parametrize("path", sorted(SCHEMAS.iterdir()), ids=lambda path: path.name)
def test_each_is_a_schema_that_claims_no_host(path: Path) -> None:
    schema = json.loads(path.read_bytes())
    Draft202012Validator.check_schema(schema)
    name = path.name.partition(".")[0]
    assert re.fullmatch(rf"urn:daybell:schema:{name}:\d+\.\d+\.\d+", schema["$id"])


def test_what_is_said_of_a_key_is_for_people() -> None:
    said = b"".join(schemas().values()).decode()
    assert "The longest one attempt may take." in said
    assert re.findall(r"None|\([A-Z]\d+\)", said) == []


@pytest.mark.parametrize("path", sorted((DOCS / "examples").iterdir()), ids=lambda path: path.name)
def test_the_examples_keep_to_it(path: Path) -> None:
    JOB.validate(json.loads(path.read_bytes()))


def test_what_the_guide_shows_keeps_to_it() -> None:
    for snippet in re.findall(r"```json\n(.*?)```", (DOCS / "guide.md").read_text("utf-8"), re.DOTALL):
        shown = json.loads(snippet)
        if "scheduler" in shown:
            SETTINGS.validate(shown)
        else:
            JOB.validate({"handler": COMMAND} | shown)


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_the_samples_keep_to_it(platform: str) -> None:
    for content in samples(platform).values():
        JOB.validate(json.loads(content))


@given(jobs)
def test_whatever_the_loader_takes_the_schema_takes(job: Job) -> None:
    JOB.validate({"$schema": "../schemas/job.schema.json", **dumped(job)})


@given(almost_jobs() | st.dictionaries(st.sampled_from(WORDS), documents))
@example({"handler": COMMAND, "schema": True})
@example({"handler": COMMAND, "schema": 0})
@example({"handler": COMMAND, "enabled": 1})
@example({"handler": COMMAND, "timeout": None})
@example({"handler": COMMAND, "timeout": " 1H 30 m\n"})
@example({"handler": COMMAND, "timeout": "5m s"})
@example({"handler": COMMAND, "timeout": "\u0665m"})
@example({"handler": COMMAND, "limits": {"memory": "1.5 gib"}})
@example({"handler": COMMAND, "limits": {"memory": "1.5 gi"}})
@example({"handler": COMMAND, "start": "2026-12-24T18:00\n"})
@example({"handler": COMMAND, "start": "1969-12-24T18:00"})
@example({"handler": COMMAND, "start": "2026-12-24 18:00:59.123456789+0130"})
@example({"handler": COMMAND, "start": "2026-12-24"})
@example({"handler": COMMAND, "notify": None})
@example({"handler": COMMAND, "retry": {"multiplier": 2}})
@example({"handler": {**COMMAND, "env": {"A": 1}}})
@example({"handler": {**COMMAND, "type": ["command"]}})
@example({"handler": COMMAND, "triggers": [{"type": "startup", "x": 1}]})
@example({"handler": COMMAND, "triggers": [{"expression": "@daily"}]})
@example({"handler": COMMAND, "id": "backup"})
def test_of_the_shape_of_a_job_both_think_the_same(document: Document) -> None:
    assume("36501d" not in json.dumps(document))  # no pattern knows how long a hundred years are
    document = {key: item for key, item in document.items() if key != "$schema"}
    assert JOB.is_valid(document) == is_shaped(document, Job, id="backup")


values = st.none() | st.booleans() | st.integers() | st.sampled_from(["5m", "22:00", "24:00", "UTC", "x"])
KEYS = [
    "schema",
    "scheduler",
    "notices",
    "enabled",
    "groups",
    "shutdown_timeout",
    "quiet_hours",
    "from",
    "to",
]
keys = st.sampled_from([*KEYS, "reminder", "max_concurrent_runs", "x"])


@given(
    st.recursive(values, lambda inner: st.dictionaries(keys, inner, max_size=4), max_leaves=9).filter(
        lambda document: isinstance(document, dict)
    )
)
@example({"schema": 1, "notices": {"quiet_hours": {"from": "22:00", "to": "07:30"}, "reminder": None}})
@example({"notices": {"quiet_hours": {"from": "22:00", "to": "7:30"}}})
@example({"scheduler": {"groups": {"disk": 2}, "max_concurrent_runs": None}})
def test_of_the_shape_of_settings_both_think_the_same(document: Document) -> None:
    assert SETTINGS.is_valid(document) == is_shaped(document, Settings)


@pytest.mark.parametrize("schema", [1, "1", "1.0", "1.4", "1.4.2"])
def test_a_file_may_name_any_version_that_is_read(schema: object) -> None:
    for one, document in ((JOB, {"handler": COMMAND}), (SETTINGS, {})):
        assert one.is_valid({"schema": schema, **document})


@pytest.mark.parametrize("schema", [0, 2, "2", "1.", "1.x", "1.0.0.0", None, 1.5])
def test_a_file_may_name_no_other_version(schema: object) -> None:
    for one, document in ((JOB, {"handler": COMMAND}), (SETTINGS, {})):
        assert not one.is_valid({"schema": schema, **document})


def plain(value: object) -> Any:
    return json.loads(msgspec.json.encode(value))


@pytest.mark.parametrize("run", [a_run(), Run(run_id="a", job_id="backup", cause="manual")])
def test_runs_are_as_their_schema_says(run: Run) -> None:
    RUN.validate(plain(run))
    assert not RUN.is_valid({**plain(run), "cause": "whim"})
    RUN.validate(plain(msgspec.structs.asdict(run)))
    assert not RUN.is_valid({key: item for key, item in plain(run).items() if key != "started"})


def test_the_status_is_as_its_schema_says() -> None:
    scheduler = SchedulerStatus(
        state="running", started=at("2026-01-01 00:00"), version="1", home="/", pid=1, stats=no_statistics()
    )
    job = JobStatus(id="backup", name="Back up", state="idle", schedule="daily at 02:30")
    status = Status(scheduler=scheduler, jobs=(job,), problems=(Problem("a.json", "", "no"),))
    STATUS.validate(plain(status))
    assert not STATUS.is_valid({**plain(status), "jobs": [{"id": "backup"}]})
