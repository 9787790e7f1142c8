import pytest

from daybell.core.references import is_name, references, secrets_of
from daybell.model.job import CommandHandler

HANDLER = CommandHandler(
    argv=("true",), env={"A": "keyring:restic", "B": "plain", "C": "not keyring:restic", "D": ""}
)


def test_a_variable_that_names_a_secret_is_a_reference() -> None:
    assert references(HANDLER) == {"A": "keyring:restic"}
    assert secrets_of(HANDLER) == {"A": "restic"}


@pytest.mark.parametrize("name", ["a", "restic", "me@example.org/api-key_2.old", "R" * 64])
def test_a_name_that_every_shell_and_keyring_takes_as_it_is(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "my secret", "-x", ".x", "/etc", "a:b", "a\n", "schlüssel", "a$b", "R" * 65]
)
def test_what_no_secret_can_be_called(name: str) -> None:
    assert not is_name(name)
