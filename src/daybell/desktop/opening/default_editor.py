"""With which command does the editor that the person has chosen for logs open one at a line?"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from daybell.desktop.opening.editors import (
    LOG_TYPES,
    SINCE,
    command_at,
    entry_paths,
    exec_words,
    known_editor,
    version_command,
)

Which = Callable[[str], str | None]
"""Where a program is, if it is there."""

PATIENCE = 2.0
"""Seconds that a program has to answer, or to say that it does not understand; most take a tenth of one."""


def editor_command(
    path: Path, line: int, which: Which, environ: Mapping[str, str] = os.environ, patience: float = PATIENCE
) -> tuple[str, ...] | None:
    """None where the editor is not known to open files at a line. Takes `patience` a few times at most."""
    words = _default_words(which, environ, patience)
    command = command_at(words, path, line) if words else None
    if words is None or command is None:
        return None
    if (since := SINCE.get(known_editor(words) or "")) and _version(version_command(words), patience) < since:
        return None
    return command


def _default_words(which: Which, environ: Mapping[str, str], patience: float) -> list[str] | None:
    """What the desktop starts for a log."""
    if sys.platform == "win32":
        return _windows_default()
    # xdg-open goes by the same rules.
    xdg_mime = which("xdg-mime")
    if xdg_mime is None:
        return None
    for mime_type in LOG_TYPES:
        name = _answer([xdg_mime, "query", "default", mime_type], patience).strip()
        if name.endswith(".desktop"):
            return _read_entry(name, environ)
    return None


def _read_entry(name: str, environ: Mapping[str, str]) -> list[str] | None:
    for path in entry_paths(name, environ):
        try:
            return exec_words(path.read_text("utf-8", "replace"))
        except (OSError, ValueError):
            continue
    return None


def _version(command: Sequence[str], patience: float) -> int:
    """The first number that it prints; 0 without one."""
    found = re.search(r"\d+", _answer(command, patience))
    return int(found[0]) if found else 0


def _answer(command: Sequence[str], patience: float) -> str:
    """What it prints; empty when it fails or is too slow."""
    try:
        asked = subprocess.run(  # noqa: S603 - no shell; programs of the desktop
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=patience,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.decode("utf-8", "replace")


if sys.platform == "win32":
    import ctypes

    def _windows_default() -> list[str] | None:
        executable, size = ctypes.create_unicode_buffer(1024), ctypes.c_uint32(1024)
        # ASSOCSTR_EXECUTABLE is 2; what the person chose comes before what was installed.
        failed = ctypes.windll.shlwapi.AssocQueryStringW(0, 2, ".log", None, executable, ctypes.byref(size))
        return None if failed else [executable.value, "%F"]
