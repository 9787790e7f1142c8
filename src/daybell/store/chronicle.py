"""What happened beside the runs: one file of numbered lines, never more than a few megabytes."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from daybell.model.chronicle import Entry
from daybell.store.atomic import replace_file
from daybell.store.lines import append, cut_torn_tail, lines_from_end, seal, unseal

log = logging.getLogger(__name__)

NAME = "chronicle.jsonl"
LARGEST = 4 << 20
"""Bytes: some twenty thousand entries. A laptop makes a dozen a day, and one each time that a job is put off.
Then the older half goes."""


class Chronicle:
    """One thread adds, any thread reads. What cannot be written waits, and is tried again with the next."""

    def __init__(self, path: Path, changed: Callable[[Path], None], largest: int = LARGEST) -> None:
        """`changed` hears of each write."""
        self._path = path
        self._changed = changed
        self._largest = largest
        self._newest: int | None = None
        """Of the entries that are there; None: look first."""
        self._size = 0
        self._waiting: list[Entry] = []
        self._lock = threading.Lock()

    @property
    def is_behind(self) -> bool:
        """Some entries are in no file yet."""
        return bool(self._waiting)

    def add(self, entry: Entry) -> None:
        """Keep it; one that is known is passed over."""
        with self._lock:
            self._waiting.append(entry)
        self.catch_up()

    def catch_up(self) -> None:
        """Try once more what could not be written."""
        try:
            self._write()
        except OSError as error:
            self._newest = None  # half a line may be there
            log.warning("history: %s: %s", error.filename or self._path, error.strerror)

    def entries(self) -> Sequence[Entry]:
        """All of them, the oldest first; damaged ones are passed over. OSError."""
        with self._lock:
            waiting = list(self._waiting)
            written = list(_newest_first(self._path))[::-1]
        newest = written[-1].number if written else 0
        return [*written, *(one for one in waiting if one.number > newest)]

    def newest(self) -> int:
        """The number of the last entry; 0 without any. OSError."""
        return next((one.number for one in _newest_first(self._path)), 0)

    def _write(self) -> None:
        if self._newest is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._size = cut_torn_tail(self._path)
            self._newest = self.newest()
        lines = [_line(one) for one in self._waiting if one.number > self._newest]
        if lines:
            append(self._path, b"".join(lines))
            self._changed(self._path)
            self._size += sum(map(len, lines))
            self._newest = self._waiting[-1].number
        with self._lock:
            self._waiting.clear()
        if self._size > self._largest:
            self._trim()

    def _trim(self) -> None:
        kept, size = [], 0
        for one in _newest_first(self._path):
            kept.append(_line(one))
            size += len(kept[-1])
            if size > self._largest // 2:
                break
        with self._lock:
            replace_file(self._path, b"".join(reversed(kept)))
        self._size = size


def _line(entry: Entry) -> bytes:
    return seal(msgspec.json.encode(entry))


def _newest_first(path: Path) -> Iterator[Entry]:
    decoder = msgspec.json.Decoder(Entry)
    for line in lines_from_end(path):
        body = unseal(line)
        if body is not None:
            with suppress(msgspec.DecodeError):  # of a newer Daybell
                yield decoder.decode(body)
