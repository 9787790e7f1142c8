"""Which of two versions may take over from the other."""

import pytest

from daybell.core.succession import is_newer, objection


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("0.1.1", "0.1.0"),
        ("0.10.0", "0.9.9"),
        ("1", "0.99"),
        ("1.2", "1.2rc1"),
        ("1.2rc2", "1.2rc1"),
        ("1.2.1", "1.2"),
        ("1.2.0.1", "1.2+local"),
    ],
)
def test_the_newer_one_may_and_the_older_may_not(newer: str, older: str) -> None:
    assert is_newer(newer, older)
    assert not is_newer(older, newer)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.2", "1.2.0"), ("0.1.0", "0.1.0"), ("0", "0.0"), ("1.2+a", "1.2"), ("", "1.0"), ("x", "1")],
)
def test_neither_may_where_they_are_the_same_or_nobody_can_tell(one: str, other: str) -> None:
    assert not is_newer(one, other)
    assert not is_newer(other, one)


def test_the_older_one_hears_both_versions_and_what_to_do() -> None:
    said = objection("0.1.0", "0.2.0")
    assert "Daybell 0.2.0" in said
    assert "this is 0.1.0, which is older" in said
    assert "`daybell stop`" in said


def test_between_equals_there_is_nothing_to_add() -> None:
    assert objection("0.1.0", "0.1.0") == ""
    assert objection("0.2.0", "0.1.0") == ""
