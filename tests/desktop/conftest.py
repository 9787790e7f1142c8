"""Fixtures: a private bus, a panel on it and a tray that is running."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.running import RunningTray
from tray_host import NEEDED, TrayHost, private_bus


@pytest.fixture
def bus() -> Iterator[str]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip(NEEDED)
    with private_bus() as address:
        yield address


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a bus is, or is not yet, or is again."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip(NEEDED)
    return tmp_path / "bus"


@pytest.fixture
def host(bus: str) -> Iterator[TrayHost]:
    with TrayHost(bus) as host:
        yield host


@pytest.fixture
def running(bus: str) -> Iterator[RunningTray]:
    with RunningTray(bus).running() as tray:
        yield tray
