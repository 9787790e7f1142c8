"""How does systemd start Daybell with the person's session? By a unit of their own, enabled."""

from collections.abc import Mapping

from daybell.core import autostart_systemd
from daybell.core.autostart import Command, Entry, How
from daybell.core.autostart_systemd import UNIT
from daybell.desktop.autostart import files
from daybell.desktop.autostart.interface import Ask
from daybell.model.errors import DaybellError

SYSTEMCTL = ("systemctl", "--user")


class UserUnit:
    """What is enabled, systemctl knows; it is asked only where there is a unit."""

    how: How = "systemd"

    def __init__(self, environ: Mapping[str, str], ask: Ask) -> None:
        self.path = files.configuration(environ) / "systemd" / "user" / UNIT
        self._ask = ask

    def entry(self) -> Entry | None:
        content = files.content(self.path)
        if content is None:
            return None
        said = self._ask([*SYSTEMCTL, "is-enabled", UNIT])
        command = autostart_systemd.read(content.decode(errors="replace"))
        return Entry(command, autostart_systemd.blocked_by(said.text))

    def write(self, command: Command) -> None:
        files.write(self.path, autostart_systemd.render(command).encode())
        said = self._ask([*SYSTEMCTL, "enable", UNIT])
        if said.code:
            files.remove(self.path)
            raise DaybellError(f"systemd does not take it: {said.text}")

    def remove(self) -> None:
        """What systemctl says does not matter: without its unit it starts nothing."""
        if files.content(self.path) is not None:
            self._ask([*SYSTEMCTL, "disable", UNIT])
            files.remove(self.path)
