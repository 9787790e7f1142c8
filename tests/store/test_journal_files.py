"""The journal's file is replaced, by Daybell itself or by somebody else: no event is lost with it."""

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from daybell.model.errors import LedgerError
from daybell.store.journal import Journal
from store.journals import PAUSED, RESUMED, events, reopened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_it_forgets_what_is_in_a_checkpoint_and_goes_on(path: Path) -> None:
    with reopened(path) as journal:
        journal.append([PAUSED])
        journal.append([RESUMED, PAUSED])
        journal.forget(1)
        journal.forget(2)
        assert [one.number for one in journal.replay()] == [2, 3], "half a batch is believed by nobody"
        assert [one.number for one in journal.append([RESUMED])] == [4]
        journal.forget(0)
        assert [one.number for one in journal.replay()] == [2, 3, 4]
        journal.forget(99)
        assert list(journal.replay()) == []
        assert [one.number for one in journal.append([PAUSED])] == [5]
    assert events(path) == [PAUSED]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(each.name for each in path.parent.iterdir()) == ["journal.jsonl", "journal.lock"]


def test_what_is_appended_while_it_forgets_stays(path: Path) -> None:
    with reopened(path) as journal:
        journal.append([PAUSED])
        stop = threading.Event()

        def forget() -> None:
            while not stop.is_set():
                journal.forget(journal._last - 4)

        thread = threading.Thread(target=forget)
        thread.start()
        numbers = [one.number for _ in range(300) for one in journal.append([PAUSED, RESUMED])]
        stop.set()
        thread.join()
        kept = [one.number for one in journal.replay()]
    assert numbers == list(range(2, 602))
    assert kept == list(range(kept[0], 602))


def test_a_journal_that_cannot_be_replaced_stays_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_beside: Path, _path: Path) -> None:
        raise OSError(13, "Permission denied")

    with reopened(path) as journal:
        journal.append([PAUSED])
        journal.append([RESUMED])
        monkeypatch.setattr("daybell.store.journal.swap", refuse)
        with pytest.raises(OSError, match="Permission denied"):
            journal.forget(1)
        journal.append([PAUSED])
    assert events(path) == [PAUSED, RESUMED, PAUSED]
    assert not list(path.parent.glob(".*"))


def test_half_a_batch_is_not_kept_when_it_forgets(path: Path) -> None:
    with reopened(path) as journal:
        for event in (PAUSED, RESUMED):
            journal.append([event])
        with path.open("ab") as file:
            file.write(b'{"crc":"half a')
        journal.forget(1)
        journal.append([PAUSED])
        assert ([one.number for one in journal.replay()], journal.damaged) == ([2, 3], 0)


def delete(path: Path) -> None:
    path.unlink()


def move_away(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"of somebody else\n")
    other.replace(path)


@pytest.mark.parametrize("act", [delete, move_away, replace])
def test_a_journal_that_somebody_takes_away_is_put_back(path: Path, act: Callable[[Path], None]) -> None:
    with reopened(path) as journal:
        journal.append([PAUSED, RESUMED])
        act(path)
        assert [one.number for one in journal.append([PAUSED])] == [3]
        act(path)
        journal.forget(0)
    assert events(path) == [PAUSED, RESUMED, PAUSED]
    if act is replace:
        assert path.with_name("journal.jsonl.replaced").read_bytes() == b"of somebody else\n"


def test_a_journal_that_is_taken_away_while_it_forgets_stays_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Journal._copy

    def disturbed(self: Journal, begin: int, end: int, how: int) -> None:
        copy(self, begin, end, how)
        replace(path)

    with reopened(path) as journal:
        for event in (PAUSED, RESUMED):
            journal.append([event])
        with monkeypatch.context() as person:
            person.setattr(Journal, "_copy", disturbed)
            with pytest.raises(OSError, match="replaced meanwhile"):
                journal.forget(1)
        journal.append([PAUSED])
    assert events(path) == [PAUSED, RESUMED, PAUSED]


def test_a_journal_that_somebody_empties_goes_on_with_whole_lines(path: Path) -> None:
    with reopened(path) as journal:
        journal.append([PAUSED, RESUMED])
        path.write_bytes(path.read_bytes()[:40])
        assert [one.number for one in journal.append([PAUSED])] == [3]
        assert ([one.number for one in journal.replay()], journal.damaged) == ([3], 0)


def test_nothing_is_acknowledged_before_a_new_file_s_name_is_durable(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_directory: Path) -> None:
        raise OSError(5, "Input/output error")

    with reopened(path) as journal:
        for event in (PAUSED, RESUMED):
            journal.append([event])
        with monkeypatch.context() as failing:
            failing.setattr("daybell.store.journal.sync_directory", refuse)
            with pytest.raises(OSError, match="Input/output"):
                journal.forget(1)
            with pytest.raises(LedgerError, match="Input/output error; look after that disk"):
                journal.append([PAUSED])
        assert [one.number for one in journal.append([PAUSED])] == [3]
    assert events(path) == [RESUMED, PAUSED]


def test_it_closes_also_when_it_could_not_be_opened_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_beside: Path, _path: Path) -> None:
        raise OSError(13, "Permission denied")

    journal = Journal(path)
    for event in (PAUSED, RESUMED):
        journal.append([event])
    monkeypatch.setattr("daybell.store.journal.swap", refuse)
    with pytest.raises(OSError, match="Permission denied"):
        journal.forget(1)
    journal.close()
    assert events(path) == [PAUSED, RESUMED]
