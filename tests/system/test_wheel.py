"""What is installed is what was tested: the wheel carries its icons and works outside the checkout."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app_home import Home
from tray_host import TrayHost, private_bus

pytestmark = [pytest.mark.system, pytest.mark.desktop]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def bus() -> Iterator[str]:
    with private_bus() as address:
        yield address


def pip(*args: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps")
    done = subprocess.run(
        [sys.executable, "-m", "pip", *args[:1], *quiet, *args[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_wheel_installed_outside_the_checkout_shows_its_icon(
    home: Home, bus: str, tmp_path: Path
) -> None:
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("*.whl")
    pip("install", "--no-index", "--target", str(tmp_path / "site"), str(wheel))
    home.environ |= {"PYTHONPATH": str(tmp_path / "site"), "DBUS_SESSION_BUS_ADDRESS": bus}
    where = "import daybell, pathlib; print(pathlib.Path(daybell.__file__).parents[1])"
    found = subprocess.run(
        [sys.executable, "-c", where], env=home.environ, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == str(tmp_path / "site")
    with TrayHost(bus) as panel, home.running():
        panel.wait_item()
        assert (22, 22) in panel.icon_sizes()
        assert all(any(pixels) for _, _, pixels in panel.pixmaps())
