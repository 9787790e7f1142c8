"""The journal keeps every acknowledged event, whatever happens to its file."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daybell.model.errors import LedgerError
from daybell.model.events import JobPaused, JobResumed, RunClaimed
from daybell.model.run import Run
from daybell.store.journal import Journal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAUSED = JobPaused(at=NOW, job_id="backup")
RESUMED = JobResumed(at=NOW, job_id="backup")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


def reopened(path: Path) -> Journal:
    journal = Journal(path)
    journal.close()
    return journal


def test_it_numbers_events_from_one_without_gaps(journal: Journal) -> None:
    first = journal.append([PAUSED, RESUMED])
    second = journal.append([PAUSED])
    assert [one.number for one in [*first, *second]] == [1, 2, 3]


def test_it_goes_on_counting_after_a_restart(path: Path, journal: Journal) -> None:
    journal.append([PAUSED, RESUMED])
    again = Journal(path)
    assert [one.number for one in again.append([PAUSED])] == [3]
    again.close()


def test_it_gives_back_what_was_appended(journal: Journal) -> None:
    claimed = RunClaimed(at=NOW, run=Run(run_id="r1", job_id="backup", cause="schedule", due=NOW))
    journal.append([PAUSED, claimed])
    assert [one.event for one in journal.replay()] == [PAUSED, claimed]


def test_its_file_is_for_its_owner_only(path: Path, journal: Journal) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_last_line_is_cut_off(path: Path, journal: Journal, cut: int) -> None:
    journal.append([PAUSED])
    whole = path.stat().st_size
    journal.append([RESUMED])
    os.truncate(path, path.stat().st_size - cut)
    again = reopened(path)
    assert [one.event for one in again.replay()] == [PAUSED]
    assert path.stat().st_size == whole


def test_a_damaged_middle_line_is_passed_over_and_counted(path: Path, journal: Journal) -> None:
    journal.append([PAUSED, RESUMED, PAUSED])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"number": 2, "event": {"type"\n' + lines[2])
    again = reopened(path)
    assert [one.number for one in again.replay()] == [1, 3]
    assert again.damaged == 1


def test_it_refuses_and_keeps_the_file_as_it_was_when_the_disk_is_full(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("it needs /dev/full, which this system lacks")
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append([PAUSED])
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, journal._file)
    with pytest.raises(LedgerError, match="No space left"):
        journal.append([RESUMED])
    os.close(full)
    journal.close()
    assert [one.event for one in reopened(path).replay()] == [PAUSED]


def test_it_says_why_it_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"journal\.jsonl: cannot be opened"):
        Journal(tmp_path / "missing" / "journal.jsonl")


def test_a_journal_that_was_lost_gives_no_number_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", after=41)
    assert [one.number for one in journal.append([PAUSED])] == [42]
    journal.close()
