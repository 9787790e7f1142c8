"""What do we ask of the place where a person's secrets are kept?"""

from typing import Protocol


class Keyring(Protocol):
    """The secrets of Daybell in a person's own keyring; those of others are neither seen nor touched.

    Opened by short-lived processes alone, for one thread. Whatever goes wrong is SecretUnavailable, which
    says what helps and has no part of a secret. What hangs is given up after some seconds.
    """

    def has(self, name: str) -> bool:
        """Without unlocking anything."""
        ...

    def get(self, name: str) -> str | None:
        """None where there is none of this name."""
        ...

    def set(self, name: str, secret: str) -> None:
        """In the place of one that is there."""
        ...

    def remove(self, name: str) -> bool:
        """False where there was none."""
        ...

    def names(self) -> list[str]:
        """Of all, sorted."""
        ...

    def close(self) -> None: ...
