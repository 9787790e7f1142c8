"""Markers become skips where the machine lacks what they need, each with what to install."""

import shutil
import sys

import pytest

NEEDS = {
    "desktop": ("dbus-daemon", "install D-Bus to run it: apt-get install dbus"),
    "system": ("sh", "it starts POSIX commands, which this machine lacks"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, (program, remedy) in NEEDS.items():
            if item.get_closest_marker(marker) and (shutil.which(program) is None or sys.platform == "win32"):
                item.add_marker(pytest.mark.skip(reason=remedy))
