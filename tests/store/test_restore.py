"""A home becomes what an archive holds, wholly or not at all, and what was there is kept."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from daybell.model.errors import AlreadyRunning, Conflict, DaybellError
from daybell.store.directories import Directories
from daybell.store.export import Wish, write_archive
from daybell.store.instance import InstanceLock
from daybell.store.journal import Journal
from daybell.store.layout import PLAN
from daybell.store.restore import Plan, finish, restore_archive
from small_disk import needs_mount, small_disk
from store.homes import ASKED, NOW, contents, home_at, home_v1
from store.journals import PAUSED, written

ASIDE = "before-restore-20261120T150000"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Of the home of version 1, without what its runs printed."""
    path = tmp_path / "home.zip"
    write_archive(home_v1(tmp_path / "kept"), path, Wish(NOW, "0.1.0"))
    return path


@pytest.fixture
def lived_in(tmp_path: Path) -> Directories:
    """A home in which something else ran."""
    home = home_at(tmp_path / "lived-in")
    home.settings_file.write_bytes(b"{}")
    (home.jobs / "mine.json").write_bytes(b'{"handler": {"type": "command", "argv": ["true"]}}')
    (home.jobs / "notes.txt").write_bytes(b"not to be lost")
    (home.history / "mine").mkdir()
    (home.history / "mine" / "2026-11.jsonl").write_bytes(b"rows\n")
    written(home.journal, [PAUSED])
    home.checkpoint.write_bytes(b"old")
    home.checkpoint_backup.write_bytes(b"older")
    (home.runs_log / "mine").mkdir()
    (home.runs_log / "mine" / "r1.log").write_bytes(b"printed")
    return home


def everything(home: Directories) -> dict[str, bytes]:
    """Of the whole home, but who runs in it, and what the next ledger sweeps."""
    path = home.config.parent
    found = contents(*(path / name for name in ("config", "data", "state", "log")))
    return {name: content for name, content in found.items() if not name.endswith(".tmp")}


def test_a_new_home_gets_all_of_it_for_nobody_else_to_read(archive: Path, tmp_path: Path) -> None:
    home = home_at(tmp_path / "new")
    restored = restore_archive(archive, home, ASKED, may_replace=False)
    kept = home_at(tmp_path / "kept")
    assert contents(home.jobs, home.data) == contents(kept.jobs, kept.data)
    assert home.settings_file.read_bytes() == kept.settings_file.read_bytes()
    assert home.journal.read_bytes() == kept.journal.read_bytes()
    assert home.checkpoint.read_bytes() == kept.checkpoint.read_bytes()
    assert (restored.aside, restored.manifest.created) == ((), NOW)
    for path in (tmp_path / "new").rglob("*"):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path
    assert not list((tmp_path / "new").rglob("*restor*"))


def test_a_home_that_is_lived_in_is_not_replaced_unasked(archive: Path, lived_in: Directories) -> None:
    before = everything(lived_in)
    with pytest.raises(Conflict, match="there are jobs or runs in this home already"):
        restore_archive(archive, lived_in, ASKED, may_replace=False)
    assert everything(lived_in) == before


@pytest.mark.parametrize("kept", ["jobs", "history"])
def test_jobs_alone_or_history_alone_is_something_to_lose(
    archive: Path, lived_in: Directories, kept: str
) -> None:
    for name, path in (("jobs", lived_in.jobs / "mine.json"), ("history", lived_in.history / "mine")):
        if name != kept:
            path.rename(lived_in.run / name)
    with pytest.raises(Conflict):
        restore_archive(archive, lived_in, ASKED, may_replace=False)


def test_what_was_there_is_put_aside_whole(archive: Path, lived_in: Directories, tmp_path: Path) -> None:
    before = everything(lived_in)
    restored = restore_archive(archive, lived_in, ASKED, may_replace=True)
    after = everything(lived_in)
    aside = {name.replace(f"{ASIDE}/", ""): after[name] for name in after if ASIDE in name}
    printed = {name: before[name] for name in before if name.startswith("log/")}
    assert aside | printed == before
    assert restored.aside == tuple(path / ASIDE for path in (lived_in.config, lived_in.data, lived_in.state))
    new = home_at(tmp_path / "new")
    restore_archive(archive, new, ASKED, may_replace=False)
    assert {name: after[name] for name in after if ASIDE not in name} == everything(new) | printed


def test_what_runs_printed_is_replaced_only_by_what_runs_printed(
    lived_in: Directories, tmp_path: Path
) -> None:
    path = tmp_path / "with-logs.zip"
    write_archive(home_v1(tmp_path / "kept"), path, Wish(NOW, "0.1.0", with_logs=True))
    restore_archive(path, lived_in, ASKED, may_replace=True)
    assert (lived_in.log / ASIDE / "runs" / "mine" / "r1.log").read_bytes() == b"printed"
    assert len(list(lived_in.runs_log.rglob("*.log"))) == 7


