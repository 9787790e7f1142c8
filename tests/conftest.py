"""Markers become skips where the machine lacks what they need, each with what to install."""

import os
import shutil
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

import browser

# Hundreds of processes start in these tests: without its compiled files each would compile Daybell anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# How long an example takes is a matter of how busy the machine is, and no test.
settings.register_profile("daybell", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daybell")

BUILT = os.environ.get("DAYBELL_PACKAGES")
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "browser": (
        lambda: browser.found() is not None,
        "install Chromium to run it: apt-get install chromium, or set DAYBELL_CHROMIUM",
    ),
    "desktop": (lambda: posix("dbus-daemon"), "install D-Bus to run it: apt-get install dbus"),
    "packages": (lambda: bool(BUILT), "build them with `make packages`, then run `make packages-test`"),
    "system": (lambda: posix("sh"), "it starts POSIX commands, which this machine lacks"),
}


def posix(program: str) -> bool:
    """Whether it is there, on a system where it is what we take it for."""
    return shutil.which(program) is not None and sys.platform != "win32"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = {marker: remedy for marker, (is_there, remedy) in NEEDS.items() if not is_there()}
    # The longest wait goes first, while others have much to do; the rest stays as it is.
    items.sort(key=lambda item: item.path.name != "test_laptop.py")
    for item in items:
        for marker, remedy in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=remedy))
