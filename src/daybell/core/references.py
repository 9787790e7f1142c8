"""Which variables of a command stand for secrets, and for which?"""

import re
from collections.abc import Mapping

from daybell.model.job import CommandHandler

REFERENCE = "keyring:"
"""How a reference to a secret begins."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@/-]{0,63}")
NAMES = "at most 64 of A-Z, a-z, 0-9 and . _ - @ /, beginning with a letter or digit"
"""What a name is made of: each shell takes it as it is, and each kind of keyring too."""


def references(handler: CommandHandler) -> Mapping[str, str]:
    """By the name of the variable, what refers to its secret."""
    return {name: value for name, value in handler.env.items() if value.startswith(REFERENCE)}


def secrets_of(handler: CommandHandler) -> Mapping[str, str]:
    """By the name of the variable, the name of its secret."""
    return {name: value.removeprefix(REFERENCE) for name, value in references(handler).items()}


def is_name(name: str) -> bool:
    """Whether a secret can be called so."""
    return NAME.fullmatch(name) is not None
