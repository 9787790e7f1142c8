"""What a run leaves is kept up to its caps, and nothing that it leaves leads anywhere else."""

import os
import socket
import stat
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from daybell.store import folders
from daybell.store.artifacts import ArtifactFiles, Leavings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and modes are others there")

LOTS = 1 << 30


@pytest.fixture
def files(tmp_path: Path) -> ArtifactFiles:
    return ArtifactFiles(tmp_path / "artifacts")


@pytest.fixture
def place(files: ArtifactFiles) -> Path:
    return files.make("backup", "r1")


def names(place: Path) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if not path.is_dir())


def test_a_directory_is_its_owners_alone(place: Path, tmp_path: Path) -> None:
    assert place == tmp_path / "artifacts" / "backup" / "r1"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (place, *place.parents[:2])] == [0o700] * 3


def test_an_empty_one_goes(files: ArtifactFiles, place: Path) -> None:
    assert files.settle("backup", "r1", LOTS) == Leavings()
    files.clear_away()
    assert not place.exists()
    assert files.settle("backup", "r1", LOTS) == Leavings()


def test_the_next_attempt_finds_what_the_last_one_left(files: ArtifactFiles, place: Path) -> None:
    (place / "first").write_text("1")
    assert files.settle("backup", "r1", LOTS) == Leavings(files=1)
    files.clear_away()
    assert files.make("backup", "r1") == place
    (place / "second").write_text("2")
    assert files.settle("backup", "r1", LOTS) == Leavings(files=2)


def test_the_directory_of_the_next_attempt_does_not_go(files: ArtifactFiles, place: Path) -> None:
    files.settle("backup", "r1", LOTS)
    files.make("backup", "r1")
    files.clear_away()
    assert place.exists()


def test_an_empty_directory_is_used_again(files: ArtifactFiles, place: Path) -> None:
    place.chmod(0o755)
    inode = place.stat().st_ino
    files.settle("backup", "r1", LOTS)
    other = files.make("mail", "r2")
    assert (other.stat().st_ino, stat.S_IMODE(other.stat().st_mode)) == (inode, 0o700)
    assert not place.exists()
    files.clear_away()
    assert other.exists()


def test_what_is_not_over_shares_its_directory_with_nobody(files: ArtifactFiles, place: Path) -> None:
    assert files.settle("backup", "r1", LOTS, is_over=False) == Leavings()
    assert not place.exists()


def test_what_is_filled_after_the_end_stays(files: ArtifactFiles, place: Path) -> None:
    files.settle("backup", "r1", LOTS)
    (place / "late").touch()
    files.clear_away()
    assert names(place) == ["late"]


def test_files_are_listed_by_name(files: ArtifactFiles, place: Path) -> None:
    (place / "b" / "c").mkdir(parents=True)
    (place / "b" / "c" / "deep.txt").write_bytes(bytes(3))
    (place / "a.html").write_bytes(bytes(5))
    os.utime(place / "a.html", (0, 86400))
    found = files.list("backup", "r1")
    assert [(one.name, one.bytes) for one in found] == [("a.html", 5), ("b/c/deep.txt", 3)]
    assert found[0].modified.isoformat() == "1970-01-02T00:00:00+00:00"
    with files.open("backup", "r1", "b/c/deep.txt") as file:
        assert file.read() == bytes(3)


def test_a_name_that_is_no_text_is_told_all_the_same(files: ArtifactFiles, place: Path) -> None:
    (place / os.fsdecode(b"caf\xe9")).touch()
    assert [one.name for one in files.list("backup", "r1")] == ["caf\\udce9"]


def a_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def a_link_to_a_directory(path: Path) -> None:
    path.symlink_to("/etc")


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(path.parent)
        listener.bind(path.name)


@pytest.mark.parametrize("make", [a_link, a_link_to_a_directory, a_fifo, a_socket])
def test_what_is_no_plain_file_is_passed_over_and_named(
    files: ArtifactFiles,
    place: Path,
    make: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(place)
    (place / "real").touch()
    make(place / "odd")
    assert files.settle("backup", "r1", 0) == Leavings(files=1)
    assert "no plain files are passed over: 'odd'" in caplog.text
    assert [one.name for one in files.list("backup", "r1")] == ["real"]
    for name in ("odd", "odd/passwd"):
        with pytest.raises(OSError, match=r".*"):
            files.open("backup", "r1", name)
    assert os.path.lexists(place / "odd")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        ".",
        "..",
        "../r2/x",
        "a/../a",
        "a//a",
        "/etc/passwd",
        "a/",
        "./a",
        "a\0b",
        "a\\b",
        "x/" * 30 + "x",
    ],
)
def test_a_name_leads_nowhere_else(files: ArtifactFiles, place: Path, name: str) -> None:
    (place / "a").touch()
    (files.make("backup", "r2") / "x").touch()
    with pytest.raises(OSError, match=r".*"):
        files.open("backup", "r1", name)


