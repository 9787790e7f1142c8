"""How does a desktop of Linux start Daybell at login? By a file in its autostart directory."""

from collections.abc import Mapping

from daybell.core import autostart_desktop
from daybell.core.autostart import Command, Entry, How
from daybell.desktop.autostart import files


class DesktopFile:
    """All desktops read it."""

    how: How = "desktop"

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.path = files.configuration(environ) / "autostart" / "daybell.desktop"
        self._session = environ.get("XDG_CURRENT_DESKTOP", "")

    def entry(self) -> Entry | None:
        content = files.content(self.path)
        if content is None:
            return None
        return autostart_desktop.read(content.decode(errors="replace"), str(self.path), self._session)

    def write(self, command: Command) -> None:
        files.write(self.path, autostart_desktop.render(command).encode())

    def remove(self) -> None:
        files.remove(self.path)
