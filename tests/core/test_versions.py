"""Files of a newer Daybell: what this one knows of them counts, and nothing else is lost."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BERLIN
from core.job_documents import jobs
from daybell.core.definitions import dump_job, parse_job
from daybell.core.documents import dump
from daybell.core.settings import parse_settings
from daybell.core.versions import PASSED_OVER, known, remarks
from daybell.model.errors import InvalidDefinition, InvalidSettings
from daybell.model.job import Job
from daybell.model.settings import Settings

Members = Mapping[str, object]
COMMAND = {"type": "command", "argv": ["true"]}
NEWER: Members = {
    "schema": "1.4",
    "colour": "red",
    "handler": {**COMMAND, "container": {"image": "x"}},
    "retry": {"max_attempts": 2, "budget": 5},
    "triggers": [
        {"type": "startup", "after": "1m"},
        {"type": "cron", "expression": "@daily", "calendar": "de"},
    ],
}
UNKNOWN = ["colour", "handler.container", "retry.budget", "triggers[0].after", "triggers[1].calendar"]
HINT = "a newer Daybell wrote this file, and this one knows 1.0 at most: update this one"


def parse(members: Members) -> Job:
    return parse_job("backup", "backup.json", dump(members), BERLIN)


def without_unknown(members: Members) -> dict[str, object]:
    return known(members, Job)[0]


def test_keys_that_a_newer_minor_version_added_are_remarks() -> None:
    assert parse(NEWER) == parse({**without_unknown(NEWER), "schema": 1})
    assert [(one.field, one.message) for one in remarks("backup.json", dump(NEWER), Job)] == [
        (path, PASSED_OVER) for path in UNKNOWN
    ]


@pytest.mark.parametrize("schema", [1, "1", "1.0", "1.0.7"])
def test_in_a_file_of_this_version_an_unknown_key_is_a_mistake(schema: object) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        parse({**NEWER, "schema": schema})
    assert sorted(problem.field for problem in refusal.value.problems) == sorted(UNKNOWN)
    assert remarks("backup.json", dump({**NEWER, "schema": schema}), Job) == []


def test_what_else_is_wrong_in_a_newer_file_is_told_with_the_likely_reason() -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        parse({**NEWER, "triggers": [{"type": "sunrise", "place": "here"}], "id": "backup", "tags": 5})
    found = [(problem.field, problem.message) for problem in refusal.value.problems]
    assert [field for field, _ in found] == ["tags", "triggers[0].type", "id", "schema"]
    assert found[-1] == ("schema", HINT)


def test_a_key_that_may_be_absent_may_be_newer_as_well() -> None:
    hours = {"from": "22:00", "to": "07:00", "days": "weekdays"}
    members, unknown = known({"notices": {"quiet_hours": hours}}, Settings)
    assert unknown == ["notices.quiet_hours.days"]
    assert members == {"notices": {"quiet_hours": {"from": "22:00", "to": "07:00"}}}
    assert known({"notices": {"quiet_hours": None}}, Settings)[1] == []


def test_settings_of_a_newer_version_are_read_as_well() -> None:
    document = {"schema": "1.1", "notices": {"quiet_hours": None, "sound": "bell"}, "theme": {}}
    content = json.dumps(document).encode()
    assert parse_settings("settings.json", content, BERLIN) == Settings()
    assert [one.field for one in remarks("settings.json", content, Settings)] == ["notices.sound", "theme"]
    with pytest.raises(InvalidSettings, match="update this one"):
        parse_settings("settings.json", b'{"schema": "2.0"}', BERLIN)


words = st.text(st.characters(categories=["Ll"]), min_size=12, max_size=12)


@given(jobs, words, st.integers())
def test_any_key_of_a_newer_file_may_be_unknown(job: Job, word: str, value: int) -> None:
    members = {**json.loads(dump_job(job)), "schema": "1.1", word: value}
    members["handler"] = {**members["handler"], word: value}
    assert parse_job(job.id, "a.json", dump(members), BERLIN) == job
    assert [one.field for one in remarks("a.json", dump(members), Job)] == [f"handler.{word}", word]