def test_beyond_the_bytes_the_last_by_name_go(
    files: ArtifactFiles, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, size in (("a", 40), ("b", 100), ("c", 60), ("d", 1)):
        (place / name).write_bytes(bytes(size))
    assert files.settle("backup", "r1", 100) == Leavings(files=2, removed=2)
    assert names(place) == ["a", "c"]
    assert "2 of the 4 artifacts" in caplog.text
    assert "101 bytes" in caplog.text


def test_nothing_is_kept_where_nothing_may_be(files: ArtifactFiles, place: Path) -> None:
    (place / "below").mkdir()
    (place / "below" / "a").write_bytes(bytes(1))
    assert files.settle("backup", "r1", 0) == Leavings(removed=1)
    files.clear_away()
    assert not place.exists()


def test_a_directory_that_was_closed_is_emptied(files: ArtifactFiles, place: Path) -> None:
    (place / "closed").mkdir()
    (place / "closed" / "a").write_bytes(bytes(10))
    (place / "closed").chmod(0o500)
    assert files.settle("backup", "r1", 5).removed == 1


@pytest.mark.parametrize("depth", [folders.DEEPEST, folders.DEEPEST + 1, 3 * folders.DEEPEST])
def test_what_lies_too_deep_goes(files: ArtifactFiles, place: Path, depth: int) -> None:
    (place / "a").write_bytes(bytes(1))
    deep = place.joinpath(*["d"] * depth)
    deep.mkdir(parents=True)
    (deep / "x").write_bytes(bytes(1))
    is_kept = depth <= folders.DEEPEST
    assert files.settle("backup", "r1", LOTS) == Leavings(1 + is_kept, 1 - is_kept)
    assert len(names(place)) == 1 + is_kept
    if is_kept:
        with files.open("backup", "r1", "d/" * depth + "x") as file:
            assert file.read() == bytes(1)


def test_a_directory_that_became_a_link_is_not_followed(
    files: ArtifactFiles, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_bytes(bytes(1000))
    (place / "real").mkdir()
    (place / "real" / "a").write_bytes(bytes(10))
    entered = folders.entered

    def swapped(step: str, within: folders.Folder) -> AbstractContextManager[folders.Folder]:
        if not (place / "real").is_symlink():
            (place / "real").rename(place / "moved")
            (place / "real").symlink_to(elsewhere)
        return entered(step, within)

    monkeypatch.setattr(folders, "entered", swapped)
    files.settle("backup", "r1", 0)
    assert names(elsewhere) == ["precious"]
    assert (place / "real").is_symlink()


def test_the_whole_directory_may_not_be_a_link(
    files: ArtifactFiles, place: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "precious").write_bytes(bytes(1000))
    place.rmdir()
    place.symlink_to(tmp_path)
    assert files.settle("backup", "r1", 0) == Leavings()
    assert "artifacts cannot be kept below their caps" in caplog.text
    assert (tmp_path / "precious").exists()
    with pytest.raises(OSError, match=r".*"):
        files.list("backup", "r1")


def test_something_that_fills_it_meanwhile_ends_in_the_end(files: ArtifactFiles, place: Path) -> None:
    done = threading.Event()

    def fill() -> None:
        number = 0
        while not done.is_set():
            number += 1
            (place / f"{number}").write_bytes(bytes(1))

    filler = threading.Thread(target=fill)
    filler.start()
    try:
        files.settle("backup", "r1", 0)
    finally:
        done.set()
        filler.join()


def fill(place: Path, count: int) -> None:
    """Links are made faster than files, and a file may have no more than 65,000."""
    for number in range(count):
        source = place / f"{number // 10_000 * 10_000:06}"
        if number % 10_000:
            os.link(source, f"{place}/{number:06}")
        else:
            source.touch()


@pytest.mark.system
def test_twenty_thousand_files_take_some_seconds(files: ArtifactFiles, place: Path) -> None:
    fill(place, 20_000)
    began = time.process_time()
    assert files.settle("backup", "r1", LOTS) == Leavings(files=1000, removed=19_000)
    assert time.process_time() - began < 4
    assert names(place)[-1] == "000999"


def test_many_files_take_little_memory(files: ArtifactFiles, place: Path) -> None:
    fill(place, 10_000)
    tracemalloc.start()
    files.settle("backup", "r1", LOTS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20
