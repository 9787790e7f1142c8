"""Where does an attempt's output go, and what did it say last?"""

import os
import re
from pathlib import Path

APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
TAIL_BYTES = 4096
LONGEST = 500
"""Characters of a line that people read."""

ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
"""Colours, cursor movements and titles of a terminal."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def open_log(path: Path) -> int:
    """A descriptor that appends to the file; only its owner may read what a command prints."""
    try:
        return os.open(path, APPEND, 0o600)
    except FileNotFoundError:  # the first run of its job
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, APPEND, 0o600)


def last_line(path: Path, since: int) -> str | None:
    """The last line with text in it, of what stands behind that many bytes; None without one."""
    try:
        with path.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(since, size - TAIL_BYTES))
            return last_text(log.read(TAIL_BYTES))
    except OSError:
        return None


def last_text(tail: bytes) -> str | None:
    """The last line with text in it, fit to be shown: whatever the bytes are."""
    text = tail.decode("utf-8", "backslashreplace")
    for line in reversed(ESCAPE.sub("", text).splitlines()):
        plain = CONTROL.sub("", line).strip()
        if plain:
            return plain[:LONGEST]
    return None
