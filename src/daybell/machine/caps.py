"""How does output stay below its cap, while the command writes straight to its file?"""

import logging
import os
import sys
import threading

from daybell.core.excerpt import Excerpt, head_of, marker, middle
from daybell.machine.holes import Free, free

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks: at most so much output lies on the disk beyond the cap."""
CHUNK = 1 << 20


class Capped:
    """One file of output; at its end it is an ordinary file again, without a hole."""

    def __init__(self, file: int, cap: int, free: Free) -> None:
        """`file` must be open for reading and writing; it is closed here."""
        self._file = file
        self._cap = cap
        self._free = free
        self._freed_until = head_of(cap)
        self._cut = 0
        """Bytes that were cut out, where no hole could be made: the file is so much shorter."""
        self._lock = threading.Lock()

    def look(self) -> None:
        """Free what has become the middle. OSError."""
        with self._lock:
            if self._file < 0:
                return
            size = os.fstat(self._file).st_size
            head, end = middle(size, self._cap)
            if end <= self._freed_until:
                return
            try:
                self._free(self._file, self._freed_until, end - self._freed_until)
                self._freed_until = end
            except OSError:
                self._cut_out(head, end)

    def finish(self) -> Excerpt:
        """The command is over: what is kept now stands together, with a line between."""
        with self._lock:
            try:
                return self._finish()
            except OSError as error:
                log.warning("output cannot be kept below its cap: %s", error)
        return Excerpt()

    def close(self) -> None:
        with self._lock:
            file, self._file = self._file, -1
            if file >= 0:
                os.close(file)

    def _finish(self) -> Excerpt:
        size = os.fstat(self._file).st_size
        head, end = middle(size, self._cap)
        if self._cut == 0 and end == head:
            return Excerpt(size)
        excerpt = Excerpt(size + self._cut, end - head + self._cut, head)
        line = marker(excerpt.dropped)
        self._move(end, head + len(line), size)
        _write_at(self._file, line, head)
        os.ftruncate(self._file, head + len(line) + size - end)
        return excerpt

    def _cut_out(self, head: int, end: int) -> None:
        """What is printed between the last look at the size and the cut is lost: some microseconds' worth."""
        moved = end
        while (size := os.fstat(self._file).st_size) > moved:
            self._move(moved, head + moved - end, size)
            moved = size
        os.ftruncate(self._file, head + moved - end)
        self._cut += end - head

    def _move(self, begin: int, to: int, until: int) -> None:
        """Forward only where nothing is overwritten that is still to be moved."""
        parts = range(begin, until, CHUNK)
        for part in parts if to <= begin else reversed(parts):
            chunk = _read_at(self._file, min(CHUNK, until - part), part)
            _write_at(self._file, chunk, to + part - begin)


class Caps:
    """Looks at what is being written, on a thread that sleeps while nothing is."""

    def __init__(self, free: Free = free) -> None:
        self._free = free
        self._lock = threading.Lock()
        self._files: set[Capped] = set()
        self._is_wanted = threading.Event()
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def hold(self, path: str | os.PathLike[str], cap: int) -> Capped:
        """Keep this file below so many bytes from now on, until it is released. OSError."""
        capped = Capped(os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0)), cap, self._free)
        with self._lock:
            self._files.add(capped)
        self._is_wanted.set()
        return capped

    def release(self, capped: Capped) -> Excerpt:
        """The command is over; what of its output is kept."""
        with self._lock:
            self._files.discard(capped)
        try:
            return capped.finish()
        finally:
            capped.close()

    def stop(self, seconds: float = 1.0) -> bool:
        """Whether its thread has ended within that time."""
        self._is_stopping.set()
        self._is_wanted.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def look(self) -> bool:
        """Whether there is anything to look at; all of it was looked at, once."""
        with self._lock:
            files = list(self._files)
            if not files:
                self._is_wanted.clear()
        for capped in files:
            try:
                capped.look()
            except OSError as error:
                log.warning("output cannot be kept below its cap: %s", error)
        return bool(files)

    def _run(self) -> None:
        while self._is_wanted.wait() and not self._is_stopping.is_set():
            try:
                self.look()
            except Exception:  # the thread's edge: the next look may go well
                log.exception("looking at output failed")
            self._is_stopping.wait(LOOK)


if sys.platform != "win32":

    def _read_at(file: int, length: int, offset: int) -> bytes:
        return os.pread(file, length, offset)

    def _write_at(file: int, content: bytes, offset: int) -> None:
        view = memoryview(content)
        while view:
            written = os.pwrite(file, view, offset)
            view, offset = view[written:], offset + written
else:

    def _read_at(file: int, length: int, offset: int) -> bytes:
        os.lseek(file, offset, os.SEEK_SET)
        return os.read(file, length)

    def _write_at(file: int, content: bytes, offset: int) -> None:
        os.lseek(file, offset, os.SEEK_SET)
        view = memoryview(content)
        while view:
            view = view[os.write(file, view) :]
