"""Edits of a person's file: what was asked for is said, and all else stays where it stood."""

import json
import re
from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders import BERLIN
from core.job_documents import almost_jobs, jobs
from daybell.core.definitions import dump_job, parse_job
from daybell.core.documents import dump
from daybell.core.edits import etag, merged, patched, replaced
from daybell.core.settings import parse_settings
from daybell.core.versions import remarks
from daybell.model.errors import InvalidDefinition
from daybell.model.job import Job
from daybell.model.settings import Retention, Settings

Members = Mapping[str, object]

FILE = "backup.json"
BEFORE: Members = {
    "$schema": "../schemas/job.schema.json",
    "schema": "1.4",
    "unknown": {"deep": [1]},
    "handler": {"type": "command", "argv": ["a"], "env": {"A": "1", "B": "2"}, "unknown": True},
    "name": "before",
    "tags": ["a", "b"],
}
HANDLER = {"type": "command", "argv": ["a"], "env": {"A": "1", "B": "2"}, "unknown": True}

keys = st.sampled_from(["name", "tags", "schema", "$schema", "type", "a", "ä", ""])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab\n", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(keys, values, max_size=5)


def after_patch(changes: Members) -> bytes:
    return patched(FILE, dump(BEFORE), changes)


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({}, BEFORE),
        ({"name": "after"}, {**BEFORE, "name": "after"}),
        ({"name": None, "absent": None}, {key: BEFORE[key] for key in BEFORE if key != "name"}),
        ({"tags": ["c"]}, {**BEFORE, "tags": ["c"]}),
        ({"name": {"a": 1, "b": None}}, {**BEFORE, "name": {"a": 1}}),
        (
            {"handler": {"env": {"A": None, "C": "3"}}},
            {**BEFORE, "handler": {**HANDLER, "env": {"B": "2", "C": "3"}}},
        ),
        (
            {"handler": {"argv": ["b"]}, "last": 1},
            {**BEFORE, "handler": {**HANDLER, "argv": ["b"]}, "last": 1},
        ),
    ],
)
def test_a_patch_keeps_the_order_and_all_it_does_not_name(changes: Members, after: Members) -> None:
    assert after_patch(changes) == dump(after)


@pytest.mark.parametrize(
    ("target", "patch", "after"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7396_hold(target: object, patch: Members, after: object) -> None:
    assert merged(target, patch) == after


@given(documents, documents)
def test_a_patch_moves_and_loses_nothing_it_does_not_name(before: Members, patch: Members) -> None:
    after = json.loads(patched(FILE, dump(before), patch))
    gone = {key for key, change in patch.items() if change is None}
    new = [key for key in patch if key not in before and key not in gone]
    assert list(after) == [key for key in before if key not in gone] + new
    assert all(after[key] == before[key] for key in before if key not in patch)
    assert merged(after, patch) == after


@given(documents, st.sampled_from([None, 1, 4, "\t"]))
def test_a_patch_that_changes_nothing_leaves_every_byte(before: Members, indent: int | str | None) -> None:
    content = json.dumps(before, indent=indent).encode()
    assert patched(FILE, content, {}) == content
    if None not in before.values() and not any(isinstance(value, dict) for value in before.values()):
        assert patched(FILE, content, before) == content


def test_true_is_not_one() -> None:
    assert patched(FILE, b'{"a": 1}', {"a": True}) == b'{\n  "a": true\n}\n'


def test_what_is_no_object_cannot_be_patched() -> None:
    with pytest.raises(InvalidDefinition, match=r"backup.json: line 1, column 2"):
        patched(FILE, b"{a", {"a": 1})


def test_brackets_may_be_too_deep_for_an_edit_and_not_for_the_app() -> None:
    deep: object = {}
    for _ in range(20_000):
        deep = {"a": deep}
    with pytest.raises(InvalidDefinition, match=r"backup.json: its brackets are too deep"):
        patched(FILE, b"{}", {"a": deep})


def test_a_job_that_is_wanted_takes_the_place_of_what_was_known() -> None:
    before = {**BEFORE, "timeout": "1h"}
    wanted = {"schema": 1, "retry": {"delay": "5m"}, "handler": {"type": "command", "argv": ["b"]}}
    after = {
        "$schema": BEFORE["$schema"],
        "schema": "1.4",
        "unknown": {"deep": [1]},
        "handler": {"type": "command", "argv": ["b"], "unknown": True},
        "retry": {"delay": "5m"},
    }
    assert replaced(FILE, dump(before), wanted, Job) == dump(after)
    assert remarks(FILE, dump(after), Job)


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ({"enabeld": 1, "name": "a"}, {"name": "b"}, {"name": "b"}),  # of our own version: a slip of the pen
        ({"schema": "1.4", "a": 1}, {"a": 2}, {"schema": "1.4", "a": 2}),
        ({"schema": 1, "name": "a"}, {"schema": "1.2"}, {"schema": "1.2"}),
        ({"handler": {"type": "x", "a": 1}}, {"handler": {"type": "y"}}, {"handler": {"type": "y"}}),
        ({"name": "a", "tags": []}, {"tags": [1], "name": "a"}, {"name": "a", "tags": [1]}),
    ],
)
def test_what_replaces_a_file(before: Members, wanted: Members, after: Members) -> None:
    assert replaced(FILE, dump(before), wanted, Job) == dump(after)


def test_what_a_file_says_already_leaves_every_byte() -> None:
    content = b'{"name":"a", "tags":[]}'
    assert replaced(FILE, content, {"tags": [], "name": "a"}, Job) == content


def test_a_broken_file_is_replaced_as_a_whole() -> None:
    assert replaced(FILE, b"{", {"name": "a"}, Job) == dump({"name": "a"})


def test_null_is_kept_where_it_means_something() -> None:
    content = replaced(
        "settings.json", b'{"retention": {"runs": 5}}', {"retention": {"days": None}}, Settings
    )
    assert parse_settings("settings.json", content, BERLIN).retention == Retention(days=None)


@given(almost_jobs(), jobs)
def test_after_a_replacement_the_file_says_what_was_wanted(before: dict[str, object], wanted: Job) -> None:
    assume(not {"NaN", "Infinity"} & set(re.findall(r"[A-Z]\w+", json.dumps(before))))  # no JSON
    content = replaced(FILE, dump(before), json.loads(dump_job(wanted)), Job)
    assert parse_job(wanted.id, "a.json", content, BERLIN) == wanted


def test_bytes_are_told_apart() -> None:
    assert etag(b"{}") == etag(b"{}") != etag(b"{ }")
    assert re.fullmatch("[0-9a-f]{32}", etag(b""))
