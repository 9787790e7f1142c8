"""The journal: every event, one numbered JSON line each, durable before anything acts on it."""

import logging
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from daybell.model.errors import AlreadyRunning, LedgerError
from daybell.model.events import AnyEvent, Numbered
from daybell.store.atomic import SUFFIX, swap, sync, sync_directory
from daybell.store.lines import cut_torn_tail, lines_from_end, seal, unseal, write_all

log = logging.getLogger(__name__)

WRITE = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
CLOSED = -1
BLOCK = 1 << 20


class Journal:
    """One writer, by a lock of its own. A torn last line is cut off when it opens.

    `forget` may be called from another thread than `append`.
    """

    def __init__(self, path: Path, after: int = 0) -> None:
        """AlreadyRunning where another process writes it; LedgerError where it cannot be opened.

        Numbers up to `after` are known to be taken.
        """
        self._path = path
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Numbered)
        self._changing = threading.Lock()
        self.damaged = 0
        """Lines that could not be read at the last replay."""
        self._is_whole = True
        self._lock = FileLock(path.with_suffix(".lock"), mode=0o600)
        try:
            self._lock.acquire(timeout=0)
            self._file = os.open(path, APPEND, 0o600)
            self._size = cut_torn_tail(path)
            sync_directory(path.parent)
            self._last = max(after, next(self._numbers_from_end(), 0))
        except Timeout as error:
            raise AlreadyRunning(f"another Daybell writes {path}") from error
        except OSError as error:
            self._lock.release()
            raise LedgerError(f"{path}: cannot be opened: {error.strerror}") from error

    def append(self, events: Sequence[AnyEvent]) -> Sequence[Numbered]:
        """All of them with one sync; LedgerError, and the file as it was, when that fails."""
        numbered = [Numbered(number, event) for number, event in enumerate(events, self._last + 1)]
        lines = b"".join(seal(self._encoder.encode(one)) for one in numbered)
        with self._changing:
            try:
                self._make_ready()
                self._is_whole = False
                write_all(self._file, lines)
                sync(self._file)
            except OSError as error:
                raise LedgerError(f"{self._path}: {error.strerror}") from error
            self._is_whole = True
            self._size += len(lines)
        self._last += len(numbered)
        return numbered

    def skip(self, number: int) -> None:
        """Numbers up to this one are taken as well."""
        self._last = max(self._last, number)

    def replay(self, after: int = 0) -> Iterator[Numbered]:
        """The events with a greater number, in order; a damaged line is passed over and counted."""
        self.damaged = 0
        with self._path.open("rb") as lines:
            for line in lines:
                numbered = self._read(line[:-1])
                if numbered is None:
                    self.damaged += 1
                elif numbered.number > after:
                    yield numbered

    def forget(self, until: int) -> None:
        """Leave out the events up to this number; whatever happens on the way, all others stay. OSError."""
        beside = self._path.with_name(f".{self._path.name}{SUFFIX}")
        kept = self._offset_after(until)
        if kept == 0:
            return
        try:
            copied = self._copy(beside, kept, os.O_TRUNC)
            with self._changing:
                # What was appended meanwhile is little: the engine waits for no more than that.
                self._copy(beside, copied, os.O_APPEND)
                self._take(beside)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        sync_directory(self._path.parent)

    def close(self) -> None:
        os.close(self._file)
        self._lock.release()

    def _copy(self, beside: Path, begin: int, how: int) -> int:
        """Copy what begins there; where it ends."""
        copy = os.open(beside, WRITE | how, 0o600)
        try:
            with self._path.open("rb") as lines:
                lines.seek(begin)
                while block := lines.read(BLOCK):
                    write_all(copy, block)
                end = lines.tell()
            sync(copy)
        finally:
            os.close(copy)
        return end

    def _take(self, beside: Path) -> None:
        """From now on, that file is the journal. Windows replaces no file that is open."""
        self._make_ready()
        file, self._file = self._file, CLOSED
        os.close(file)
        swap(beside, self._path)
        self._make_ready()

    def _make_ready(self) -> None:
        """Open, and without the half of a batch that could not be written. OSError."""
        if self._file == CLOSED:
            self._file = os.open(self._path, APPEND, 0o600)
            self._size = os.fstat(self._file).st_size
        if not self._is_whole:
            os.ftruncate(self._file, self._size)
            self._is_whole = True

    def _offset_after(self, number: int) -> int:
        """Where the first line with a greater number begins."""
        offset = 0
        with self._path.open("rb") as lines:
            for line in lines:
                numbered = self._read(line[:-1])
                if numbered is not None and numbered.number > number:
                    break
                offset += len(line)
        return offset

    def _read(self, line: bytes) -> Numbered | None:
        body = unseal(line)
        with suppress(msgspec.DecodeError):
            return None if body is None else self._decoder.decode(body)
        return None

    def _numbers_from_end(self) -> Iterator[int]:
        for line in lines_from_end(self._path):
            if (numbered := self._read(line)) is not None:
                yield numbered.number
