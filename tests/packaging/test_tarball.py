"""The tarball: installed below a prefix by its own script, upgraded while it runs, and removed."""

from pathlib import Path

import pytest

from app_home import Home
from every_second import EVERY_SECOND, gaps
from packed import LINUX, NEWER, newer, only, processes, run
from waiting import until

pytestmark = pytest.mark.packages

SLOW = 90.0
"""Seconds: an installer reads much, and others may want the disk."""


def unpacked(tarball: Path, place: Path) -> Path:
    place.mkdir()
    run("tar", "-xzf", tarball, "-C", place)
    return only("daybell-*", place)


def test_it_is_installed_upgraded_while_it_runs_and_removed(home: Home, tmp_path: Path) -> None:
    prefix = tmp_path / "pre fix"
    program = prefix / "lib" / "daybell" / "daybell"
    old = unpacked(only("*.tar.gz"), tmp_path / "old")
    run(old / "install.sh", prefix)
    home.program = (str(prefix / "bin" / "daybell"),)
    home.shell("often", "true", triggers=EVERY_SECOND)
    app = home.start("--headless")
    try:
        until(lambda: len(home.ended("often")) >= 2)
        new = unpacked(
            Path(run(LINUX / "build-tarball.sh", newer(tmp_path), tmp_path).strip()), tmp_path / "new"
        )
        run(new / "install.sh", prefix)
        until(home.answers, SLOW)
        now = home.json("status")["scheduler"]
        assert (now["pid"], now["version"]) == (app.pid, NEWER)
        last = home.ended("often")[0]["run_id"]
        until(lambda: home.ended("often")[0]["run_id"] != last)
        assert gaps(home.history("often")) == []
        run(new / "uninstall.sh", prefix)
        assert app.wait(20) == 0
    finally:
        app.kill()
        app.wait()
    assert processes(program) == []
    assert [path for path in prefix.rglob("*") if not path.is_dir()] == []
    assert (home.path / "config" / "jobs" / "often.json").exists()


def test_the_menu_finds_it_wherever_it_is(tmp_path: Path) -> None:
    old = unpacked(only("*.tar.gz"), tmp_path / "old")
    run(old / "install.sh", tmp_path / "prefix")
    entry = (tmp_path / "prefix/share/applications/daybell.desktop").read_text()
    program = tmp_path / "prefix/bin/daybell"
    assert f'Exec=sh -c "{program} open || exec {program} start"' in entry
    assert f"Exec={program} stop" in entry
