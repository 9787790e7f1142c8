"""A file is replaced whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from daybell.store import atomic
from daybell.store.atomic import is_passing, replace_file, swap, sweep


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def test_a_new_file_is_private_and_alone(path: Path) -> None:
    replace_file(path, b"one", path.with_suffix(".bak"))
    assert path.read_bytes() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(path) == ["state.json"]


def test_what_was_there_is_the_backup(path: Path) -> None:
    backup = path.with_suffix(".bak")
    for content in (b"one", b"two", b"three", b"three"):
        replace_file(path, content, backup)
    assert (path.read_bytes(), backup.read_bytes()) == (b"three", b"three")
    replace_file(path, b"four", backup)
    assert (path.read_bytes(), backup.read_bytes()) == (b"four", b"three")
    assert names(path) == ["state.bak", "state.json"]


def test_without_hard_links_the_backup_is_a_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    backup = path.with_suffix(".bak")
    replace_file(path, b"one", backup)
    replace_file(path, b"two", backup)
    assert (path.read_bytes(), backup.read_bytes()) == (b"two", b"one")


def test_what_fails_leaves_the_old_content_and_nothing_beside(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_file(path, b"one")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "sync", refuse)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"two", path.with_suffix(".bak"))
    assert path.read_bytes() == b"one"
    assert names(path) == ["state.json"]


def test_a_backup_that_cannot_be_made_leaves_nothing_beside(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    replace_file(path, b"one")
    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"two", path.with_suffix(".bak"))
    assert names(path) == ["state.json"]


def test_what_a_crash_left_is_swept_and_nothing_else(path: Path) -> None:
    path.write_bytes(b"one")
    path.with_name(".state.json.abc.tmp").write_bytes(b"half")
    path.with_name("notes.tmp").write_bytes(b"a person's")
    sweep(path.parent)
    assert names(path) == ["notes.tmp", "state.json"]
    sweep(path.parent / "missing")


class Refused(OSError):
    """As Windows refuses."""

    def __init__(self, number: int) -> None:
        super().__init__(13, "Permission denied")
        self.winerror = number  # type: ignore[misc,unused-ignore]  # Windows has it, and there it is read-only


@pytest.mark.parametrize(
    ("error", "passes"),
    [*((Refused(number), number != 2) for number in (2, 5, 32, 33)), (PermissionError(13, "no"), False)],
)
def test_on_windows_others_may_hold_a_file_for_a_moment(error: OSError, *, passes: bool) -> None:
    assert is_passing(error) is passes


def test_a_file_that_is_held_for_a_moment_is_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside, tries = path.with_suffix(".tmp"), []
    beside.write_bytes(b"two")
    replace = Path.replace

    def held(self: Path, target: Path) -> Path:
        tries.append(target)
        if len(tries) < 4:
            raise Refused(32)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(atomic, "PATIENCE", (0.001, 5))
    swap(beside, path)
    assert (len(tries), path.read_bytes()) == (4, b"two")
    monkeypatch.setattr(atomic, "PATIENCE", (0.001, 2))
    tries.clear()
    beside.write_bytes(b"three")
    with pytest.raises(Refused):
        swap(beside, path)
