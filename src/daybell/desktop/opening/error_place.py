"""On which line of a log does the error of its run stand?"""

import os
import time
from pathlib import Path
from typing import BinaryIO

from daybell.handlers.output import TAIL_BYTES, last_text

TAIL = 64 * 1024
"""Bytes at the end of a log in which the error is looked for: what a run left behind may print after it."""
CHUNK = 1024 * 1024
PATIENCE = 0.5
"""Seconds that counting lines may take: a person waits for the window."""


def error_line(path: Path, error: str | None, patience: float = PATIENCE) -> int | None:
    """The line, counted from 1, that `Run.error` was made of, or else the last with text: there it timed out.

    None without either, where the log cannot be read, and where counting takes longer than `patience`.
    """
    if not error:
        return None
    try:
        with path.open("rb") as log:
            start = max(0, log.seek(0, os.SEEK_END) - TAIL)
            log.seek(start)
            offset = error_offset(log.read(TAIL), error)
            if offset is None:
                return None
            log.seek(0)
            ends = line_ends(log, start + offset, time.monotonic() + patience)
    except OSError:
        return None
    return None if ends is None else ends + 1


def error_offset(tail: bytes, error: str) -> int | None:
    """Where the last line that says it begins, or else the last one with text."""
    offset, last = len(tail), None
    for line in reversed(tail.splitlines(keepends=True)):
        offset -= len(line)
        # Of a longer line the error knows only the end.
        text = None if line.isspace() else last_text(line[-TAIL_BYTES:])
        if text == error:
            return offset
        if last is None and text:
            last = offset
    return last


def line_ends(log: BinaryIO, length: int, deadline: float, chunk_bytes: int = CHUNK) -> int | None:
    r"""How many of \n, \r\n and \r its first bytes hold, as editors count; None at the `deadline`.

    Emacs and Vim count only \n: behind a progress bar they go to the end of the file, near the error.
    """
    ends, before = 0, b""
    while length > 0 and (chunk := log.read(min(chunk_bytes, length))):
        ends += chunk.count(b"\n")
        if b"\r" in chunk:
            ends += chunk.count(b"\r") - chunk.count(b"\r\n")
        if before == b"\r" and chunk.startswith(b"\n"):
            ends -= 1
        before = chunk[-1:]
        length -= len(chunk)
        if length > 0 and time.monotonic() > deadline:
            return None
    return ends
