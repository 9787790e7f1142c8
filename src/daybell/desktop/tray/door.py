"""Which back end does pystray bring? The one door to pystray.

On Linux none: its own back ends need Gtk or have no menu, so ours (tray/sni.py) fills that place.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CHOICE = "PYSTRAY_BACKEND"


@contextmanager
def chosen_backend() -> Iterator[None]:
    """For the import of pystray only: the jobs' commands inherit the environment as it was."""
    before = os.environ.get(CHOICE)
    if sys.platform not in ("darwin", "win32"):
        os.environ[CHOICE] = "dummy"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(CHOICE, None)
        else:
            os.environ[CHOICE] = before


with chosen_backend():
    from pystray import Icon, Menu, MenuItem

__all__ = ["Icon", "Menu", "MenuItem"]
