from daybell.core.references import references
from daybell.model.job import CommandHandler


def test_a_variable_that_names_a_secret_is_a_reference() -> None:
    env = {"A": "keyring:restic", "B": "plain", "C": "not keyring:restic", "D": ""}
    assert references(CommandHandler(argv=("true",), env=env)) == {"A": "keyring:restic"}
