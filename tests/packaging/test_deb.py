"""The .deb as a person meets it: installed with apt, used, upgraded while it runs, removed. As root only."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app_home import Home
from every_second import EVERY_SECOND, gaps
from packed import LINUX, NEWER, newer, only, processes, run
from tray_host import TrayHost, private_bus
from waiting import until

pytestmark = pytest.mark.packages

SLOW = 90.0
"""Seconds: an installer reads much, and others may want the disk."""

PROGRAM = Path("/usr/lib/daybell/daybell")


def apt(*words: str | Path) -> None:
    run("apt-get", "--yes", "--quiet", *words, DEBIAN_FRONTEND="noninteractive")


@pytest.fixture(scope="module")
def newer_deb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("newer")
    return Path(run(LINUX / "build-deb.sh", newer(place), place).strip())


@pytest.fixture
def installed(home: Home) -> Iterator[Home]:
    """With the .deb installed; afterwards nothing of it is left on this machine."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.skip("it installs a package: run it as root, where apt is")
    if PROGRAM.exists():
        pytest.skip("Daybell is installed here already, and somebody may use it")
    apt("install", only("*.deb"))
    home.program = ("/usr/bin/daybell",)
    try:
        yield home
    finally:
        run("dpkg", "--purge", "daybell")
    assert processes(PROGRAM) == []
    assert not PROGRAM.parent.exists()
    assert not shutil.which("daybell", path="/usr/bin")


def test_it_has_no_fault_that_lintian_knows() -> None:
    if not shutil.which("lintian"):
        pytest.skip("install lintian: apt-get install lintian")
    assert run("lintian", "--allow-root", only("*.deb")) == ""


def test_it_starts_nothing_by_itself() -> None:
    names = [line.split()[-1] for line in run("dpkg-deb", "--contents", only("*.deb")).splitlines()]
    assert "./usr/share/applications/daybell.desktop" in names
    assert "./usr/share/man/man1/daybell.1.gz" in names
    assert not [name for name in names if "autostart" in name or "systemd" in name]


def test_it_is_installed_used_and_removed(installed: Home) -> None:
    installed.shell("greet", "echo hello")
    with installed.running("--headless"):
        assert installed.daybell("run", "greet", "--wait").returncode == 0
    with private_bus() as bus:
        installed.environ["DBUS_SESSION_BUS_ADDRESS"] = bus
        with TrayHost(bus) as panel, installed.running():
            panel.wait_item()
            panel.click("greet", "Run now")
            until(lambda: len(installed.ended("greet")) == 2)
    words = Path("/usr/share/zsh/vendor-completions/_daybell").read_text()
    assert words == installed.daybell("completion", "zsh").stdout


def test_it_is_upgraded_while_it_runs_and_no_instant_is_lost(installed: Home, newer_deb: Path) -> None:
    installed.shell("often", "true", triggers=EVERY_SECOND)
    app = installed.start("--headless")
    try:
        until(lambda: len(installed.ended("often")) >= 2)
        apt("install", newer_deb)
        until(installed.answers, SLOW)
        now = installed.json("status")["scheduler"]
        assert (now["pid"], now["version"]) == (app.pid, NEWER)
        last = installed.ended("often")[0]["run_id"]
        until(lambda: installed.ended("often")[0]["run_id"] != last)
        assert gaps(installed.history("often")) == []
        apt("install", "--allow-downgrades", only("*.deb"))
        until(installed.answers, SLOW)
        assert installed.json("status")["scheduler"]["version"] != NEWER
        apt("remove", "daybell")
        assert app.wait(20) == 0
    finally:
        app.kill()
        app.wait()
    assert not (installed.path / "state" / "heartbeat.json").exists()  # it ended in order


def test_a_removal_takes_what_runs_along_and_leaves_what_is_the_persons(installed: Home) -> None:
    installed.command("long", "sleep", "300")
    (installed.path / "config" / "settings.json").write_text('{"scheduler": {"shutdown_timeout": "1s"}}')
    app = installed.start("--headless")
    try:
        assert installed.daybell("run", "long").returncode == 0
        apt("remove", "daybell")
        assert app.wait(20) == 0
    finally:
        app.kill()
        app.wait()
    home = f"DAYBELL_HOME={installed.path}".encode()
    assert not [file for file in Path("/proc").glob("[0-9]*/environ") if home in read(file)]
    assert (installed.path / "config" / "jobs" / "long.json").exists()
    assert list((installed.path / "data" / "history" / "long").glob("2*.jsonl"))


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""
