"""The journal: every event, one numbered JSON line each, durable before anything acts on it."""

import errno
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from msgspec import Struct

from daybell.model.errors import AlreadyRunning, LedgerError
from daybell.model.events import AnyEvent, Numbered, RunStarted
from daybell.store.atomic import SUFFIX, copy_part, keep, swap, sync, sync_directory
from daybell.store.lines import seal_batch, unseal, unseal_batches, write_all
from daybell.store.remedies import complaint

log = logging.getLogger(__name__)

APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
COPY = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
CLOSED = -1


class Journal:
    """One writer, by a lock of its own. Half a batch at its end is cut off when it opens.

    `forget` may be called from another thread than `append`.
    """

    def __init__(self, path: Path, after: int = 0) -> None:
        """AlreadyRunning where another process writes it; LedgerError where it cannot be opened.

        Numbers up to `after` are known to be taken.
        """
        self._path = path
        self._beside = path.with_name(f".{path.name}{SUFFIX}")
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Numbered)
        self._changing = threading.Lock()
        self.damaged = 0
        """Lines that could not be read at the last replay."""
        self._file = CLOSED
        self._mark = 0, 0
        """Tells the open file from any other that may come to bear its name."""
        self._size = 0
        """Of what was acknowledged; what lies behind is the half of a batch."""
        self._lock = FileLock(path.with_suffix(".lock"), mode=0o600, thread_local=False)
        try:
            self._lock.acquire(timeout=0)
            self._open()
            self._last = max(after, self._mend())
        except Timeout as error:
            raise AlreadyRunning(f"another Daybell writes {path}") from error
        except OSError as error:
            self.close()
            raise LedgerError(complaint(path, error, "cannot be opened")) from error

    def append(self, events: Sequence[AnyEvent]) -> Sequence[Numbered]:
        """All of them with one sync; LedgerError, and the file as it was, when that fails.

        Starts alone are not synced: what they name is gone whenever they could be lost.
        """
        numbered = [Numbered(number, event) for number, event in enumerate(events, self._last + 1)]
        lines = seal_batch(self._encoder.encode(one) for one in numbered)
        with self._changing:
            try:
                self._make_ready()
                write_all(self._file, lines)
                if not all(isinstance(event, RunStarted) for event in events):
                    sync(self._file)
            except OSError as error:
                with suppress(OSError):  # the next append tries it again
                    self._make_ready()
                raise LedgerError(complaint(self._path, error)) from error
            self._size += len(lines)
        self._last += len(numbered)
        return numbered

    def skip(self, number: int) -> None:
        """Numbers up to this one are taken as well."""
        self._last = max(self._last, number)

    def replay(self, after: int = 0) -> Iterator[Numbered]:
        """The events with a greater number, in order; a damaged line is passed over and counted.

        LedgerError where the disk does not give them.
        """
        self.damaged = 0
        try:
            with self._path.open("rb") as lines:
                for _, body in unseal_batches(lines):
                    numbered = self._decode(body)
                    if numbered is None:
                        self.damaged += 1
                    elif numbered.number > after:
                        yield numbered
        except OSError as error:
            raise LedgerError(complaint(self._path, error, "cannot be read")) from error

    def first(self, default: int) -> int:
        """The number of the first event that it still has; that one without any. Any thread. OSError."""
        with self._path.open("rb") as lines:
            numbers = (number_of(body) for _, body in unseal_batches(lines) if body is not None)
            return next(numbers, default)

    def forget(self, until: int) -> None:
        """Leave out the batches up to this number; whatever happens on the way, all others stay. OSError."""
        with self._changing:
            self._make_ready()
            mark, size = self._mark, self._size
        kept = self._offset_after(until, size)
        if kept == 0:
            return
        try:
            self._copy(kept, size, COPY)
            with self._changing:
                # What was appended meanwhile is little: the engine waits for no more than that.
                self._copy_rest(size, mark)
                self._take()
        except BaseException:
            self._beside.unlink(missing_ok=True)
            raise

    def close(self) -> None:
        file, self._file = self._file, CLOSED
        if file != CLOSED:
            os.close(file)
        self._lock.release()

    def _open(self) -> None:
        """The file of that name is the journal, and no crash takes that name from it. OSError."""
        file = os.open(self._path, APPEND, 0o600)
        try:
            # Before the first append: what is in a file without a name is lost.
            sync_directory(self._path.parent)
            about = os.fstat(file)
            self._mark, self._size = mark_of(about), about.st_size
        except OSError:
            os.close(file)
            raise
        old, self._file = self._file, file
        if old != CLOSED:
            os.close(old)

    def _make_ready(self) -> None:
        """Open, in its place, and without the half of a batch that could not be written. OSError."""
        if self._file == CLOSED:
            self._open()
        about = stat_of(self._path)
        if about is None or mark_of(about) != self._mark:
            self._put_back()
        elif about.st_size < self._size:
            log.error("%s was cut short by somebody else", self._path)
            self._mend()
        elif about.st_size > self._size:
            os.ftruncate(self._file, self._size)

    def _put_back(self) -> None:
        """Somebody took it away, or put another file in its place: all of it is still open here."""
        log.warning("%s was taken away or replaced, and is written again", self._path)
        try:
            with os.fdopen(os.dup(self._file), "rb") as lines:
                copy_part(lines, 0, self._size, self._create(COPY))
            keep(self._path, self._path.with_name(f"{self._path.name}.replaced"))
            swap(self._beside, self._path)
        except BaseException:
            self._beside.unlink(missing_ok=True)
            raise
        self._open()

    def _copy(self, begin: int, end: int, how: int) -> None:
        with self._path.open("rb") as lines:
            copy_part(lines, begin, end, self._create(how))

    def _copy_rest(self, begin: int, mark: tuple[int, int]) -> None:
        """`mark`: of the file that was copied up to there."""
        self._make_ready()
        if self._mark != mark:
            raise OSError(errno.ESTALE, "it was replaced meanwhile", str(self._path))
        self._copy(begin, self._size, APPEND)

    def _create(self, how: int) -> int:
        return os.open(self._beside, how, 0o600)

    def _take(self) -> None:
        """The copy becomes the journal. Windows replaces no file that is open."""
        file, self._file = self._file, CLOSED
        os.close(file)
        swap(self._beside, self._path)
        self._open()

    def _offset_after(self, number: int, size: int) -> int:
        """Where the batch of the first greater number begins, in what was acknowledged."""
        begin = offset = 0
        with self._path.open("rb") as lines:
            for line, body in unseal_batches(lines):
                if offset >= size:
                    break
                if unseal(line[:-1]) is not None:
                    begin = offset
                if body is not None and number_of(body) > number:
                    return begin
                offset += len(line)
        return size

    def _mend(self) -> int:
        """The last number, after the half of a batch that a power cut left was cut off. OSError."""
        end = size = last = 0
        with self._path.open("rb") as lines:
            for line, body in unseal_batches(lines):
                size += len(line)
                if body is not None:
                    end, last = size, number_of(body)
            lines.seek(end)
            tail = lines.read()
        # Zeros are what was never written: whatever stands around them is of the same batch.
        self._size = end if b"\0" in tail else end + tail.rfind(b"\n") + 1
        if self._size < size:
            log.warning("%s: %d bytes of an unfinished batch were cut off", self._path, size - self._size)
            os.ftruncate(self._file, self._size)
        return last

    def _decode(self, body: bytes | None) -> Numbered | None:
        with suppress(msgspec.DecodeError):
            return None if body is None else self._decoder.decode(body)
        return None


class Place(Struct):
    """Of a line, only its number: also where a newer Daybell wrote it."""

    number: int


def number_of(body: bytes) -> int:
    return msgspec.json.decode(body, type=Place).number


def stat_of(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def mark_of(about: os.stat_result) -> tuple[int, int]:
    return about.st_dev, about.st_ino
