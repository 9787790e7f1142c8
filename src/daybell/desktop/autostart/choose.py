"""Which ways of starting at login has this system, and what shall start?"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from daybell.core.autostart import MODULE, SCRIPT, Command, login_command
from daybell.desktop.autostart.asking import asker
from daybell.desktop.autostart.interface import Way
from daybell.desktop.autostart.switch import LoginSwitch
from daybell.desktop.session import user_id


def open_autostart(environ: Mapping[str, str] = os.environ) -> LoginSwitch:
    return LoginSwitch(ways(environ), this_program(environ))


def ways(environ: Mapping[str, str]) -> Sequence[Way]:
    """The usual one first."""
    if sys.platform == "win32":
        from daybell.desktop.autostart.run_key import RunKey  # noqa: PLC0415 - only where it can work
        from daybell.desktop.autostart.windows_registry import PersonsRegistry  # noqa: PLC0415 - as above

        return (RunKey(PersonsRegistry()),)
    if sys.platform == "darwin":
        from daybell.desktop.autostart.launch_agent import LaunchAgent  # noqa: PLC0415 - as above

        return (LaunchAgent(environ, asker(environ), user_id()),)
    from daybell.desktop.autostart.systemd import UserUnit  # noqa: PLC0415 - as above
    from daybell.desktop.autostart.xdg import DesktopFile  # noqa: PLC0415 - as above

    return DesktopFile(environ), UserUnit(environ, asker(environ))


def this_program(environ: Mapping[str, str]) -> Command:
    """An AppImage is another place at each start, and says where it lies itself."""
    is_frozen = getattr(sys, "frozen", False)
    return login_command(
        sys.platform,
        os.path.abspath(sys.argv[0]),  # noqa: PTH100 - Path.absolute would leave a ".." in it
        sys.executable,
        os.path.isfile,
        frozen=environ.get("APPIMAGE") or sys.executable if is_frozen else None,
    )


def is_this_program(command: Command, executable: Path = Path(sys.executable)) -> bool:
    """Whether that starts this installation, by its Python or by its script, which pipx links to."""
    program, *words = command or ("",)
    if tuple(words) == MODULE:
        return Path(program).parent == executable.parent
    # One that is frozen is its own script.
    names = ("daybell", "daybell.exe", "daybellw.exe")
    own = (executable, *map(executable.with_name, names), Path(os.environ.get("APPIMAGE", executable)))
    return tuple(words) == SCRIPT and Path(program).resolve() in {path.resolve() for path in own}
