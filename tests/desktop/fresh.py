"""Modules that only load on another system: imported anew for one test, and forgotten after it."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import daybell.desktop.tray.door  # noqa: F401 - pystray comes by its one door, before any of its back ends


@contextmanager
def fresh(*names: str) -> Iterator[list[ModuleType]]:
    """What these modules are in the world as it is now; each finds those before it."""
    forget(names)
    try:
        yield [importlib.import_module(name) for name in names]
    finally:
        forget(names)


def forget(names: tuple[str, ...]) -> None:
    for name in names:
        package, _, module = name.rpartition(".")
        sys.modules.pop(name, None)
        if package in sys.modules:
            vars(sys.modules[package]).pop(module, None)
