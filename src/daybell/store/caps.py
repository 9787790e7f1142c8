"""How does output stay below its cap, while the command writes straight to its file?"""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from daybell.core.excerpt import BLOCK, Excerpt, head_of, marker, middle
from daybell.store.holes import ANYWHERE, Free, free, next_hole, read_at, write_at
from daybell.store.printed import MOVING, kept_in

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks: at most so much output lies on the disk beyond the cap."""
FLOOD = 16 << 20
"""Bytes that one look frees, after which the next one hurries."""
HASTE = 0.1
"""Seconds until then."""
SLOWEST = 60.0
"""Seconds between two looks at what no run prints to any more, as long as it does not grow."""
QUIET = 100
"""So many of those in a row that saw no growth, and it is taken for over."""
MOST_LEFT = 100
"""Files of output that are looked at after the end of their runs."""
CHUNK = 1 << 20
ROUNDS = 10
"""How often it is followed what is being printed while it is moved."""


class Capped:
    """One file of output; once it is finished it is an ordinary file, without a hole.

    What it has lost stands in it, so that whoever opens it next goes on where the last one ended: another
    attempt, or another life of Daybell.
    """

    def __init__(self, file: int, cap: int, free: Free) -> None:
        """`file` must be open for reading and writing; it is closed here. OSError."""
        self._file = file
        self._free = free
        self._lock = threading.Lock()
        size = os.fstat(file).st_size
        self._cap = _cap_so_far(file, size, cap) if size else cap
        self._head = head_of(self._cap)
        kept = kept_in(file, self._head) if size else Excerpt()
        self._dropped = kept.dropped
        self._line = len(marker(kept.dropped)) if kept.dropped else 0
        # A line that is there stays readable for whoever comes after a crash.
        self._freed_until = self._head + (BLOCK if kept.dropped else 0)
        self._makes_holes = True
        self.printed = kept.printed
        """How much had been printed to it before."""

    def look(self) -> int:
        """Free what has become the middle: how many bytes. OSError."""
        with self._lock:
            if self._file < 0:
                return 0
            tail = self._tail(os.fstat(self._file).st_size)
            until, freed_until, dropped = tail // BLOCK * BLOCK, self._freed_until, self._dropped
            if self._makes_holes and until > freed_until:
                self._makes_holes = self._punch(until)
            if self._makes_holes:
                return self._freed_until - freed_until
            if tail > self._head + self._line:
                self._close_up(tail)
            return self._dropped - dropped

    def finish(self) -> Excerpt | None:
        """The command is over: what is kept now stands together. None where it cannot be read or moved."""
        with self._lock:
            try:
                return self._finish()
            except OSError as error:
                log.warning("output cannot be kept below its cap: %s", error)
                return None

    def close(self) -> None:
        with self._lock:
            file, self._file = self._file, -1
            if file >= 0:
                os.close(file)

    def _finish(self) -> Excerpt:
        size = os.fstat(self._file).st_size
        tail = self._tail(size)
        if tail > self._head + self._line:
            self._close_up(tail)
            size = os.fstat(self._file).st_size
        printed = size - self._line + self._dropped
        return Excerpt(printed, self._dropped, self._head if self._dropped else 0)

    def _tail(self, size: int) -> int:
        """Where in the file the tail begins that is to be kept."""
        _, end = middle(size - self._line + self._dropped, self._cap)
        return max(end - self._dropped, self._head) + self._line

    def _punch(self, until: int) -> bool:
        """Whether this file system can."""
        try:
            with MOVING:
                self._free(self._file, self._freed_until, until - self._freed_until)
        except OSError:
            return False
        self._freed_until = until
        return True

    def _close_up(self, tail: int) -> None:
        """What is printed between the last look at the size and the cut is lost: some microseconds' worth."""
        dropped = self._dropped + tail - self._head - self._line
        line = marker(dropped)
        to, moved = self._head + len(line), tail
        with MOVING:
            for _ in range(ROUNDS):
                size = os.fstat(self._file).st_size
                if size <= moved:
                    break
                self._move(moved, to + moved - tail, size)
                moved = size
            write_at(self._file, line, self._head)
            os.ftruncate(self._file, to + moved - tail)
        self._dropped, self._line = dropped, len(line)
        self._freed_until = self._head + BLOCK

    def _move(self, begin: int, to: int, until: int) -> None:
        """Forward: the gap is longer than the line in it."""
        for part in range(begin, until, CHUNK):
            chunk = read_at(self._file, min(CHUNK, until - part), part)
            write_at(self._file, chunk, to + part - begin)


