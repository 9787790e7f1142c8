"""Edits of a person's files: never over an edit of somebody else, and whole or not at all."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builders import BERLIN, at
from daybell.core.edits import etag, patched
from daybell.engine.memory import VirtualClock
from daybell.model.errors import (
    Changed,
    Conflict,
    DiskRefused,
    InvalidDefinition,
    InvalidSettings,
    JobNotFound,
)
from daybell.model.settings import Settings
from daybell.model.status import Problem
from daybell.store.jobs import JobFolder
from daybell.store.settings import SettingsPath
from small_disk import SmallDisk, needs_mount, small_disk

GOOD = json.dumps({"handler": {"type": "command", "argv": ["true"]}}).encode()


def named(name: str) -> Callable[[bytes], bytes]:
    return lambda before: patched("backup.json", before, {"name": name})


def a_folder(path: Path) -> JobFolder:
    """With one job, `backup`."""
    (path / "backup.json").write_bytes(GOOD)
    folder = JobFolder(path, BERLIN, lambda _job, _file: [], VirtualClock(at("2026-03-02 12:00")))
    folder.read()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return a_folder(tmp_path)


def left(path: Path) -> list[str]:
    return sorted(one.name for one in path.iterdir())


def test_an_edit_is_in_the_file(folder: JobFolder, tmp_path: Path) -> None:
    written = folder.edit("backup", named("a"), {etag(GOOD)})
    assert (tmp_path / "backup.json").read_bytes() == written == folder.content("backup")
    assert folder.read().jobs["backup"].name == "a"
    assert left(tmp_path) == ["backup.json"]


def test_who_read_an_older_file_is_refused(folder: JobFolder) -> None:
    first = folder.edit("backup", named("first"), {etag(GOOD)})
    with pytest.raises(Changed) as refusal:
        folder.edit("backup", named("second"), {etag(GOOD)})
    assert refusal.value.etag == etag(first)
    with pytest.raises(Changed):
        folder.remove("backup", {etag(GOOD)})
    assert folder.content("backup") == first


def test_an_edit_by_hand_while_an_edit_is_made_is_not_overwritten(folder: JobFolder, tmp_path: Path) -> None:
    by_hand = GOOD.replace(b"true", b"false")

    def slow(before: bytes) -> bytes:
        (tmp_path / "backup.json").write_bytes(by_hand)
        return named("a")(before)

    with pytest.raises(Changed) as refusal:
        folder.edit("backup", slow)
    assert refusal.value.etag == etag(by_hand)
    assert folder.content("backup") == by_hand
    assert left(tmp_path) == ["backup.json"]


def test_a_file_that_is_gone_meanwhile_is_not_brought_back(folder: JobFolder, tmp_path: Path) -> None:
    def removing(before: bytes) -> bytes:
        (tmp_path / "backup.json").unlink()
        return named("a")(before)

    with pytest.raises(Changed):
        folder.edit("backup", removing)
    with pytest.raises(JobNotFound):
        folder.edit("backup", named("a"))
    assert left(tmp_path) == []


def test_what_is_no_job_is_not_written(folder: JobFolder) -> None:
    with pytest.raises(InvalidDefinition, match=r"backup.json: handler"):
        folder.edit("backup", lambda _: b"{}")
    circle = {"handler": {"type": "command", "argv": ["true"]}, "needs": ["backup"]}
    with pytest.raises(InvalidDefinition, match="it waits for itself"):
        folder.edit("backup", lambda _: json.dumps(circle).encode())
    assert folder.content("backup") == GOOD


def test_bytes_that_stay_the_same_are_not_written(folder: JobFolder, tmp_path: Path) -> None:
    before = (tmp_path / "backup.json").stat()
    assert folder.edit("backup", lambda content: content) == GOOD
    assert (tmp_path / "backup.json").stat() == before


@pytest.mark.parametrize("job_id", ["gone", "../backup", "a\0b", "", "."])
def test_only_what_was_seen_is_edited(folder: JobFolder, tmp_path: Path, job_id: str) -> None:
    (tmp_path.parent / "backup.json").write_bytes(GOOD)
    for ask in (folder.content, folder.remove, lambda one: folder.edit(one, named("a"))):
        with pytest.raises(JobNotFound):
            ask(job_id)


def test_a_link_leads_to_the_file_that_is_edited(tmp_path: Path) -> None:
    jobs, elsewhere = tmp_path / "jobs", tmp_path / "dotfiles"
    jobs.mkdir()
    elsewhere.mkdir()
    folder = a_folder(jobs)
    (jobs / "backup.json").rename(elsewhere / "b.json")
    (jobs / "backup.json").symlink_to(elsewhere / "b.json")
    folder.edit("backup", named("a"))
    assert (jobs / "backup.json").is_symlink()
    assert json.loads((elsewhere / "b.json").read_bytes())["name"] == "a"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.write_bytes(b" " * (1 << 21))])
def test_what_cannot_be_a_definition_is_neither_read_nor_waited_for(
    folder: JobFolder, tmp_path: Path, make: Callable[[Path], object]
) -> None:
    (tmp_path / "backup.json").unlink()
    make(tmp_path / "backup.json")
    with pytest.raises(Conflict, match="move it away"):
        folder.content("backup")


def test_two_editors_with_one_etag_never_both_win(folder: JobFolder) -> None:
    """Two hundred times at once: one is written, the other is told."""
    with ThreadPoolExecutor(2) as editors:
        for number in range(200):
            before, line = {etag(folder.content("backup"))}, threading.Barrier(2)

            def edit(name: str, before: set[str] = before, line: threading.Barrier = line) -> str | None:
                line.wait(10)
                try:
                    folder.edit("backup", named(name), before)
                except Changed:
                    return None
                return name

            done = list(editors.map(edit, [f"{number}a", f"{number}b"]))
            (winner,) = [name for name in done if name]
            assert json.loads(folder.content("backup"))["name"] == winner


def test_a_definition_is_judged_without_being_written(folder: JobFolder, tmp_path: Path) -> None:
    good = folder.judge("new", GOOD)
    assert (good.job and good.job.id, good.problems, good.warnings) == ("new", (), ())
    assert folder.judge("new", b"{}").job is None
    circle = {"handler": {"type": "command", "argv": ["true"]}, "needs": ["new"]}
    assert folder.judge("new", json.dumps(circle).encode()).problems
    newer = {
        "schema": "1.3",
        "colour": "red",
        "triggers": [{"type": "cron", "expression": "0 0 29 2 *"}, {"type": "job", "job": "gone"}],
        "handler": {"type": "command", "argv": ["true"]},
    }
    fields = [one.field for one in folder.judge("backup", json.dumps(newer).encode()).warnings]
    assert fields == ["triggers[1].job", "colour", "triggers[0].expression"]
    assert left(tmp_path) == ["backup.json"]


def test_what_the_machine_lacks_is_a_warning(tmp_path: Path) -> None:
    problem = Problem("new.json", "handler.argv[0]", "not found")
    folder = JobFolder(tmp_path, BERLIN, lambda _job, _file: [problem], VirtualClock(at("2026-03-02 12:00")))
    assert folder.judge("new", GOOD).warnings == (problem,)


class TestSettings:
    @pytest.fixture
    def file(self, tmp_path: Path) -> SettingsPath:
        return SettingsPath(tmp_path / "settings.json", BERLIN)

    def test_a_missing_file_is_made_for_its_owner_alone(self, file: SettingsPath, tmp_path: Path) -> None:
        assert (file.content(), file.read()) == (b"", Settings())
        file.edit(lambda _: b'{"retention": {"days": 9}}', {etag(b"")})
        assert file.read().retention.days == 9
        if sys.platform != "win32":
            assert (tmp_path / "settings.json").stat().st_mode & 0o777 == 0o600

    def test_settings_that_are_not_valid_are_not_written(self, file: SettingsPath, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings, match=r"settings.json: retention.days"):
            file.edit(lambda _: b'{"retention": {"days": 0}}')
        with pytest.raises(Changed):
            file.edit(lambda _: b"{}", {etag(b"{}")})
        assert left(tmp_path) == []


def test_what_a_crash_has_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".backup.json.abc.tmp", ".backup.json.swp", ".notes.tmp"):
        (tmp_path / name).write_bytes(b"")
    a_folder(tmp_path)
    assert left(tmp_path) == [".backup.json.swp", ".notes.tmp", "backup.json"]


KILLED = """
import os, signal, sys
from pathlib import Path
from builders import BERLIN, at
from daybell.engine.memory import VirtualClock
from daybell.store import atomic, edits
from daybell.store.jobs import JobFolder

