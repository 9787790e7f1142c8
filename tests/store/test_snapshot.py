"""An archive of a home that is being written is a home at one moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

from daybell.model.errors import DaybellError
from daybell.model.events import Numbered, RunFinished
from daybell.store.directories import Directories
from daybell.store.export import Wish, write_archive
from daybell.store.history import KEPT, RunHistory
from daybell.store.ledger import FileLedger
from daybell.store.restore import restore_archive
from daybell.store.rows import newest_first
from daybell.store.snapshot import ledger_of, whole_batches
from store.homes import ASKED, NOW, contents, home_at, home_v1
from store.journals import PAUSED, RESUMED, reopened, written
from store.life import event, fold

ARCHIVES = 8


class Loaded(NamedTuple):
    """What a life finds."""

    checkpoint: int
    replayed: list[Numbered]
    problems: int


class Writer:
    """Appends batches, fills the history and makes checkpoints, until it is stopped."""

    def __init__(self, home: Directories) -> None:
        self._history = RunHistory(home.history)
        self._ledger = FileLedger(home.journal, home.checkpoint, self._history, NOW)
        self._stopping = threading.Event()
        self.last = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        thread = threading.Thread(target=self._write)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join()
            self._ledger.close()

    def _write(self) -> None:
        while not self._stopping.wait(0.0005):
            count = 1 + self.last % 40
            batch = self._ledger.append([event(self.last + 1 + place) for place in range(count)])
            for one in batch:
                self._history.add(one)
            self.last = batch[-1].number
            if self.last % 2 == 0:
                self._ledger._next = fold(self.last)
                self._ledger._make_checkpoint()


def loaded(home: Directories) -> Loaded:
    """What the next life makes of it, with a history that is filled up."""
    history = RunHistory(home.history)
    ledger = FileLedger(home.journal, home.checkpoint, history, NOW)
    try:
        base, replayed = ledger.load(), list(ledger.replay())
        for numbered in replayed:
            history.add(numbered)
        return Loaded(base.number, replayed, len(ledger.problems))
    finally:
        ledger.close()


def rows(path: Path) -> list[int]:
    """Oldest first."""
    return [row.number for row in newest_first(path)][::-1]


def test_what_is_kept_while_daybell_writes_is_whole(tmp_path: Path) -> None:
    home, archive = home_at(tmp_path / "home"), tmp_path / "home.zip"
    writer = Writer(home)
    lasts = []
    with writer.writing():
        for turn in range(ARCHIVES):
            before = writer.last
            write_archive(home, archive, Wish(NOW, "0.1.0"))
            other = home_at(tmp_path / f"other-{turn}")
            restore_archive(archive, other, ASKED, may_replace=False)
            found = loaded(other)
            last = found.replayed[-1].number if found.replayed else found.checkpoint
            lasts.append(last)
            numbers = [one.number for one in found.replayed]
            assert (numbers, found.problems) == ([*range(found.checkpoint + 1, last + 1)], 0)
            assert all(one.event == event(one.number) for one in found.replayed)
            assert last >= before - 40
            ended = [number for number in range(1, last + 1) if isinstance(event(number), RunFinished)]
            months = [rows(path) for path in other.history.glob("*/*.jsonl")]
            assert sorted(chain.from_iterable(months)) == ended
            recent = rows(other.history / "recent.jsonl")
            assert recent == ended[-len(recent) :]
    assert lasts == sorted(lasts)
    assert lasts[0] < lasts[-1]


def test_a_batch_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    first = written(path, [PAUSED, RESUMED])
    second = written(path, [PAUSED, RESUMED, PAUSED])
    assert whole_batches(second, is_growing=False) == second
    for length in range(len(first) + 1, len(second) + 1):
        assert whole_batches(second[:length], is_growing=True) in (b"", first)
    assert whole_batches(second, is_growing=True) == first


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_what_a_crash_left_of_a_batch_is_left_out(tmp_path: Path, cut: int) -> None:
    whole = written(tmp_path / "journal.jsonl", [PAUSED], [RESUMED])
    lines = whole.splitlines(keepends=True)
    left = b"".join(lines[:1] if cut < len(lines[1]) else [])
    assert whole_batches(whole[:-cut], is_growing=False) == left


def test_a_journal_that_does_not_follow_its_checkpoint_is_not_kept(tmp_path: Path) -> None:
    home = home_v1(tmp_path / "home")
    home.checkpoint.unlink()
    home.checkpoint_backup.unlink()
    lines = home.journal.read_bytes().splitlines(keepends=True)
    home.journal.write_bytes(b"".join(lines[1:]))
    with pytest.raises(DaybellError, match=r"state\.json and journal\.jsonl in .* do not fit each other"):
        ledger_of(home)
    home.journal.unlink()
    assert ledger_of(home) == (b"", b"", 0)


def test_without_the_checkpoint_its_backup_is_kept(tmp_path: Path) -> None:
    home = home_v1(tmp_path / "home")
    whole = ledger_of(home)
    home.checkpoint.write_bytes(b"damaged")
    kept = ledger_of(home)
    assert (kept.checkpoint, kept.journal, kept.last) == (
        home.checkpoint_backup.read_bytes(),
        whole.journal,
        whole.last,
    )


def test_rows_that_the_journal_does_not_know_yet_are_left_out(tmp_path: Path) -> None:
    """Their run is open in what is kept, and will get a row of its own."""
    home, archive = home_v1(tmp_path / "home"), tmp_path / "home.zip"
    whole = contents(home.data)
    with_more = home.journal.read_bytes()
    home.journal.write_bytes(b"".join(with_more.splitlines(keepends=True)[:-12]))
    last = ledger_of(home).last
    write_archive(home, archive, Wish(NOW, "0.1.0"))
    other = home_at(tmp_path / "other")
    restore_archive(archive, other, ASKED, may_replace=False)
    assert contents(home.data) == whole
    assert 0 < len(rows(other.history / "recent.jsonl")) < len(rows(home.history / "recent.jsonl"))
    assert max(rows(other.history / "recent.jsonl")) <= last


def test_the_rows_of_all_jobs_stay_in_order(tmp_path: Path) -> None:
    """Where the last ones are left out, older ones are not taken for new ones later."""
    home, archive = home_at(tmp_path / "home"), tmp_path / "home.zip"
    history = RunHistory(home.history)
    with reopened(home.journal) as journal:
        for begin in range(1, 4 * KEPT, 200):
            for one in journal.append([event(number) for number in range(begin, begin + 200)]):
                history.add(one)
    assert rows(home.history / "recent.jsonl")[0] == 2 * KEPT + 2
    lines = home.journal.read_bytes().splitlines(keepends=True)
    home.journal.write_bytes(b"".join(lines[:-50]))
    write_archive(home, archive, Wish(NOW, "0.1.0"))
    other = home_at(tmp_path / "other")
    restore_archive(archive, other, ASKED, may_replace=False)
    loaded(other)
    recent = rows(other.history / "recent.jsonl")
    assert recent == list(range(2 * KEPT - 48, 4 * KEPT - 49, 2))


def test_damaged_rows_and_torn_ones_are_left_out(tmp_path: Path) -> None:
    home, archive = home_v1(tmp_path / "home"), tmp_path / "home.zip"
    path, recent = home.history / "heartbeat" / "2026-03.jsonl", home.history / "recent.jsonl"
    lines, all_of_them = path.read_bytes().splitlines(keepends=True), recent.read_bytes()
    path.write_bytes(b"".join([lines[0], lines[1].replace(b"a", b"b"), *lines[2:-1], lines[-1][:-20]]))
    recent.write_bytes(all_of_them[:-9])
    write_archive(home, archive, Wish(NOW, "0.1.0"))
    other = home_at(tmp_path / "other")
    restore_archive(archive, other, ASKED, may_replace=False)
    assert (other.history / "heartbeat" / path.name).read_bytes() == b"".join([lines[0], *lines[2:-1]])
    assert (other.history / recent.name).read_bytes() == all_of_them
