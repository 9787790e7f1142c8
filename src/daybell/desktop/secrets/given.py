"""Which secrets is a command given, and what if one cannot be had?"""

from collections.abc import Mapping

from daybell.core.documents import show
from daybell.core.secret_words import missing, remark
from daybell.desktop.secrets.interface import Keyring
from daybell.model.errors import SecretUnavailable


def given(asked: Mapping[str, str], keyring: Keyring) -> dict[str, str]:
    """By the names of their variables; SecretUnavailable names the first variable without."""
    return {variable: _given(variable, name, keyring) for variable, name in asked.items()}


def _given(variable: str, name: str, keyring: Keyring) -> str:
    field = f"handler.env.{variable}"
    try:
        secret = keyring.get(name)
    except SecretUnavailable as refusal:
        raise SecretUnavailable(f"{field}: {refusal}", is_permanent=refusal.is_permanent) from refusal
    if secret is None:
        raise SecretUnavailable(f"{field}: {missing(name)}", is_permanent=True)
    if problem := remark(secret):
        raise SecretUnavailable(f"{field}: the secret {show(name)} {problem}", is_permanent=True)
    return secret