moment = sys.argv[2]
folder = JobFolder(Path(sys.argv[1]), BERLIN, lambda job, file: [], VirtualClock(at("2026-03-02 12:00")))
folder.read()
die = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
setattr(atomic, moment, die)
folder.edit("backup", lambda before: before.replace(b"true", b"false"))
"""


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="it is killed by a signal")
@pytest.mark.parametrize(("moment", "is_new"), [("sync", False), ("swap", False), ("sync_directory", True)])
def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path: Path, moment: str, is_new: bool) -> None:  # noqa: FBT001 - a table
    folder = a_folder(tmp_path)
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), moment], env=environ, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert folder.content("backup") == (GOOD.replace(b"true", b"false") if is_new else GOOD)
    assert len(left(tmp_path)) == (1 if is_new else 2)
    a_folder(tmp_path)
    assert left(tmp_path) == ["backup.json"]


@pytest.mark.system
@needs_mount
def test_a_disk_that_refuses_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk:
        folder = a_folder(disk.path)
        for refuse, relent, why in (
            (disk.fill, disk.free, "No space left on device; make room on that disk"),
            (lambda: disk.remount("ro"), lambda: disk.remount("rw"), "Read-only file system; mount"),
        ):
            refuse()
            _expect_refusal(folder, disk, why)
            relent()
        folder.edit("backup", named("a"))
        assert folder.read().jobs["backup"].name == "a"


def _expect_refusal(folder: JobFolder, disk: SmallDisk, why: str) -> None:
    file = disk.path / "backup.json"
    with pytest.raises(DiskRefused, match=rf"^{file}: cannot be written: {why}"):
        folder.edit("backup", named("a" * 5000))
    assert folder.content("backup") == GOOD
    assert not list(disk.path.glob(".*.tmp"))
