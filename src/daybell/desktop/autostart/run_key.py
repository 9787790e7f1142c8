"""How does Windows start Daybell at login? By a value below the person's Run key."""

from typing import Protocol

from daybell.core import autostart_run_key
from daybell.core.autostart import Command, Entry, How
from daybell.core.autostart_run_key import APPROVED, RUN, VALUE
from daybell.model.errors import DaybellError


class Registry(Protocol):
    """Values below HKEY_CURRENT_USER. OSError."""

    def read(self, key: str, name: str) -> object:
        """None: it is not there."""
        ...

    def write(self, key: str, name: str, text: str) -> None: ...

    def remove(self, key: str, name: str) -> None:
        """Also where it is not there."""
        ...


class RunKey:
    """What Task Manager has noted lies beside it."""

    how: How = "run_key"

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def entry(self) -> Entry | None:
        try:
            value, approved = self._registry.read(RUN, VALUE), self._registry.read(APPROVED, VALUE)
        except OSError as error:
            raise DaybellError(f"cannot read the registry: {error.strerror}") from error
        if value is None:
            return None
        return autostart_run_key.read(str(value), approved if isinstance(approved, bytes) else None)

    def write(self, command: Command) -> None:
        line = autostart_run_key.render(command)
        try:
            self._registry.write(RUN, VALUE, line)
        except OSError as error:
            raise DaybellError(f"cannot write the registry: {error.strerror}") from error

    def remove(self) -> None:
        try:
            self._registry.remove(RUN, VALUE)
            self._registry.remove(APPROVED, VALUE)
        except OSError as error:
            raise DaybellError(f"cannot write the registry: {error.strerror}") from error
