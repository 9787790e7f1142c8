"""Ended runs are found newest first, and refilled from the journal without doubles."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

import pytest
from msgspec.structs import replace

from daybell.model.errors import LedgerError
from daybell.model.events import JobDefined, JobPaused, Numbered, RunFinished, RunSkipped
from daybell.model.query import Row, RunQuery
from daybell.model.run import Run
from daybell.store import history as module
from daybell.store.history import RunHistory
from daybell.store.rows import RowFile, encode_rows, newest_first

NOW = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)


def ended(number: int, job_id: str = "backup", finished: datetime = NOW) -> Numbered:
    run = Run(run_id=f"r{number}", job_id=job_id, cause="schedule", outcome="succeeded", finished=finished)
    return Numbered(number, RunFinished(at=finished, run=run))


def rows(history: RunHistory, job_id: str | None, limit: int) -> list[Run]:
    return [row.run for row in history.select(RunQuery(job_id=job_id, limit=limit))]


def unreadable(path: Path) -> None:
    """Also for a superuser, who may read whatever its mode is."""
    path.symlink_to(path.name)


def ids(runs: list[Run]) -> list[str]:
    return [run.run_id for run in runs]


def test_rows_come_newest_first_per_job_and_for_all(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    for numbered in (ended(1), ended(2, "mail"), ended(3)):
        history.add(numbered)
    assert ids(rows(history, "backup", 10)) == ["r3", "r1"]
    assert ids(rows(history, None, 2)) == ["r3", "r2"]


def test_rows_that_may_wait_come_into_their_files_with_the_next_event(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    for number in (1, 2):
        history.add(ended(number), later=True)
    assert list(tmp_path.iterdir()) == []
    history.sync()
    history.add(Numbered(3, JobPaused(at=NOW, job_id="backup")))
    assert ids(rows(RunHistory(tmp_path), "backup", 10)) == ["r2", "r1"]


def test_a_definition_that_comes_while_rows_wait_holds_up_nothing(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1), later=True)
    history.add(Numbered(2, JobDefined(at=NOW, job_id="backup", digest="d", definition={})), later=True)
    history.sync()
    history.add(Numbered(3, JobPaused(at=NOW, job_id="backup")))
    assert not history.is_behind
    assert ids(rows(RunHistory(tmp_path), "backup", 10)) == ["r1"]


def test_so_many_rows_wait_and_no_more(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    for number in range(1, module.MOST_WAITING + 1):
        history.add(ended(number), later=True)
    assert len(rows(RunHistory(tmp_path), "backup", 1000)) == module.MOST_WAITING


def test_a_job_s_rows_go_back_over_months(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    history.add(ended(2, finished=NOW + timedelta(minutes=2)))
    assert ids(rows(history, "backup", 10)) == ["r2", "r1"]
    assert sorted(path.name for path in (tmp_path / "backup").iterdir()) == ["2026-03.jsonl", "2026-04.jsonl"]


def test_only_events_that_end_a_request_are_kept(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(Numbered(1, JobPaused(at=NOW, job_id="backup")))
    skipped = Run(run_id="r2", job_id="backup", cause="schedule", outcome="skipped", finished=NOW)
    history.add(Numbered(2, RunSkipped(at=NOW, run=skipped)))
    assert ids(rows(history, None, 10)) == ["r2"]


def test_a_replay_after_a_restart_doubles_nothing_and_fills_what_is_missing(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    history.add(ended(2))
    recent = tmp_path / "recent.jsonl"
    recent.write_bytes(recent.read_bytes().splitlines(keepends=True)[0])
    again = RunHistory(tmp_path)
    for number in (1, 2, 3):
        again.add(ended(number))
    assert ids(rows(again, None, 10)) == ["r3", "r2", "r1"]
    assert ids(rows(again, "backup", 10)) == ["r3", "r2", "r1"]


def test_the_file_of_all_jobs_is_trimmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 5)
    history = RunHistory(tmp_path)
    for number in range(1, 14):
        history.add(ended(number))
    assert len((tmp_path / "recent.jsonl").read_bytes().splitlines()) == 8
    assert ids(rows(history, None, 100))[:2] == ["r13", "r12"]
    assert len(rows(history, "backup", 100)) == 13


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
    assert ids(rows(history, "backup", 10)) == ["r1"]


def test_what_cannot_be_written_waits_and_is_written_later(tmp_path: Path) -> None:
    history = RunHistory(tmp_path / "history")
    blocker = tmp_path / "history"
    blocker.write_text("a file where the directory belongs")
    history.add(ended(1))
    assert ids(rows(history, None, 10)) == ["r1"], "it is shown all the same"
    blocker.unlink()
    history.add(ended(2))
    assert ids(rows(history, None, 10)) == ["r2", "r1"]


def test_a_torn_last_row_takes_no_later_one_with_it(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    for path in (tmp_path / "recent.jsonl", tmp_path / "backup" / "2026-03.jsonl"):
        with path.open("ab") as file:
            file.write(b'{"number": 2, "ru')
    again = RunHistory(tmp_path)
    again.add(ended(2))
    assert ids(rows(RunHistory(tmp_path), "backup", 10)) == ["r2", "r1"]
    assert ids(rows(RunHistory(tmp_path), None, 10)) == ["r2", "r1"]


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
    assert ids(rows(again, "backup", 10)) == ["r6", "r5", "r4", "r3", "r2", "r1"]
    assert ids(rows(again, None, 10)) == ["r6", "r5", "r4", "r3", "r2", "r1"]


def test_half_a_row_is_cut_off_before_it_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))

    def half(file: int, content: bytes) -> None:
        os.write(file, content[:20])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("daybell.store.lines.write_all", half)
        history.add(ended(2))
        with pytest.raises(OSError, match="not written yet"):
            history.sync()
    history.add(ended(3))
    history.sync()
    assert ids(rows(RunHistory(tmp_path), "backup", 10)) == ["r3", "r2", "r1"]
    assert ids(rows(RunHistory(tmp_path), None, 10)) == ["r3", "r2", "r1"]


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
    recent = ids(rows(history, None, 100))
    again = RunHistory(tmp_path)
    for number in range(1, 12):
        again.add(ended(number))
        assert ids(rows(again, None, 100)) == recent
    assert ids(rows(again, "backup", 100)) == [f"r{number}" for number in range(11, 0, -1)]


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
    assert ids(rows(again, "backup", 100)) == ["r7", "r6", "r5", "r4", "r3", "r2", "r1"]
    assert ids(rows(RunHistory(tmp_path), None, 100)) == ["r7", "r6", "r5", "r4", "r3", "r2", "r1"]


def test_a_row_that_is_being_written_holds_up_no_checkpoint(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    synced: list[int] = []
    add = RowFile.add

    def slow(file: RowFile, rows: Sequence[Row]) -> Sequence[Row]:
        history.sync()
        synced.extend(row.number for row in rows)
        return add(file, rows)

    with pytest.MonkeyPatch.context() as busy:
        busy.setattr(RowFile, "add", slow)
        history.add(ended(2))
    assert synced == [2, 2]


def test_it_says_where_it_cannot_be_read(tmp_path: Path) -> None:
    unreadable(tmp_path / "recent.jsonl")
    with pytest.raises(
        LedgerError, match=r"recent\.jsonl: cannot be read: Too many levels of symbolic links"
    ):
        RunHistory(tmp_path)


def test_one_file_that_cannot_be_written_holds_up_no_other_and_its_rows_are_shown(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("a file where a directory belongs")
    history = RunHistory(tmp_path)
    history.add(ended(1))
    other = ended(2)
    assert isinstance(other.event, RunFinished)
    history.add(Numbered(2, RunFinished(at=NOW, run=replace(other.event.run, job_id="mail"))))
    assert ids(rows(history, "mail", 10)) == ["r2"]
    assert ids(rows(history, "backup", 10)) == ["r1"]
    found = history.find("r1")
    assert found is not None
    (tmp_path / "backup").unlink()
    history.add(ended(3))
    assert ids(rows(RunHistory(tmp_path), "backup", 10)) == ["r3", "r1"]


def test_the_file_of_all_jobs_answers_alone_where_it_can(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    for number in range(1, 4):
        history.add(ended(number))
    history.select(RunQuery(limit=1))
    for number in range(4, 9):
        history.add(ended(number, ("backup", "mail")[number % 2], NOW + timedelta(days=1)))
    for job_id in ("backup", "mail"):
        rmtree(tmp_path / job_id)
    assert ids(rows(history, None, 4)) == ["r8", "r7", "r6", "r5"]


def test_beyond_the_file_of_all_jobs_those_of_the_jobs_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    history = RunHistory(tmp_path)
    for number in range(1, 21):
        history.add(ended(number, ("backup", "mail", "tick")[number % 3]))
    assert ids(rows(history, None, 18)) == [f"r{number}" for number in range(20, 2, -1)]


def test_the_file_of_all_jobs_keeps_their_order_whatever_waits(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("a file where a directory belongs")
    history = RunHistory(tmp_path)
    history.add(ended(1))
    history.add(ended(2, "mail"))
    (tmp_path / "backup").unlink()
    history.add(ended(3, "mail"))
    recent = tmp_path / "recent.jsonl"
    recent.rename(tmp_path / "away")
    unreadable(recent)
    history.add(ended(4, "mail"))
    recent.unlink()
    (tmp_path / "away").rename(recent)
    history.add(ended(5))
    assert [row.number for row in newest_first(recent)] == [5, 4, 3, 2, 1]
    assert ids(rows(RunHistory(tmp_path), None, 9)) == ["r5", "r4", "r3", "r2", "r1"]
    assert ids(rows(RunHistory(tmp_path), "backup", 9)) == ["r5", "r1"]


@pytest.mark.parametrize("damage", [b"\0" * 40 + b"\n", b'{"crc":"0'])
def test_where_the_file_of_all_jobs_is_damaged_those_of_the_jobs_answer(
    tmp_path: Path, damage: bytes
) -> None:
    history = RunHistory(tmp_path)
    for number in range(1, 9):
        history.add(ended(number))
    recent = tmp_path / "recent.jsonl"
    lines = recent.read_bytes().splitlines(keepends=True)
    recent.write_bytes(b"".join([*lines[:5], *lines[6:], damage]))
    assert ids(rows(history, None, 4)) == ["r8", "r7", "r6", "r5"]


def test_a_clock_that_went_wrong_for_a_while_hides_nothing(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    finished = [NOW, NOW + timedelta(days=900), NOW, NOW + timedelta(minutes=2)]
    for number, moment in enumerate(finished, 1):
        history.add(ended(number, finished=moment))
    first = history.select(RunQuery(limit=2))
    assert [row.number for row in first] == [2, 4]
    assert [row.number for row in history.select(RunQuery(limit=2, after=first[-1].place))] == [3, 1]


def test_rows_that_wait_are_among_the_others_on_each_page(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("a file where a directory belongs")
    history = RunHistory(tmp_path)
    for number in range(1, 9):
        later = timedelta(minutes=number // 5 * 2)  # the next month begins with the fifth
        history.add(ended(number, ("mail", "backup")[number % 2], NOW + later))
    pages, query = [], RunQuery(limit=3)
    while page := history.select(query):
        pages.append([row.number for row in page])
        query = replace(query, after=page[-1].place)
    assert pages == [[8, 7, 6], [5, 4, 3], [2, 1]]
    assert [row.number for row in history.select(RunQuery(since=NOW + timedelta(minutes=1)))] == [8, 7, 6, 5]


def test_a_row_that_waits_after_the_clock_was_set_back_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("a file where a directory belongs")
    history = RunHistory(tmp_path)
    for number, job_id, days in ((1, "mail", 1), (2, "mail", 1), (3, "backup", 0)):
        history.add(ended(number, job_id, NOW + timedelta(days=days)))
    assert [row.number for row in history.select(RunQuery(limit=1))] == [2]
    assert [row.number for row in history.select(RunQuery())] == [2, 1, 3]


@pytest.mark.parametrize("job_id", ["..", ".", "", "a/b", "/etc", "a\0b", "recent.jsonl", "x" * 300])
def test_an_id_is_no_path(tmp_path: Path, job_id: str) -> None:
    history = RunHistory(tmp_path / "history")
    history.add(ended(1))
    (tmp_path / "2026-03.jsonl").write_bytes((tmp_path / "history" / "recent.jsonl").read_bytes())
    assert rows(history, job_id, 10) == []


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    content = (tmp_path / "recent.jsonl").read_bytes()
    for name in ("notes.jsonl", "2026-04.jsonl.bak", "2026-4.jsonl"):
        (tmp_path / "backup" / name).write_bytes(content)
    (tmp_path / ".hidden").mkdir()
    assert ids(rows(history, "backup", 10)) == ["r1"]
    assert ids(rows(history, None, 10)) == ["r1"]


@pytest.mark.parametrize("place", ["backup", "backup/2026-03.jsonl", "mail"])
def test_what_cannot_be_read_is_named(tmp_path: Path, place: str) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    if (tmp_path / "backup").exists():
        rmtree(tmp_path / "backup")
    (tmp_path / place).parent.mkdir(exist_ok=True)
    unreadable(tmp_path / place)
    for ask in (lambda: history.select(RunQuery()), lambda: history.find("gone")):
        with pytest.raises(LedgerError, match=rf"{place}: cannot be read: Too many levels"):
            ask()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="a superuser may read all")
def test_a_directory_that_is_closed_to_us_is_named_with_a_remedy(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    history.add(ended(1))
    (tmp_path / "backup").chmod(0)
    with pytest.raises(LedgerError, match="backup: cannot be read: Permission denied; give it back"):
        history.select(RunQuery(job_id="backup"))
    (tmp_path / "backup").chmod(0o700)
