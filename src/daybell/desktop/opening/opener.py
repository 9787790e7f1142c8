"""How is a file or a directory shown to the person? The desktop knows a program for it."""

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from daybell.desktop.notices.interface import Notices
from daybell.desktop.opening.default_editor import PATIENCE, Which, editor_command
from daybell.model.errors import Conflict

log = logging.getLogger(__name__)

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

    def __init__(
        self,
        notices: Notices,
        which: Which = shutil.which,
        platform: str = sys.platform,
        *,
        environ: Mapping[str, str] = os.environ,
        patience: float = PATIENCE,
    ) -> None:
        self._notices = notices
        self._which = which
        self._platform = platform
        self._environ = environ
        self._patience = patience

    def open(self, path: Path, line: int | None = None) -> None:
        """Let the desktop show it, at this line where the person's editor is known to; returns at once.

        Conflict where the desktop has no way to show anything.
        """
        command = opener_command(self._platform, self._which)
        if command is None and self._platform != "win32":
            raise Conflict(f"no program to open {path} with was found; it is there all the same")
        threading.Thread(
            target=self._show, args=(command or (), path, line), name="opener", daemon=True
        ).start()

    def _show(self, command: tuple[str, ...], path: Path, line: int | None) -> None:
        """On a thread of its own: some programs end at once, some with the window they open."""
        # On macOS the program for a log is Console, and `open` knows no lines.
        if line is not None and self._platform != "darwin" and self._show_at(path, line):
            return
        try:
            if sys.platform == "win32":
                os.startfile(path)  # noqa: S606 - a file or directory of ours
                return
            reason = f"ended with {exit_code}" if (exit_code := _start([*command, str(path)]).wait()) else ""
        except OSError as failure:
            reason = f"did not start: {failure.strerror}"
        if reason:
            log.warning("%s could not be opened: the desktop's opener %s", path, reason)
            self._notices.notify("Nothing opened", f"The desktop did not open {path}.")

    def _show_at(self, path: Path, line: int) -> bool:
        """Whether the person's editor shows it there."""
        command = editor_command(path, line, self._which, self._environ, self._patience)
        if command is None:
            return False
        try:
            editor = _start(command)
        except OSError as failure:
            log.warning("%s did not start: %s", command[0], failure.strerror)
            return False
        try:
            exit_code = editor.wait(self._patience)
        except subprocess.TimeoutExpired:
            editor.wait()  # It shows a window, and what it ends with is no answer to us.
            return True
        if exit_code:
            log.warning("%s did not open %s: it ended with %d", command[0], path, exit_code)
        return exit_code == 0


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # Its own session: it outlives Daybell, and no signal of our terminal reaches it.
    return subprocess.Popen(  # noqa: S603 - no shell; the program is the desktop's own
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
