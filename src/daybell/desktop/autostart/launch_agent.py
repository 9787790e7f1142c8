"""How does macOS start Daybell at login? By an agent of the person's, which launchd finds then."""

from collections.abc import Mapping

from daybell.core import autostart_launch_agent
from daybell.core.autostart import Command, Entry, How
from daybell.core.autostart_launch_agent import LABEL
from daybell.desktop.autostart import files
from daybell.desktop.autostart.interface import Ask
from daybell.model.errors import DaybellError


class LaunchAgent:
    """Only its file is written: to load it now would start a second Daybell, to unload it end this one."""

    how: How = "launch_agent"

    def __init__(self, environ: Mapping[str, str], ask: Ask, user: int) -> None:
        """`user` is the person's number."""
        self.path = files.home(environ) / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._ask = ask
        self._domain = f"gui/{user}"

    def entry(self) -> Entry | None:
        content = files.content(self.path)
        if content is None:
            return None
        return autostart_launch_agent.read(content, str(self.path), self._disabled())

    def write(self, command: Command) -> None:
        files.write(self.path, autostart_launch_agent.render(command))

    def remove(self) -> None:
        if files.content(self.path) is None:
            return
        files.remove(self.path)
        if f'"{LABEL}"' in self._disabled():  # launchd remembers it, whether there is a file or not
            said = self._ask(["launchctl", "enable", f"{self._domain}/{LABEL}"])
            if said.code:
                raise DaybellError(f"launchd goes on to have it switched off: {said.text}")

    def _disabled(self) -> str:
        said = self._ask(["launchctl", "print-disabled", self._domain])
        return "" if said.code else said.text
