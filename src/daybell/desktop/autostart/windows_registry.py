"""How are values of the registry read and written? Only calls: desktop/autostart/run_key.py decides."""

import sys
import winreg
from contextlib import suppress

assert sys.platform == "win32"  # the form that type checkers know

PERSON = winreg.HKEY_CURRENT_USER


class PersonsRegistry:
    """That of the person who runs this."""

    def read(self, key: str, name: str) -> object:
        with suppress(FileNotFoundError), winreg.OpenKey(PERSON, key) as opened:
            value: object = winreg.QueryValueEx(opened, name)[0]
            return value
        return None

    def write(self, key: str, name: str, text: str) -> None:
        with winreg.CreateKey(PERSON, key) as opened:
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)

    def remove(self, key: str, name: str) -> None:
        with suppress(FileNotFoundError), winreg.OpenKey(PERSON, key, access=winreg.KEY_SET_VALUE) as opened:
            winreg.DeleteValue(opened, name)
