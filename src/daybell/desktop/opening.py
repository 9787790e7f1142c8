"""How is a file or a directory shown to the person? The desktop knows a program for it."""

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from daybell.desktop.notices.interface import Notices
from daybell.model.errors import Conflict

log = logging.getLogger(__name__)

Which = Callable[[str], str | None]
"""Where a program is, if it is there."""

LINUX_OPENERS = (("xdg-open",), ("gio", "open"))


def opener_command(platform: str, which: Which) -> tuple[str, ...] | None:
    """The command that opens the path put after it; None where there is none."""
    candidates = (("open",),) if platform == "darwin" else LINUX_OPENERS
    for program, *arguments in candidates:
        if path := which(program):
            return (path, *arguments)
    return None


class Opener:
    """Hands paths to the desktop. What comes too late for an exception comes as a notice."""

    def __init__(self, notices: Notices, which: Which = shutil.which, platform: str = sys.platform) -> None:
        self._notices = notices
        self._which = which
        self._platform = platform

    def open(self, path: Path) -> None:
        """Let the desktop show it; returns at once. Conflict where it has no way to."""
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - a file or directory of ours
            return
        command = opener_command(self._platform, self._which)
        if command is None:
            raise Conflict(f"no program to open {path} with was found; it is there all the same")
        # Its own session: it outlives Daybell, and no signal of our terminal reaches it.
        process = subprocess.Popen(  # noqa: S603 - no shell; the program is the desktop's own
            [*command, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(target=self._watch, args=(process, path), name="opener", daemon=True).start()

    def _watch(self, process: subprocess.Popen[bytes], path: Path) -> None:
        """Some openers end at once, some with the window they open."""
        if exit_code := process.wait():
            log.warning("%s could not be opened: the desktop's opener ended with %d", path, exit_code)
            self._notices.notify("Nothing opened", f"The desktop did not open {path}.")
