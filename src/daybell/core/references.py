"""Which variables of a command stand for secrets?"""

from collections.abc import Mapping

from daybell.core.definitions import REFERENCE
from daybell.model.job import CommandHandler


def references(handler: CommandHandler) -> Mapping[str, str]:
    """By the name of the variable, what refers to its secret."""
    return {name: value for name, value in handler.env.items() if value.startswith(REFERENCE)}
