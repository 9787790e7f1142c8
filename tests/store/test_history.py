"""Ended runs are found newest first, and refilled from the journal without doubles."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from daybell.model.errors import LedgerError
from daybell.model.events import JobPaused, Numbered, RunFinished, RunSkipped
from daybell.model.run import Run
from daybell.store import history as module
from daybell.store.history import RunHistory
from daybell.store.rows import Row, RowFile, encode_rows

NOW = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)


def ended(number: int, job_id: str = "backup", finished: datetime = NOW) -> Numbered:
    run = Run(run_id=f"r{number}", job_id=job_id, cause="schedule", outcome="succeeded", finished=finished)
    return Numbered(number, RunFinished(at=finished, run=run))


def ids(runs: list[Run]) -> list[str]:
    return [run.run_id for run in runs]


def test_rows_come_newest_first_per_job_and_for_all(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    for numbered in (ended(1), ended(2, "mail"), ended(3)):
        history.add(numbered)
    assert ids(history.rows("backup", 10)) == ["r3", "r1"]
    assert ids(history.rows(None, 2)) == ["r3", "r2"]


def test_a_job_s_rows_go_back_over_months(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    history.add(ended(2, finished=NOW + timedelta(minutes=2)))
    assert ids(history.rows("backup", 10)) == ["r2", "r1"]
    assert sorted(path.name for path in (tmp_path / "backup").iterdir()) == ["2026-03.jsonl", "2026-04.jsonl"]


def test_only_events_that_end_a_request_are_kept(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(Numbered(1, JobPaused(at=NOW, job_id="backup")))
    skipped = Run(run_id="r2", job_id="backup", cause="schedule", outcome="skipped", finished=NOW)
    history.add(Numbered(2, RunSkipped(at=NOW, run=skipped)))
    assert ids(history.rows(None, 10)) == ["r2"]


def test_a_replay_after_a_restart_doubles_nothing_and_fills_what_is_missing(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    history.add(ended(2))
    recent = tmp_path / "recent.jsonl"
    recent.write_bytes(recent.read_bytes().splitlines(keepends=True)[0])
    again = RunHistory(tmp_path)
    for number in (1, 2, 3):
        again.add(ended(number))
    assert ids(again.rows(None, 10)) == ["r3", "r2", "r1"]
    assert ids(again.rows("backup", 10)) == ["r3", "r2", "r1"]


def test_the_file_of_all_jobs_is_trimmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 5)
    history = RunHistory(tmp_path)
    for number in range(1, 14):
        history.add(ended(number))
    assert len((tmp_path / "recent.jsonl").read_bytes().splitlines()) == 8
    assert ids(history.rows(None, 100))[:2] == ["r13", "r12"]
    assert len(history.rows("backup", 100)) == 13


def test_a_run_is_found_by_its_id_also_when_it_is_no_longer_recent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    history = RunHistory(tmp_path)
    for number in range(1, 8):
        history.add(ended(number))
    found = history.find("r1")
    assert found is not None
    assert found.run_id == "r1"
    assert history.find("r99") is None


def test_a_damaged_row_is_passed_over(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    with (tmp_path / "backup" / "2026-03.jsonl").open("ab") as file:
        file.write(b'{"number": 2, "run"\n')
    assert ids(history.rows("backup", 10)) == ["r1"]


def test_what_cannot_be_written_waits_and_is_written_later(tmp_path: Path) -> None:
    history = RunHistory(tmp_path / "history")
    blocker = tmp_path / "history"
    blocker.write_text("a file where the directory belongs")
    history.add(ended(1))
    assert ids(history.rows(None, 10)) == ["r1"], "it is shown all the same"
    blocker.unlink()
    history.add(ended(2))
    assert ids(history.rows(None, 10)) == ["r2", "r1"]


def test_a_torn_last_row_takes_no_later_one_with_it(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    for path in (tmp_path / "recent.jsonl", tmp_path / "backup" / "2026-03.jsonl"):
        with path.open("ab") as file:
            file.write(b'{"number": 2, "ru')
    again = RunHistory(tmp_path)
    again.add(ended(2))
    assert ids(RunHistory(tmp_path).rows("backup", 10)) == ["r2", "r1"]
    assert ids(RunHistory(tmp_path).rows(None, 10)) == ["r2", "r1"]


def test_a_damaged_row_that_the_journal_gives_again_is_mended_and_no_other_is_lost(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    for number in range(1, 6):
        history.add(ended(number))
    for path in (tmp_path / "recent.jsonl", tmp_path / "backup" / "2026-03.jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([*lines[:3], b"\0" * 40 + b"\n", *lines[4:]]))
    again = RunHistory(tmp_path)
    for number in (3, 4, 6):  # and the journal has lost 5
        again.add(ended(number))
    assert ids(again.rows("backup", 10)) == ["r6", "r5", "r4", "r3", "r2", "r1"]
    assert ids(again.rows(None, 10)) == ["r6", "r5", "r4", "r3", "r2", "r1"]


def test_half_a_row_is_cut_off_before_it_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))

    def half(file: int, content: bytes) -> None:
        os.write(file, content[:20])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("daybell.store.rows.write_all", half)
        history.add(ended(2))
        with pytest.raises(OSError, match="not written yet"):
            history.sync()
    history.add(ended(3))
    history.sync()
    assert ids(RunHistory(tmp_path).rows("backup", 10)) == ["r3", "r2", "r1"]
    assert ids(RunHistory(tmp_path).rows(None, 10)) == ["r3", "r2", "r1"]


def test_it_knows_the_newest_number_it_holds(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    assert history.newest_number == 0
    history.add(ended(7))
    assert RunHistory(tmp_path).newest_number == 7


def test_a_long_replay_brings_no_old_rows_back_before_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    history = RunHistory(tmp_path)
    for number in range(1, 12):
        history.add(ended(number))
    recent = ids(history.rows(None, 100))
    again = RunHistory(tmp_path)
    for number in range(1, 12):
        again.add(ended(number))
        assert ids(again.rows(None, 100)) == recent
    assert ids(again.rows("backup", 100)) == [f"r{number}" for number in range(11, 0, -1)]


def test_what_stood_behind_damage_returns_in_its_turn_also_after_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "backup" / "2026-03.jsonl"
    history = RunHistory(tmp_path)
    for number in range(1, 6):
        history.add(ended(number))
    path.write_bytes(path.read_bytes().replace(b'"number":2', b'"number":9'))
    again = RunHistory(tmp_path)

    def full(path: Path, rows: list[Row]) -> None:
        with path.open("ab") as file:
            file.write(encode_rows(rows)[:-9])
        raise OSError(28, "No space left on device")

    again.add(ended(2))
    with monkeypatch.context() as disk:
        disk.setattr("daybell.store.rows.write_rows", full)
        again.add(ended(6))  # the journal has lost what lies between
    again.add(ended(7))
    assert ids(again.rows("backup", 100)) == ["r7", "r6", "r5", "r4", "r3", "r2", "r1"]
    assert ids(RunHistory(tmp_path).rows(None, 100)) == ["r7", "r6", "r5", "r4", "r3", "r2", "r1"]


def test_a_row_that_is_being_written_holds_up_no_checkpoint(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    synced = []
    add = RowFile.add

    def slow(file: RowFile, row: Row) -> bool:
        history.sync()
        synced.append(row.number)
        return add(file, row)

    with pytest.MonkeyPatch.context() as busy:
        busy.setattr(RowFile, "add", slow)
        history.add(ended(2))
    assert synced == [2, 2]


def test_it_says_where_it_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> Iterator[bytes]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("daybell.store.rows.lines_from_end", refuse)
    with pytest.raises(LedgerError, match=r"recent\.jsonl: cannot be read: Permission denied; give it back"):
        RunHistory(tmp_path)


def test_one_file_that_cannot_be_written_holds_up_no_other_and_its_rows_are_shown(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("a file where a directory belongs")
    history = RunHistory(tmp_path)
    history.add(ended(1))
    other = ended(2)
    assert isinstance(other.event, RunFinished)
    history.add(Numbered(2, RunFinished(at=NOW, run=replace(other.event.run, job_id="mail"))))
    assert ids(history.rows("mail", 10)) == ["r2"]
    assert ids(history.rows("backup", 10)) == ["r1"]
    found = history.find("r1")
    assert found is not None
    (tmp_path / "backup").unlink()
    history.add(ended(3))
    assert ids(RunHistory(tmp_path).rows("backup", 10)) == ["r3", "r1"]
