"""Which secrets is a command given, and what if one cannot be had?"""

from collections.abc import Mapping
from typing import Protocol

from daybell.core.disguises import raw
from daybell.core.documents import show
from daybell.core.masking import SHORTEST
from daybell.core.references import references
from daybell.model.errors import SecretUnavailable
from daybell.model.job import CommandHandler


class Secrets(Protocol):
    """A store of secrets. Nothing but the command that asked may come to know one."""

    def resolve(self, reference: str) -> str:
        """The secret that is meant; SecretUnavailable says why there is none and what to do about it.

        Called on a worker's thread, and never before the command is about to be started; it may block. No
        error, and nothing in the log, has any part of a secret.
        """
        ...


class NoSecrets:
    """Where there is no store."""

    def resolve(self, reference: str) -> str:
        raise SecretUnavailable(
            f"there is no store to look {show(reference)} up in: "
            "take the variable out, and let the command read its secret itself"
        )


def given(handler: CommandHandler, secrets: Secrets) -> Mapping[str, str]:
    """The secrets of a command by the names of their variables; SecretUnavailable names the first without."""
    return {name: _given(name, reference, secrets) for name, reference in references(handler).items()}


def _given(name: str, reference: str, secrets: Secrets) -> str:
    try:
        secret = secrets.resolve(reference)
    except SecretUnavailable as refusal:
        raise SecretUnavailable(f"handler.env.{name}: {refusal}") from refusal
    if remark := _remark(secret):
        raise SecretUnavailable(f"handler.env.{name}: {show(reference)} {remark}")
    return secret


def _remark(secret: str) -> str | None:
    """Why nobody can be given this one; it is not shown."""
    try:
        size = len(raw(secret))
    except UnicodeEncodeError:
        return "is no text that an environment can hold: store it anew"
    if "\0" in secret:
        return "has the character \\u0000 in it, which no program can be given: store it anew"
    if size < SHORTEST:
        return f"is shorter than {SHORTEST} bytes and cannot be told from other output: take a longer one"
    return None
