"""How does what a command prints get into its file, if it must be changed on the way?"""

import errno
import logging
import os
import threading
from typing import Protocol

log = logging.getLogger(__name__)

CHUNK = 1 << 16
"""Bytes: what a pipe holds where it is largest."""


class Filter(Protocol):
    """What becomes of the bytes on their way."""

    def feed(self, chunk: bytes) -> bytes:
        """What is to be written now, of this and of what was held back."""
        ...

    def finish(self) -> bytes:
        """What was held back; nothing comes any more."""
        ...


class Pump:
    """A thread that carries what comes out of a pipe into a file, through a filter.

    It runs until nobody can write into the pipe any more: what a command leaves behind prints on, as it would
    into a file. Whoever prints when this process is gone gets SIGPIPE or an error.
    """

    def __init__(self, name: str, source: int, file: int, through: Filter) -> None:
        """`source` and `file` belong to the pump from here on. OSError where there is no thread to be had."""
        self._name = name
        self._file = file
        self._filter = through
        self._lost = 0
        """Bytes that could not be written since something last could."""
        self._is_told = False
        self._is_over = threading.Event()
        self._source = source
        try:
            threading.Thread(target=self._run, name=f"pump {name}", daemon=True).start()
        except RuntimeError as error:
            self._close()
            raise OSError(errno.EAGAIN, "there are no more threads") from error

    def drain(self, seconds: float | None) -> bool:
        """Wait that long at most, or as long as it takes, for the last byte to be written; whether it was."""
        return self._is_over.wait(seconds)

    def _run(self) -> None:
        try:
            while chunk := os.read(self._source, CHUNK):
                self._write(self._filter.feed(chunk))
            self._write(self._filter.finish())
        except Exception:  # the thread's edge: whoever prints on gets an error, and does not wait for ever
            log.exception("the output of run %s is lost from here on", self._name)
        finally:
            self._close()

    def _write(self, content: bytes) -> None:
        """The command must not wait for a full disk: what finds no room is dropped, and that is said."""
        if not content:
            return
        rest = memoryview(_gap(self._lost) + content if self._lost else content)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
            self._lost = 0
        except OSError as error:
            is_gap_written = len(rest) <= len(content)
            self._lost = len(rest) if is_gap_written else self._lost + len(content)
            self._tell(error)

    def _tell(self, error: OSError) -> None:
        """Once: a disk that is full stays so for a while."""
        if not self._is_told:
            log.warning("output of run %s is dropped: %s", self._name, error.strerror)
        self._is_told = True

    def _close(self) -> None:
        os.close(self._source)
        os.close(self._file)
        self._is_over.set()


def _gap(lost: int) -> bytes:
    """The line in the place of what was dropped, which also keeps apart what stands beside it."""
    return f"\n[Daybell could not write {lost:,} bytes here]\n".encode()
