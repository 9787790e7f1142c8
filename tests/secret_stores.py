"""A keyring that holds what a test says, and the child that keeps secrets with such a one.

`python tests/secret_stores.py` is that child.
"""

import sys

from daybell.desktop.secrets.child import main

SECRET = "Zq7'v\"&x/K%2+mäW9#tR$j"
"""With all that programs quote, and no six characters that stand anywhere else."""
HORSE = "hunter2 & 'correct' horse"
WARDEN = (sys.executable, __file__)
"""The command line of a child that knows both: as "planted" and as "horse"."""


class MemoryKeyring:
    """`Keyring`; it remembers what it was asked for."""

    def __init__(self, **secrets: str) -> None:
        self.secrets = secrets
        self.asked: list[str] = []

    def has(self, name: str) -> bool:
        return name in self.secrets

    def get(self, name: str) -> str | None:
        self.asked.append(name)
        return self.secrets.get(name)

    def set(self, name: str, secret: str) -> None:
        self.secrets[name] = secret

    def remove(self, name: str) -> bool:
        return self.secrets.pop(name, None) is not None

    def names(self) -> list[str]:
        return sorted(self.secrets)

    def close(self) -> None:
        """Nothing is held."""


if __name__ == "__main__":
    main(lambda: MemoryKeyring(planted=SECRET, horse=HORSE))