class Left:
    """A file of output whose run is over, but not what prints to it."""

    def __init__(self, path: Path, cap: int) -> None:
        self._path = path
        self._cap = cap
        self._size = -1
        self.quiet = 0
        """How many looks ago it last grew."""

    def look(self, free: Free) -> bool:
        """Whether it has grown; its middle goes when it is a quarter too long. OSError when it is gone."""
        size = self._path.stat().st_size
        if size == self._size:
            self.quiet += 1
            return False
        if self._size < 0 or size > self._cap + self._cap // 4:
            capped = Capped(os.open(self._path, ANYWHERE), self._cap, free)
            try:
                capped.finish()
            finally:
                capped.close()
            size = self._path.stat().st_size
        self._size, self.quiet = size, 0
        return True


class Caps:
    """Looks at what is being written, on a thread that sleeps while nothing is."""

    def __init__(self, free: Free = free) -> None:
        self._free = free
        self._lock = threading.Lock()
        self._files: set[Capped] = set()
        self._left: dict[Path, Left] = {}
        self._wishes: list[Callable[[], object]] = []
        self._pace = self._rest = LOOK
        """Seconds between two looks at these, and until the next one."""
        self._is_wanted = threading.Event()
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def hold(self, path: Path, cap: int) -> Capped:
        """Keep this file below so many bytes from now on, until it is released. OSError."""
        file = os.open(path, ANYWHERE)
        try:
            capped = Capped(file, cap, self._free)
        except OSError:
            os.close(file)
            raise
        with self._lock:
            self._files.add(capped)
        if not self._is_wanted.is_set():
            self._is_wanted.set()
        return capped

    def release(self, capped: Capped) -> Excerpt | None:
        """The command is over; what of its output is kept."""
        with self._lock:
            self._files.discard(capped)
        try:
            return capped.finish()
        finally:
            capped.close()

    def leave(self, path: Path, cap: int) -> None:
        """Nobody will release this file: look at it as long as it grows, more and more seldom."""
        with self._lock:
            self._left[path] = Left(path, cap)
            if len(self._left) > MOST_LEFT:
                del self._left[next(iter(self._left))]
            self._pace = self._rest = LOOK
        self._is_wanted.set()

    def soon(self, act: Callable[[], object]) -> None:
        """Have this done on its thread: it may take its time, and whoever asks for it has none."""
        with self._lock:
            self._wishes.append(act)
        self._is_wanted.set()

    def stop(self, seconds: float = 5.0) -> bool:
        """Whether its thread has ended within that time."""
        self._is_stopping.set()
        self._is_wanted.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def look(self, waited: float = LOOK) -> float:
        """Once at each file that runs print to, and at the others if they have had their rest.

        `waited`: seconds since the last look; the answer: until the next one.
        """
        freed = 0
        with self._lock:
            files, wishes = list(self._files), self._wishes
            self._wishes = []
            if not files:
                self._is_wanted.clear()
        for capped in files:
            try:
                freed = max(freed, capped.look())
            except OSError as error:
                log.warning("output cannot be kept below its cap: %s", error)
        for act in wishes:
            act()
        self._rest -= waited
        if self._rest <= 0:
            self._look_at_left()
        return HASTE if freed > FLOOD else LOOK

    @property
    def patience(self) -> float | None:
        """Seconds until the next look, if nothing begins before; None: there is nothing to look at."""
        with self._lock:
            return max(0.0, self._rest) if self._left else None

    def _look_at_left(self) -> None:
        has_grown = False
        with self._lock:
            left = list(self._left.items())
        for path, one in left:
            try:
                has_grown |= one.look(self._free)
            except OSError:
                one.quiet = QUIET
            if one.quiet >= QUIET:
                with self._lock:
                    self._left.pop(path, None)
        self._pace = self._rest = LOOK if has_grown else min(2 * self._pace, SLOWEST)

    def _run(self) -> None:
        beat = LOOK
        while not self._is_stopping.is_set():
            patience = self.patience
            is_wanted = self._is_wanted.wait(patience)
            beat = self._look(beat if is_wanted or patience is None else patience)
            if is_wanted:
                self._is_stopping.wait(beat)
        self._look(LOOK)  # what was wished for until now

    def _look(self, waited: float) -> float:
        try:
            return self.look(waited)
        except Exception:  # the thread's edge: the next look may go well
            log.exception("looking at output failed")
            return LOOK


def _cap_so_far(file: int, size: int, cap: int) -> int:
    """A hole that an earlier life left tells which cap it had: a run keeps the one it began with."""
    hole = next_hole(file, 0)
    return 2 * hole if 0 < hole < size and hole % BLOCK == 0 else cap
