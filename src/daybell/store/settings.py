"""What does `settings.json` say, and how is it edited?"""

import os
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

from daybell.core.settings import parse_settings
from daybell.engine.files import Change, Etags
from daybell.model.errors import InvalidSettings
from daybell.model.settings import Settings
from daybell.model.status import Problem
from daybell.store.edits import content_or_nothing, edit, forget_unfinished
from daybell.store.trust import distrust


def read_settings(path: Path, machine: ZoneInfo) -> Settings:
    """The defaults where there is no file. InvalidSettings, with every problem, where it is not valid."""
    try:
        with path.open("rb") as file:
            reason, content = distrust(path, os.fstat(file.fileno())), file.read()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        message = f"cannot be read: {error.strerror}; check its permissions"
        raise InvalidSettings([Problem(path.name, "", message)]) from error
    if reason:
        raise InvalidSettings([Problem(path.name, "", reason)])
    return parse_settings(path.name, content, machine)


class SettingsPath:
    """The one file at that path, which need not be there. Any thread."""

    def __init__(self, path: Path, machine: ZoneInfo) -> None:
        """`machine` is what "local" stands for."""
        self._path = path
        self._machine = machine
        self._lock = threading.Lock()
        forget_unfinished(path.parent, path.name)

    def content(self) -> bytes:
        """The file as it is; nothing where there is none. DiskRefused."""
        return content_or_nothing(self._path)

    def read(self) -> Settings:
        """What holds by it. InvalidSettings."""
        return read_settings(self._path, self._machine)

    def edit(self, change: Change, expected: Etags = None) -> bytes:
        """What the file says now. Changed, DiskRefused; InvalidSettings, and the file as it was."""
        with self._lock:
            return edit(self._path, self.content(), expected, change, self._check)

    def _check(self, content: bytes) -> Settings:
        return parse_settings(self._path.name, content, self._machine)
