"""How are secrets kept in the Credential Manager of Windows? As generic credentials of this person."""

from typing import Protocol

from daybell.core.references import is_name
from daybell.core.secret_words import absent
from daybell.model.errors import SecretUnavailable

TARGET = "Daybell:"
"""How the names of ours begin there."""
LARGEST = 2560
"""Bytes of a secret there."""
NO_SESSION = 1312
"""ERROR_NO_SUCH_LOGON_SESSION: whoever is logged in so, by a service or over the network, has none."""


class Vault(Protocol):
    """The calls of Windows. OSError, with its number as `winerror`, where it refuses."""

    def read(self, target: str) -> bytes | None:
        """None where there is none."""
        ...

    def write(self, target: str, content: bytes) -> None: ...

    def delete(self, target: str) -> bool:
        """False where there was none."""
        ...

    def targets(self, prefix: str) -> list[str]:
        """Of all that begin so."""
        ...


class Credentials:
    """`Keyring`. It is unlocked as long as the person is logged in."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def close(self) -> None:
        """Nothing is held."""

    def has(self, name: str) -> bool:
        return self._read(name) is not None

    def get(self, name: str) -> str | None:
        content = self._read(name)
        try:
            return None if content is None else content.decode()
        except UnicodeDecodeError:
            problem = f"the secret {name!r} is no text: set it anew with `daybell secret set {name}`"
        raise SecretUnavailable(problem, is_permanent=True)

    def set(self, name: str, secret: str) -> None:
        content = secret.encode()
        if len(content) > LARGEST:
            raise SecretUnavailable(f"it is longer than {LARGEST} bytes, which is all that Windows keeps")
        try:
            self._vault.write(TARGET + name, content)
        except OSError as error:
            raise refusal(error) from None  # its traceback would hold the secret

    def remove(self, name: str) -> bool:
        try:
            return self._vault.delete(TARGET + name)
        except OSError as error:
            raise refusal(error) from error

    def names(self) -> list[str]:
        try:
            targets = self._vault.targets(TARGET)
        except OSError as error:
            raise refusal(error) from error
        return sorted(name for one in targets if is_name(name := one.removeprefix(TARGET)))

    def _read(self, name: str) -> bytes | None:
        try:
            return self._vault.read(TARGET + name)
        except OSError as error:
            raise refusal(error) from error


def refusal(error: OSError) -> SecretUnavailable:
    """What it means for a person."""
    number = getattr(error, "winerror", None)
    if number == NO_SESSION:
        return SecretUnavailable(absent("this login has no credentials of its own", "win32"))
    return SecretUnavailable(f"the Credential Manager refuses (error {number}): look into it in Windows")
