"""Who may run in this home? One process: the one that holds the lock."""

import os
from datetime import datetime
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from msgspec import Struct

from daybell.core.succession import objection
from daybell.model.errors import AlreadyRunning, DaybellError
from daybell.store.remedies import complaint


class Instance(Struct, frozen=True):
    """Who runs. Only the lock decides; this is for people to read."""

    pid: int
    started: datetime
    version: str


class InstanceLock:
    """Held until it is released or the process is gone; children do not inherit it."""

    def __init__(self, lock: Path, file: Path) -> None:
        self._lock = FileLock(lock, mode=0o600, thread_local=False)
        self._file = file

    def acquire(self, instance: Instance) -> None:
        """AlreadyRunning, naming who holds it; DaybellError where the disk does not let it."""
        try:
            self._lock.acquire(timeout=0)
            self._write(instance)
        except Timeout as error:
            raise AlreadyRunning(f"Daybell is already running in this home{self._who(instance)}") from error
        except OSError as error:
            self._lock.release()
            raise DaybellError(complaint(self._file, error, "cannot be written")) from error

    def release(self) -> None:
        self._file.unlink(missing_ok=True)
        self._lock.release()

    def holder(self) -> Instance | None:
        """As the one that holds it has told; None where nobody has."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Instance)
        except (OSError, msgspec.DecodeError):
            return None

    def _write(self, instance: Instance) -> None:
        file = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as content:
            content.write(msgspec.json.encode(instance))

    def _who(self, asking: Instance) -> str:
        holder = self.holder()
        if holder is None:
            return ""
        since = f": process {holder.pid}, since {holder.started.astimezone():%Y-%m-%d %H:%M}"
        return since + objection(asking.version, holder.version)
