import os
import sys
from pathlib import Path

import pytest

from daybell.core.checkup import home
from daybell.store.directories import Directories, create, find
from daybell.store.inspection import disks, places

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a profile is private on Windows")


@pytest.fixture
def own(tmp_path: Path) -> Directories:
    directories = find({"DAYBELL_HOME": str(tmp_path / "home")})
    create(directories)
    return directories


def troubles(directories: Directories) -> list[tuple[str, str]]:
    found = home(list(places(directories)), str(directories.config))
    return [(finding.level, finding.message) for finding in found if finding.level != "ok"]


def test_a_home_that_daybell_made_is_fine(own: Directories) -> None:
    (own.jobs / "a.json").write_text("{}")
    own.settings_file.write_text("{}")
    assert troubles(own) == []


def test_nothing_is_there_before_the_first_start(tmp_path: Path) -> None:
    directories = find({"DAYBELL_HOME": str(tmp_path / "home")})
    assert list(places(directories)) == []
    assert troubles(directories)[0][0] == "note"
    assert not (tmp_path / "home").exists()


def test_what_others_may_read_is_told(own: Directories) -> None:
    own.state.chmod(0o755)
    own.journal.touch()
    own.journal.chmod(0o644)
    assert [level for level, _ in troubles(own)] == ["warning", "warning"]
    assert f"{own.journal} (mode 0644)" in troubles(own)[1][1]


@pytest.mark.parametrize("name", ["settings.json", "jobs/backup.json"])
def test_what_others_may_write_is_an_error(own: Directories, name: str) -> None:
    file = own.config / name
    file.write_text("{}")
    file.chmod(0o666)
    ((level, message),) = troubles(own)
    assert (level, message.startswith(f"{file}: others may write it")) == ("error", True)


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root can give files away")
def test_what_belongs_to_another_is_an_error(own: Directories) -> None:
    os.chown(own.log, 4242, 4242)
    assert troubles(own) == [("error", f"{own.log} belongs to another user")]


def test_room_is_told_once_a_disk(own: Directories) -> None:
    (one,) = disks(own)
    assert (one.path, one.free > 0, one.trouble) == (str(own.state), True, "")


def test_looking_leaves_nothing_behind(own: Directories) -> None:
    before = sorted(own.config.parent.rglob("*"))
    list(disks(own))
    assert sorted(own.config.parent.rglob("*")) == before


def test_without_a_home_it_is_the_disk_that_would_have_it(tmp_path: Path) -> None:
    (one,) = disks(find({"DAYBELL_HOME": str(tmp_path / "a" / "b")}))
    assert one.path == str(tmp_path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a directory that takes no files, even root's")
def test_a_disk_that_takes_no_files_is_told() -> None:
    own = find({"DAYBELL_HOME": "/proc/self"})
    (one, *_) = disks(own)
    assert one.trouble
