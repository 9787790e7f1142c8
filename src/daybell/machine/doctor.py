"""What does `daybell doctor` say? Asked in a child: it loads half of the app, and nothing of that stays."""

import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from subprocess import DEVNULL

import msgspec

from daybell.machine.own_command import own_command
from daybell.machine.own_session import end_session
from daybell.model.errors import Conflict, NoFindings

PATIENCE = 20.0
"""Seconds for all that it looks at; mostly it takes one."""
QUESTION = ("doctor", "--json")


class Doctor:
    """One look at a time; `stop` is for any thread."""

    def __init__(self, command: Sequence[str] | None = None, patience: float = PATIENCE) -> None:
        self._command = own_command(*QUESTION) if command is None else command
        self._patience = patience
        self._looking = threading.Lock()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def look(self) -> dict[str, object]:
        """What it prints; takes as long as it takes. NoFindings; Conflict while it looks already."""
        if not self._looking.acquire(blocking=False):
            raise Conflict("somebody has asked the doctor already; ask again in a moment")
        try:
            return self._look()
        finally:
            self._looking.release()

    def stop(self) -> None:
        """End the look that is on, and begin no other one."""
        with self._lock:
            self._is_stopped = True
            if self._child is not None:
                end_session(self._child)

    def _look(self) -> dict[str, object]:
        # Into a file: a pipe would be held open by whatever the child may leave running.
        with tempfile.TemporaryFile() as printed:
            child = self._start(printed.fileno())
            try:
                child.wait(self._patience)
            except subprocess.TimeoutExpired:
                raise NoFindings(f"the doctor did not come to an end within {self._patience:g} s") from None
            finally:
                self._forget(child)
            printed.seek(0)
            return _read(printed.read())

    def _start(self, printed: int) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._is_stopped:
                raise NoFindings("Daybell is stopping")
            try:
                self._child = subprocess.Popen(  # noqa: S603 - our own program
                    self._command,
                    stdin=DEVNULL,
                    stdout=printed,
                    stderr=DEVNULL,
                    start_new_session=True,  # so that all of it can be ended
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                raise NoFindings(f"the doctor cannot be started: {error.strerror or error}") from error
            return self._child

    def _forget(self, child: "subprocess.Popen[bytes]") -> None:
        with self._lock:
            self._child = None
            if child.poll() is None:
                end_session(child)
        with suppress(subprocess.TimeoutExpired):
            child.wait(1)


def _read(printed: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(printed, type=dict[str, object])
    except msgspec.DecodeError:
        raise NoFindings(
            "the doctor ended without a word; `daybell doctor` in a terminal says more"
        ) from None
