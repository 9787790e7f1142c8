"""What a command is given of the secrets that its job refers to."""

import pytest

from daybell.handlers.secrets import NoSecrets, Secrets, given
from daybell.model.errors import SecretUnavailable
from daybell.model.job import CommandHandler
from secret_stores import FakeSecrets

SHORT = '"keyring:cloud" is shorter than 4 bytes and cannot be told from other output'
NUL = '"keyring:cloud" has the character \\u0000 in it, which no program can be given'
NO_TEXT = '"keyring:cloud" is no text that an environment can hold'


def a_command(**env: str) -> CommandHandler:
    return CommandHandler(argv=("true",), env=env)


def test_each_reference_is_resolved_and_nothing_else_is() -> None:
    store = FakeSecrets(restic="hunter2", cloud="correct horse")
    command = a_command(RESTIC_PASSWORD="keyring:restic", TOKEN="keyring:cloud", LANG="C")
    assert given(command, store) == {"RESTIC_PASSWORD": "hunter2", "TOKEN": "correct horse"}
    assert store.asked == ["keyring:restic", "keyring:cloud"]


def test_a_command_without_references_needs_no_store() -> None:
    assert given(a_command(LANG="C"), NoSecrets()) == {}


@pytest.mark.parametrize(
    ("store", "why", "remedy"),
    [
        (FakeSecrets(), 'there is no secret "cloud"', "set it with `daybell secret set cloud`"),
        (
            NoSecrets(),
            'there is no store to look "keyring:cloud" up in',
            "take the variable out, and let the command read its secret itself",
        ),
        (FakeSecrets(cloud=""), SHORT, "take a longer one"),
        (FakeSecrets(cloud="xyz"), SHORT, "take a longer one"),
        (FakeSecrets(cloud="hunter\0two"), NUL, "store it anew"),
        (FakeSecrets(cloud="hunter\ud800two"), NO_TEXT, "store it anew"),
    ],
)
def test_a_secret_that_cannot_be_given_is_refused_with_its_variable_and_a_remedy(
    store: Secrets, why: str, remedy: str
) -> None:
    with pytest.raises(SecretUnavailable) as refusal:
        given(a_command(LANG="C", TOKEN="keyring:cloud"), store)
    assert str(refusal.value) == f"handler.env.TOKEN: {why}: {remedy}"


def test_no_secret_is_told_by_its_refusal() -> None:
    for secret in ("xyz", "hunter\0two", "hunter\ud800two"):
        with pytest.raises(SecretUnavailable) as refusal:
            given(a_command(TOKEN="keyring:cloud"), FakeSecrets(cloud=secret))
        chain = [refusal.value, refusal.value.__cause__, refusal.value.__context__]
        assert all(repr(secret)[1:-1] not in repr(error) and secret not in str(error) for error in chain)
