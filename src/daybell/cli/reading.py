"""Whom does a command ask that only reads? The app; or where it does not run, the files."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from daybell.api.client import PATIENCE, Client, Heard, Json, NotRunning, Query
from daybell.api.reach import client_of
from daybell.cli.asking import app_of
from daybell.cli.failure import Failure, translated
from daybell.cli.terminal import Terminal

if TYPE_CHECKING:
    from daybell.cli.files import Files

NOTE = "Daybell is not running: this is what its files say; `daybell start` starts it"


class Reader(Client):
    """As a client, for what is only read."""

    def __init__(self, client: Client, terminal: Terminal) -> None:
        self._client = client
        self._terminal = terminal
        self._files: Files | None = None

    @property
    def is_still(self) -> bool:
        """Nobody runs who could change anything."""
        return self._files is not None

    def get(self, path: str, query: Query | None = None, timeout: float = PATIENCE) -> Json:
        if self._files is None:
            try:
                return self._client.get(path, query, timeout)
            except NotRunning:
                self._files = self._opened()
        return self._files.get(path, query or {})

    def chunks(self, path: str, query: Query | None = None, heard: Heard = lambda _: None) -> Iterator[bytes]:
        if self._files is None:
            yield from self._client.chunks(path, query, heard)
            return
        *_, run_id, kind = path.split("/")
        if kind == "log":
            yield self._files.printed(run_id, int(str((query or {}).get("offset", 0))), heard)
        else:
            yield self._files.report(run_id)

    def _opened(self) -> "Files":
        """DaybellError becomes a Failure."""
        from daybell.cli.files import Files  # noqa: PLC0415 - it loads all that the app is made of

        if not self._terminal.directories.config.is_dir():
            raise NotRunning  # a home that is not there says nothing
        self._terminal.say(NOTE)
        try:
            with translated():
                return Files(self._terminal.directories)
        except OSError as error:
            raise Failure(f"cannot read {error.filename}: {error.strerror}") from error


@contextmanager
def reading(terminal: Terminal, about: str = "") -> Iterator[Reader]:
    """As `asking.app`; where Daybell does not run, that is said, and the files are read."""
    reader = Reader(client_of(terminal.directories), terminal)
    with app_of(reader, about):
        yield reader
