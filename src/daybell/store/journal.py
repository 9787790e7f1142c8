"""The journal: every event, one numbered JSON line each, durable before anything acts on it."""

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from daybell.model.errors import LedgerError
from daybell.model.events import AnyEvent, Numbered
from daybell.store.lines import cut_torn_tail, lines_from_end, write_all

log = logging.getLogger(__name__)


class Journal:
    """One writer. A torn last line is cut off when it opens; a damaged one is passed over and counted."""

    def __init__(self, path: Path, after: int = 0) -> None:
        """LedgerError when the file cannot be opened. Numbers up to `after` are known to be taken."""
        self._path = path
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Numbered)
        self.damaged = 0
        """Lines that could not be read at the last replay."""
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            self._size = cut_torn_tail(path)
            sync_directory(path.parent)
        except OSError as error:
            raise LedgerError(f"{path}: cannot be opened: {error.strerror}") from error
        self._last = max(after, next(self._numbers_from_end(), 0))

    def append(self, events: Sequence[AnyEvent]) -> Sequence[Numbered]:
        """All of them with one sync; LedgerError, and the file as it was, when that fails."""
        numbered = [Numbered(number, event) for number, event in enumerate(events, self._last + 1)]
        lines = b"".join(self._encoder.encode(one) + b"\n" for one in numbered)
        try:
            write_all(self._file, lines)
            sync(self._file)
        except OSError as error:
            self._restore()
            raise LedgerError(f"{self._path}: {error.strerror}") from error
        self._size += len(lines)
        self._last += len(numbered)
        return numbered

    def replay(self) -> Iterator[Numbered]:
        """Every event ever appended, in order."""
        self.damaged = 0
        with self._path.open("rb") as lines:
            for line in lines:
                try:
                    yield self._decoder.decode(line)
                except msgspec.DecodeError:
                    self.damaged += 1
        if self.damaged:
            log.warning("%s: %d damaged lines were passed over", self._path, self.damaged)

    def close(self) -> None:
        os.close(self._file)

    def _numbers_from_end(self) -> Iterator[int]:
        for line in lines_from_end(self._path):
            try:
                yield self._decoder.decode(line).number
            except msgspec.DecodeError:
                continue

    def _restore(self) -> None:
        """Half a batch must not stay; when even that fails, the next start cuts it."""
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            log.exception("%s: cannot be restored", self._path)


def sync(file: int) -> None:
    """The content is on the disk, as far as the system can tell."""
    getattr(os, "fdatasync", os.fsync)(file)


def sync_directory(path: Path) -> None:
    """Make a new name in it durable; Windows has nothing to sync here."""
    if os.name == "nt":
        return
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
