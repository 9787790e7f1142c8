"""The journal keeps every acknowledged event, whatever happens to its file."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from daybell.model.errors import AlreadyRunning, LedgerError
from daybell.model.events import AnyEvent, RunClaimed, RunStarted
from daybell.model.run import ProcessIdentity, Run
from daybell.store.journal import Journal
from store.journals import NOW, PAUSED, RESUMED, events, reopened, written

STARTED = RunStarted(at=NOW, run_id="r", job_id="backup", process=ProcessIdentity(7, 1.0, "boot"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


def test_it_numbers_events_from_one_without_gaps(journal: Journal) -> None:
    first = journal.append([PAUSED, RESUMED])
    second = journal.append([PAUSED])
    assert [one.number for one in [*first, *second]] == [1, 2, 3]


def test_it_goes_on_counting_after_a_restart(path: Path) -> None:
    written(path, [PAUSED, RESUMED])
    with reopened(path) as again:
        assert [one.number for one in again.append([PAUSED])] == [3]


def test_it_gives_back_what_was_appended_and_only_what_came_after(journal: Journal) -> None:
    claimed = RunClaimed(at=NOW, run=Run(run_id="r1", job_id="backup", cause="schedule", due=NOW))
    journal.append([PAUSED, claimed])
    assert [one.event for one in journal.replay()] == [PAUSED, claimed]
    assert [one.event for one in journal.replay(1)] == [claimed]


def test_its_lines_are_json_that_people_can_read(path: Path) -> None:
    (line,) = written(path, [PAUSED]).splitlines()
    document = json.loads(line)
    assert (document["number"], document["event"]["type"]) == (1, "job_paused")


def test_its_file_is_for_its_owner_only(path: Path, journal: Journal) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_only_one_writes_it(path: Path, journal: Journal) -> None:
    with pytest.raises(AlreadyRunning, match="another Daybell writes"):
        Journal(path)


def test_a_file_cut_anywhere_loses_no_whole_line_and_takes_new_ones(path: Path) -> None:
    content = written(path, [PAUSED, RESUMED], [PAUSED])
    ends = [place + 1 for place, byte in enumerate(content) if byte == ord("\n")]
    for cut in range(len(content) + 1):
        path.write_bytes(content[:cut])
        whole = sum(end <= cut for end in ends)
        with reopened(path) as journal:
            assert [one.number for one in journal.append([RESUMED])] == [whole + 1]
            assert [one.event for one in journal.replay()] == [*[PAUSED, RESUMED, PAUSED][:whole], RESUMED]
            assert journal.damaged == 0


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 4096, b"\0" * 10 + b"{"])
def test_what_a_power_cut_left_behind_the_last_line_is_cut_off(path: Path, tail: bytes) -> None:
    content = written(path, [PAUSED])
    path.write_bytes(content + tail)
    assert events(path) == [PAUSED]
    assert path.read_bytes() == content


def test_no_flipped_bit_goes_unnoticed(path: Path) -> None:
    """Of 2,000 flips, each costs at most the batches it is in or joins, and all others stay as they were."""
    batch: list[AnyEvent] = [PAUSED, RESUMED]
    content = written(path, *[batch] * 10)
    for number in range(2000):
        flipped = bytearray(content)
        flipped[number * 7919 % len(content)] ^= 1 << number % 8
        path.write_bytes(flipped)
        with reopened(path) as journal:
            found = {one.number: one.event for one in journal.replay()}
        assert len(found) >= 17
        assert all(event == (PAUSED, RESUMED)[(number - 1) % 2] for number, event in found.items())


def test_a_damaged_middle_line_is_passed_over_and_counted(path: Path) -> None:
    lines = written(path, [PAUSED], [RESUMED], [PAUSED]).splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"number": 2, "event": {"type"\n' + lines[2])
    with reopened(path) as journal:
        assert [one.number for one in journal.replay()] == [1, 3]
        assert journal.damaged == 1


@contextmanager
def full_disk(journal: Journal) -> Iterator[None]:
    """Within it, every write to the journal fails."""
    kept, device = os.dup(journal._file), os.open("/dev/full", os.O_WRONLY)
    os.dup2(device, journal._file)
    try:
        yield
    finally:
        os.dup2(kept, journal._file)
        os.close(kept)
        os.close(device)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="it needs /dev/full, which this system lacks")
def test_it_refuses_and_keeps_the_file_as_it_was_when_the_disk_is_full(path: Path) -> None:
    with reopened(path) as journal:
        journal.append([PAUSED])
        with full_disk(journal), pytest.raises(LedgerError, match="No space left"):
            journal.append([RESUMED])
        assert [one.number for one in journal.append([RESUMED])] == [2]
    assert events(path) == [PAUSED, RESUMED]


def test_half_a_batch_is_cut_off_before_the_next_one(path: Path) -> None:
    with reopened(path) as journal:
        journal.append([PAUSED])
        with path.open("ab") as file:
            file.write(b'{"crc":"half a')
        journal.append([RESUMED])
    assert events(path) == [PAUSED, RESUMED]


def test_only_what_a_power_cut_could_make_untrue_is_synced(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process outlives the machine, so its start alone need not."""
    synced: list[int] = []
    monkeypatch.setattr("daybell.store.journal.sync", synced.append)
    journal.append([STARTED])
    assert synced == []
    journal.append([STARTED, PAUSED])
    assert len(synced) == 1
    assert [one.event for one in journal.replay()] == [STARTED, STARTED, PAUSED]


def test_it_says_why_it_cannot_be_opened(path: Path) -> None:
    path.mkdir()
    with pytest.raises(LedgerError, match=r"journal\.jsonl: cannot be opened"):
        Journal(path)
    path.rmdir()
    assert events(path) == []


def test_a_journal_that_was_lost_gives_no_number_again(path: Path) -> None:
    journal = Journal(path, after=41)
    journal.skip(45)
    journal.skip(3)
    assert [one.number for one in journal.append([PAUSED])] == [46]
    journal.close()


def test_of_a_batch_whose_beginning_was_never_written_nothing_is_believed(path: Path) -> None:
    whole = written(path, [PAUSED])
    batch = written(path, [PAUSED, RESUMED, PAUSED])[len(whole) :]
    for lost in range(1, len(batch)):
        path.write_bytes(whole + bytes(lost) + batch[lost:])
        with reopened(path) as journal:
            assert [one.number for one in journal.append([RESUMED])] == [2]
            assert [one.event for one in journal.replay()] == [PAUSED, RESUMED]
            assert journal.damaged == 0
