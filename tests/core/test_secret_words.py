"""What a person reads of secrets, and never a secret."""

import pytest

from daybell.core.secret_words import (
    REMEDIES,
    Usage,
    absent,
    lacking,
    missing,
    remark,
    usages,
    without_keyring,
)
from daybell.model.job import CommandHandler
from daybell.model.status import Problem

TWICE = CommandHandler(argv=("x",), env={"A": "keyring:restic", "B": "keyring:restic", "C": "keyring:cloud"})
ONCE = CommandHandler(argv=("x",), env={"A": "keyring:restic", "B": "plain"})
FREE = CommandHandler(argv=("x",), env={"B": "plain"})


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("hunter2", None),
        ("1234", None),
        ("äö", None),
        ("", "is shorter than 4 bytes and cannot be told from other output: take a longer one"),
        ("xyz", "is shorter than 4 bytes and cannot be told from other output: take a longer one"),
        (
            "hunter\0two",
            "has the character \\u0000 in it, which no program can be given: set it anew",
        ),
        ("hunter\ud800two", "is no text that an environment can hold: set it anew"),
    ],
)
def test_why_nobody_can_be_given_a_secret(secret: str, why: str | None) -> None:
    assert remark(secret) == why


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "freebsd14"])
def test_without_a_keyring_the_remedy_is_that_of_the_platform(platform: str) -> None:
    said = absent("no session bus", platform)
    assert said.startswith("there is no keyring here (no session bus), and secrets are kept nowhere else: ")
    assert said.endswith(REMEDIES.get(platform, REMEDIES["linux"]))


def test_each_variable_whose_secret_is_not_there_is_named_with_what_to_type() -> None:
    assert lacking(TWICE, "backup.json", ["cloud", "other"]) == [
        Problem(
            "backup.json",
            "handler.env.C",
            'there is no secret "cloud": set it with `daybell secret set cloud`',
        )
    ]
    assert [one.field for one in lacking(TWICE, "b.json", ["restic"])] == ["handler.env.A", "handler.env.B"]
    assert lacking(FREE, "b.json", ["restic"]) == []
    assert missing("restic") == 'there is no secret "restic": set it with `daybell secret set restic`'


def test_a_keyring_that_cannot_be_asked_is_told_once_of_a_job_that_needs_it() -> None:
    assert without_keyring(TWICE, "b.json", "why") == [Problem("b.json", "handler.env.A", "why")]
    assert without_keyring(FREE, "b.json", "why") == []


def test_of_each_secret_it_is_known_whether_it_is_there_and_who_refers_to_it() -> None:
    assert usages({"photos": TWICE, "mail": ONCE, "free": FREE}, ["unused", "restic"]) == [
        Usage("cloud", is_there=False, job_ids=("photos",)),
        Usage("restic", is_there=True, job_ids=("mail", "photos")),
        Usage("unused", is_there=True, job_ids=()),
    ]
