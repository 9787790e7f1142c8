"""How does Daybell start itself once more, as itself or in one of its small roles?

Installed by pip it is a package of an interpreter; packed it is a program of its own, which has none.
"""

import sys
from collections.abc import MutableMapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ORIGINAL = "_ORIG"
"""Behind the name of a variable that the packed program's loader has changed: as it was before."""
CODE = "--run-code"
LOADED_BY = ("LD_LIBRARY_PATH", "LIBPATH")


class Role(NamedTuple):
    """A part of Daybell that runs in a process of its own and loads little of the rest."""

    option: str
    """What a packed Daybell is called with, to be it."""
    module: str
    script: Path | None = None
    """The module's file, where it needs no library."""


PINGS = Role("--send-pings", "daybell.machine.ping_child", HERE / "ping_child.py")
_KIND = "windows_shim" if sys.platform == "win32" else "shim"
SHIM = Role("--become-command", f"daybell.machine.processes.{_KIND}", HERE / "processes" / f"{_KIND}.py")
WARDEN = Role("--keep-secrets", "daybell.desktop.secrets.child")
"""Never imported here: it knows secrets."""
ROLES = (PINGS, SHIM, WARDEN)


def own_command(*words: str, executable: str | None = None, is_frozen: bool | None = None) -> list[str]:
    """This very program. A directory of its name where the app was started must not come in between."""
    if _is_packed(is_frozen):
        return [_speaking(executable), *words]
    return [executable or sys.executable, "-P", "-m", "daybell", *words]


def own_role(role: Role, executable: str | None = None, *, is_frozen: bool | None = None) -> list[str]:
    """As little of this program as the role needs."""
    if _is_packed(is_frozen):
        return [_speaking(executable), role.option]
    way = ["-P", "-m", role.module] if role.script is None else ["-I", "-S", str(role.script)]
    return [executable or sys.executable, *way]


def own_code(code: str, executable: str | None = None, *, is_frozen: bool | None = None) -> list[str]:
    """A program in Python, of what Daybell itself is made of."""
    if _is_packed(is_frozen):
        return [_speaking(executable), CODE, code]
    return [executable or sys.executable, "-c", code]


def play_role(words: list[str], *, is_frozen: bool | None = None) -> bool:
    """Whether the arguments asked a packed Daybell for a role, which is over then."""
    if not _is_packed(is_frozen):
        return False
    for role in ROLES:
        if words == [role.option]:
            import_module(role.module).main()
            return True
    if len(words) == 2 and words[0] == CODE:
        exec(words[1], {"__name__": "__main__"})  # noqa: S102 - as an interpreter does with -c
        return True
    return False


def leave_no_trace(environ: MutableMapping[str, str], *, is_frozen: bool | None = None) -> None:
    """Take the variables of the packed program's loader back, before any command inherits them.

    Its libraries are found by then, and a job's own programs must not find them.
    """
    if not _is_packed(is_frozen):
        return
    for name in LOADED_BY:
        before = environ.pop(f"{name}{ORIGINAL}", None)
        environ.pop(name, None)
        if before is not None:
            environ[name] = before
    for name in [name for name in environ if name.startswith("_PYI_")]:
        del environ[name]


def _speaking(executable: str | None) -> str:
    """Of the two programs that Windows has, the one whose children can be heard."""
    executable = executable or sys.executable
    windowless = "daybellw.exe"
    return executable[: -len(windowless)] + "daybell.exe" if executable.endswith(windowless) else executable


def _is_packed(is_frozen: bool | None) -> bool:  # noqa: FBT001 - three states; the public ones name it
    return bool(getattr(sys, "frozen", False)) if is_frozen is None else is_frozen