def test_each_time_has_a_place_of_its_own(archive: Path, lived_in: Directories) -> None:
    places = [restore_archive(archive, lived_in, ASKED, may_replace=True).aside for _ in range(3)]
    assert [place[0].name for place in places] == [ASIDE, f"{ASIDE}-1", f"{ASIDE}-2"]


def test_while_daybell_runs_nothing_is_restored(archive: Path, lived_in: Directories) -> None:
    before = everything(lived_in)
    lock = InstanceLock(lived_in.instance_lock, lived_in.instance_file)
    lock.acquire(ASKED)
    with pytest.raises(AlreadyRunning, match="end it with `daybell stop`, then restore"):
        restore_archive(archive, lived_in, ASKED, may_replace=True)
    lock.release()
    journal = Journal(lived_in.journal)
    with pytest.raises(AlreadyRunning, match=r"another Daybell holds .*journal\.lock; end it"):
        restore_archive(archive, lived_in, ASKED, may_replace=True)
    journal.close()
    assert everything(lived_in) == before
    restore_archive(archive, lived_in, ASKED, may_replace=True)


@pytest.mark.system
def test_a_kill_leaves_the_old_home_or_the_new_one(archive: Path, lived_in: Directories, place: Path) -> None:
    template = lived_in.config.parent
    script = [sys.executable, str(Path(__file__).with_name("restoring.py")), str(archive), str(template)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([*script, str(place)], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    old = everything(lived_in)
    homes = [home_at(place / str(step)) for step in range(1, len(list(place.iterdir())) + 1)]
    new = everything(homes[-1])
    found = []
    for home in homes:
        finish(home)
        found.append(everything(home))
    is_new = [one == new for one in found]
    assert all(one in (old, new) for one in found)
    # Once it counts, it counts: from some step on it is always the new one.
    assert is_new == sorted(is_new)
    assert 20 < is_new.count(False) < len(homes) - 10


def test_a_restore_that_cannot_go_on_says_so_and_goes_on_later(
    archive: Path, lived_in: Directories, tmp_path: Path
) -> None:
    new = lived_in.config / ".jobs.restoring"
    new.mkdir()
    (new / "new.json").write_bytes(b"{}")
    plan = Plan("aside", ("config/settings.json", "config/jobs"), ("config/jobs",))
    (lived_in.state / PLAN).write_bytes(msgspec.json.encode(plan))
    (lived_in.config / "aside").write_bytes(b"in the way")
    with pytest.raises(DaybellError, match="a restore is not finished: put that right, and start or restore"):
        finish(lived_in)
    with pytest.raises(Conflict, match="a restore of this home is not finished"):
        write_archive(lived_in, tmp_path / "other.zip", Wish(NOW, "0.1.0"))
    (lived_in.config / "aside").unlink()
    finish(lived_in)
    assert [path.name for path in lived_in.jobs.iterdir()] == ["new.json"]
    assert not lived_in.settings_file.exists()
    assert not (lived_in.state / PLAN).exists()
    assert (lived_in.config / "aside" / "settings.json").read_bytes() == b"{}"


def test_a_plan_that_cannot_be_read_is_not_guessed_at(lived_in: Directories) -> None:
    (lived_in.state / PLAN).write_bytes(b"{")
    with pytest.raises(
        DaybellError, match=r"restore\.json cannot be read, so nobody knows what this home is"
    ):
        finish(lived_in)


@needs_mount
def test_a_disk_that_is_read_only_is_named_and_not_touched(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "disk"
    path.mkdir()
    with small_disk(path) as disk:
        home = home_at(path / "home")
        disk.remount("ro")
        with pytest.raises(DaybellError, match="Read-only file system; mount its file system for writing"):
            restore_archive(archive, home, ASKED, may_replace=True)
        with pytest.raises(DaybellError, match=r"home\.zip: cannot be written: Read-only file system; mount"):
            write_archive(home_at(tmp_path / "kept"), path / "home.zip", Wish(NOW, "0.1.0"))
        disk.remount("rw")
        assert everything(home) == {}


@needs_mount
def test_a_disk_that_is_full_takes_all_of_it_or_nothing(
    archive: Path, lived_in: Directories, tmp_path: Path
) -> None:
    path = tmp_path / "disk"
    path.mkdir()
    with small_disk(path) as disk:
        home = home_v1(path / "home")
        before = everything(home)
        disk.fill()
        with pytest.raises(DaybellError, match="make room on that disk"):
            restore_archive(archive, home, ASKED, may_replace=True)
        with pytest.raises(DaybellError, match="No space left on device; make room on that disk"):
            write_archive(home_at(tmp_path / "kept"), path / "home.zip", Wish(NOW, "0.1.0"))
        assert {one.name for one in path.iterdir()} == {"home", "filler"}
        assert everything(home) == before
        disk.free()
        restore_archive(archive, home, ASKED, may_replace=True)
