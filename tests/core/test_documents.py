from collections.abc import Mapping

import pytest

from daybell.core.documents import SCHEMA, dump, is_too_new, load, read_object, version_of
from daybell.model.errors import InvalidDefinition

Members = Mapping[str, object]


@pytest.mark.parametrize(
    ("schema", "version"),
    [
        (1, (1, 0)),
        (2, (2, 0)),
        ("1", (1, 0)),
        ("1.4", (1, 4)),
        ("1.4.2", (1, 4)),
        ("1.4.2.1", (0, 0)),
        ("1.", (0, 0)),
        ("one", (0, 0)),
        ("1" * 7, (0, 0)),
        (1.4, (0, 0)),
        (True, (0, 0)),
        (None, (0, 0)),
    ],
)
def test_a_version_is_a_number_or_text(schema: object, version: tuple[int, int]) -> None:
    assert version_of(schema) == version


@pytest.mark.parametrize(
    ("members", "left", "is_newer"),
    [
        ({"a": 1}, {"a": 1}, False),
        ({"$schema": "x", "a": 1}, {"a": 1}, False),
        ({"schema": 1}, {"schema": SCHEMA}, False),
        ({"schema": "1"}, {"schema": SCHEMA}, False),
        ({"schema": "1.0.3"}, {"schema": SCHEMA}, False),
        ({"schema": "1.1"}, {"schema": SCHEMA}, True),
        ({"schema": "0.9"}, {"schema": "0.9"}, False),
    ],
)
def test_a_file_says_which_version_wrote_it(members: Members, left: Members, is_newer: bool) -> None:  # noqa: FBT001 - a table
    assert read_object("a.json", dump(members)) == (left, is_newer)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"schema": "2.0", "new": 1}, 'written by a newer Daybell: expected 1, found "2.0"; update this one'),
        ({"schema": 2}, "written by a newer Daybell: expected 1, found 2; update this one"),
        ({"$schema": 5}, "expected a string, found 5"),
    ],
)
def test_a_later_major_version_is_refused_as_a_whole(members: Members, message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        read_object("a.json", dump(members))
    assert [problem.message for problem in refusal.value.problems] == [message]


@pytest.mark.parametrize(
    ("content", "is_so"),
    [(b'{"schema": 2}', True), (b'{"schema": "2.1"}', True), (b'{"schema": "1.9"}', False), (b"{", False)],
)
def test_what_is_too_new_can_be_told_beforehand(content: bytes, is_so: bool) -> None:  # noqa: FBT001 - a table
    assert is_too_new(content) is is_so


BEFORE: Members = {
    "$schema": "../schemas/job.schema.json",
    "unknown": {"deep": [1]},
    "handler": {"type": "command", "argv": ["a"], "env": {"A": "1", "B": "2"}, "unknown": True},
    "name": "before",
    "tags": ["a", "b"],
}


def test_what_is_dumped_is_loaded_in_its_order() -> None:
    loaded = load("a.json", dump(BEFORE))
    assert (loaded, list(loaded)) == (BEFORE, list(BEFORE))
