"""Which environment would a new login have on Windows? As the registry says."""

import sys
import winreg
from collections.abc import Mapping

from daybell.core.login_shells import of_registry

assert sys.platform == "win32"  # the form that type checkers know

MACHINE = r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
PERSON = "Environment"


def registry_environment(own: Mapping[str, str]) -> dict[str, str]:
    """The machine's and the person's, over what this process has. OSError."""
    machine = _values(winreg.HKEY_LOCAL_MACHINE, MACHINE)
    return of_registry(machine, _values(winreg.HKEY_CURRENT_USER, PERSON), own)


def _values(root: int, path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    with winreg.OpenKey(root, path) as key:
        for place in range(winreg.QueryInfoKey(key)[1]):
            name, value, kind = winreg.EnumValue(key, place)
            if kind in {winreg.REG_SZ, winreg.REG_EXPAND_SZ}:
                text = str(value)
                found[name] = winreg.ExpandEnvironmentStrings(text) if kind == winreg.REG_EXPAND_SZ else text
    return found
