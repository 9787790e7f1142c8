"""What is written down for the login, and what the programs of real desktops make of it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app_home import DAYBELL, PACKED, Home
from daybell.core import autostart_desktop, autostart_systemd
from waiting import until

pytestmark = pytest.mark.system

GIO_PYTHON = "/usr/bin/python3"
HARD = 'my apps/50% of %U/$HOME/`x`/it\'s "so"/back\\slash\\/ünï 日本/;#&*?~<>|()'
NAMES = [
    "plain",
    "my apps",
    "50% of %U",
    "$HOME $$ ${PATH}",
    'it\'s "so"',
    "back\\slash\\n",
    "ünï 日本",
    HARD,
]
LAUNCH = """
import sys
from gi.repository import Gio
Gio.DesktopAppInfo.new_from_filename(sys.argv[1]).launch([], None)
"""


def needs(program: str, package: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"install {program} to run it: apt-get install {package}")
    return found


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Says how it was called, in a directory of such a name."""

    def make(name: str) -> Path:
        path = tmp_path / name / "daybell"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\ncd '{tmp_path}'\nprintf '%s\\n' \"$0\" \"$@\" >part\nmv part said\n")
        path.chmod(0o755)
        return path

    return make


def run(*command: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=os.environ | environ, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_desktop_file_is_valid(tmp_path: Path, name: str) -> None:
    validate = needs("desktop-file-validate", "desktop-file-utils")
    file = tmp_path / "daybell.desktop"
    file.write_text(autostart_desktop.render((f"/opt/{name}/daybell", "start", name)))
    done = run(validate, file)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_a_desktop_starts_what_was_meant(tmp_path: Path, program: Callable[[str], Path], name: str) -> None:
    if run(GIO_PYTHON, "-c", "from gi.repository import Gio; Gio.DesktopAppInfo").returncode:
        pytest.skip("install GLib for Python to run it: apt-get install python3-gi")
    path = program(name)
    file = tmp_path / "daybell.desktop"
    file.write_text(autostart_desktop.render((str(path), "start", name)))
    done = run(GIO_PYTHON, "-c", LAUNCH, file)
    assert done.returncode == 0, done.stderr
    said = tmp_path / "said"
    until(said.exists, 20)
    assert said.read_text().splitlines() == [str(path), "start", name]


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_is_valid_and_its_program_is_found(
    tmp_path: Path, program: Callable[[str], Path], name: str
) -> None:
    analyze = needs("systemd-analyze", "systemd")
    unit = tmp_path / "daybell.service"
    path = program(name)
    unit.write_text(autostart_systemd.render((str(path), "start", name)))
    done = run(analyze, "verify", "--user", "--man=no", unit, XDG_RUNTIME_DIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    if "nice" not in unit.read_text():
        path.unlink()
        done = run(analyze, "verify", "--user", "--man=no", unit, XDG_RUNTIME_DIR=str(tmp_path))
        assert f"Command {path} is not executable" in done.stderr, "it looks where it must"


GENERATOR = "/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator"


@pytest.mark.parametrize("name", [name for name in NAMES if not {"$", "\\"} & set(name)])
def test_systemd_makes_a_valid_unit_of_a_desktop_file(
    tmp_path: Path, program: Callable[[str], Path], name: str
) -> None:
    """As GNOME and Plasma have it start what stands in such files."""
    analyze, units = needs("systemd-analyze", "systemd"), tmp_path / "units"
    if not Path(GENERATOR).exists():
        pytest.skip("install systemd to run it: apt-get install systemd")
    for directory in (units, tmp_path / "config" / "autostart"):
        directory.mkdir(parents=True)
    file = tmp_path / "config" / "autostart" / "daybell.desktop"
    file.write_text(autostart_desktop.render((str(program(name)), "start", name)))
    here = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_CONFIG_DIRS": str(tmp_path)}
    assert run(GENERATOR, units, units, units, **here).returncode == 0
    unit = units / "app-daybell@autostart.service"
    done = run(analyze, "verify", "--user", "--man=no", unit, XDG_RUNTIME_DIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert autostart_systemd.read(unit.read_text()) == (str(tmp_path / name / "daybell"), "start", name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Of somebody without a session, whom systemctl serves from its files alone."""
    return Home(tmp_path / "home", XDG_RUNTIME_DIR=str(tmp_path), HOME=str(tmp_path))


def test_the_desktop_file_of_this_very_program_is_switched_on_and_off(home: Home) -> None:
    file = home.path / "desktop" / "autostart" / "daybell.desktop"
    assert home.json("autostart") == {"enabled": False, "how": None, "blocked_by": None}
    assert home.json("autostart", "on") == {"enabled": True, "how": "desktop", "blocked_by": None}
    words = DAYBELL if PACKED else (sys.executable, "-P", "-m", "daybell")
    assert f"Exec={' '.join(words)} start\n" in file.read_text()
    assert home.daybell("autostart").stdout == "Daybell starts at login: your desktop starts it\n"
    assert (finding(home)["level"], finding(home)["message"]) == (
        "ok",
        "Daybell starts at login: your desktop starts it",
    )
    file.write_text(file.read_text() + "Hidden=true\n")
    refused = home.daybell("autostart", "on")
    assert (refused.returncode, refused.stdout) == (7, "")
    assert f"Hidden=true in {file} has switched off" in refused.stderr
    assert f"Hidden=true in {file} has switched that off" in home.daybell("autostart", "status").stdout
    assert "Hidden=true" in file.read_text()
    assert home.json("autostart", "off")["enabled"] is False
    assert not file.exists()
    assert home.json("autostart", "on")["enabled"] is True


@pytest.mark.skipif(PACKED is not None, reason="a packed program is neither: unset DAYBELL_PROGRAM to run it")
def test_the_script_and_the_module_are_one_program(home: Home) -> None:
    script = Path(sys.executable).with_name("daybell")
    if not script.exists():
        pytest.skip("install Daybell to run it: pip install --editable .")
    assert run(script, "autostart", "on", **home.environ).returncode == 0
    assert f"Exec={script} start\n" in (home.path / "desktop" / "autostart" / "daybell.desktop").read_text()
    assert finding(home)["level"] == "ok"


def finding(home: Home) -> dict[str, str]:
    said = json.loads(home.daybell("doctor", "--json").stdout)
    found: dict[str, str] = next(each for each in said["findings"] if each["check"] == "autostart")
    return found


def test_systemd_takes_the_place_of_the_desktop_and_back(home: Home) -> None:
    needs("systemctl", "systemd")
    desktop = home.path / "desktop" / "autostart" / "daybell.desktop"
    unit = home.path / "desktop" / "systemd" / "user" / "daybell.service"
    home.json("autostart", "on")
    assert home.json("autostart", "on", "--systemd")["how"] == "systemd"
    assert (desktop.exists(), unit.exists()) == (False, True)
    assert list(unit.parent.glob("*.wants/daybell.service"))
    assert run("systemctl", "--user", "disable", "daybell", **home.environ).returncode == 0
    assert home.json("autostart")["blocked_by"] == "`systemctl --user disable`"
    assert home.daybell("autostart", "on").returncode == 7
    home.json("autostart", "off")
    home.json("autostart", "on", "--systemd")
    assert home.json("autostart", "on")["how"] == "desktop"
    assert (desktop.exists(), unit.exists()) == (True, False)
    assert not list(unit.parent.glob("*.wants/*"))


def test_what_is_written_starts_daybell(home: Home) -> None:
    """As a session would: with its environment, and nothing else."""
    home.json("autostart", "on")
    file = home.path / "desktop" / "autostart" / "daybell.desktop"
    entry = autostart_desktop.read(file.read_text(), str(file))
    app = subprocess.Popen(entry.command, env=home.environ, cwd=home.path, stderr=subprocess.DEVNULL)
    try:
        until(home.answers, 20)
        assert home.daybell("stop").returncode == 0
        assert app.wait(20) == 0
    finally:
        if app.poll() is None:
            app.kill()
            app.wait(10)


def test_a_home_that_no_login_knows_of_is_named(home: Home) -> None:
    done = home.daybell("autostart", "on")
    assert done.stdout == "Daybell starts at login: your desktop starts it\n"
    assert "the DAYBELL_HOME of this terminal holds at login only where your session sets it" in done.stderr
    assert "DAYBELL_HOME" not in home.daybell("autostart", "off").stderr


def test_the_systemd_flag_belongs_to_on(home: Home) -> None:
    done = home.daybell("autostart", "off", "--systemd")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--systemd belongs to `daybell autostart on`" in done.stderr
