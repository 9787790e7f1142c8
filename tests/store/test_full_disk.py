"""A ledger on a disk that is full, or read-only, refuses; it resumes when the disk does."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from daybell.model.errors import LedgerError
from small_disk import SmallDisk, needs_mount, small_disk
from store.aftermath import new_home, wrongs
from store.life import fold, living

pytestmark = [pytest.mark.system, needs_mount, pytest.mark.usefixtures("few_kept")]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path) as disk:
        yield disk


def content(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_a_full_disk_is_refused_and_what_was_acknowledged_stays(disk: SmallDisk) -> None:
    home = new_home(disk.path / "home")
    with living(home) as life:
        for numbered in life.append(6):
            life.history.add(numbered)
        assert life.save()
        acknowledged = life.last
        disk.fill()
        with suppress(LedgerError):
            while True:  # until the last block is full as well
                for numbered in life.append(2):
                    life.history.add(numbered)
                acknowledged = life.last
        for _ in range(100):
            with pytest.raises(LedgerError, match="No space left on device; make room on that disk"):
                life.append(3)
            assert not life.save()
        assert not list(home.rglob(".*.tmp"))
        assert life.ledger._journal._last == acknowledged
        disk.free()
        for numbered in life.append(3):
            life.history.add(numbered)
        assert life.last == acknowledged + 3
        assert life.save()
    assert wrongs(home, [f"appended {acknowledged + 3}", f"saved {acknowledged + 3}"]) == []


def test_a_life_that_ends_on_a_full_disk_loses_nothing(disk: SmallDisk) -> None:
    home = new_home(disk.path / "home")
    with living(home) as life:
        life.append(7)
        disk.fill()
        life.save()
    with living(home) as life:
        assert life.last == 7
        assert life.ledger.problems == ()
    disk.free()
    assert wrongs(home, ["appended 7"]) == []


def test_a_damaged_checkpoint_is_replaced_by_its_backup_even_on_a_full_disk(disk: SmallDisk) -> None:
    home = new_home(disk.path / "home")
    with living(home) as life:
        for count in (3, 4):
            for numbered in life.append(count):
                life.history.add(numbered)
            assert life.save()
    state = home / "state/state.json"
    state.write_bytes(b"{" + state.read_bytes()[1:].replace(b"backup", b"hackup"))
    disk.fill()
    with living(home) as life:
        assert (life.base, life.last, len(life.ledger.problems)) == (fold(3), 7, 1)
    disk.free()
    assert wrongs(home, ["appended 7"]) == []


def test_a_read_only_disk_is_named_and_not_touched(disk: SmallDisk) -> None:
    home = new_home(disk.path / "home")
    with living(home) as life:
        life.append(3)
    disk.remount("ro")
    before = content(home)
    with pytest.raises(
        LedgerError, match=r"state/journal\S+: cannot be opened: Read-only file system; mount"
    ):
        living(home).__enter__()
    assert content(home) == before
    disk.remount("rw")
    assert wrongs(home, ["appended 3"]) == []
