"""The chronicle is one file of lines that never grows beyond its bound, whatever happens to it."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from builders import a_run, at
from daybell.model.chronicle import Entry
from daybell.model.events import MachineSlept, Numbered, RunFinished
from daybell.store.chronicle import Chronicle
from daybell.store.directories import create, find
from daybell.store.history import RunHistory
from daybell.store.layout import is_inhabited

NOON = at("2026-03-02 12:00")


def an_entry(number: int) -> Entry:
    return Entry(kind="slept", number=number, at=NOON + timedelta(seconds=number), since=NOON)


def opened(path: Path, largest: int = 4 << 20) -> Chronicle:
    return Chronicle(path, lambda _: None, largest)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history" / "chronicle.jsonl"


def test_what_was_added_is_there_in_its_order_and_private(path: Path) -> None:
    chronicle = opened(path)
    entries = [an_entry(number) for number in (3, 5, 9)]
    for one in entries:
        chronicle.add(one)
    assert list(chronicle.entries()) == list(opened(path).entries()) == entries
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_the_journal_gives_again_is_passed_over(path: Path) -> None:
    for _ in range(2):
        chronicle = opened(path)
        for number in (1, 2, 3):
            chronicle.add(an_entry(number))
    assert [one.number for one in opened(path).entries()] == [1, 2, 3]


def test_a_torn_line_is_cut_off_and_a_damaged_one_passed_over(path: Path) -> None:
    chronicle = opened(path)
    for number in (1, 2, 3):
        chronicle.add(an_entry(number))
    first, second, third = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second.replace(b"slept", b"slips") + third + b'{"crc":"1234')
    again = opened(path)
    again.add(an_entry(4))
    assert [one.number for one in again.entries()] == [1, 3, 4]


def test_what_cannot_be_written_waits_and_is_read_all_the_same(path: Path) -> None:
    path.parent.mkdir()
    path.mkdir()
    chronicle = opened(path)
    chronicle.add(an_entry(1))
    behind = [chronicle.is_behind]
    path.rmdir()
    assert [one.number for one in chronicle.entries()] == [1]
    chronicle.add(an_entry(2))
    assert [*behind, chronicle.is_behind] == [True, False]
    assert [one.number for one in opened(path).entries()] == [1, 2]


def test_it_loses_its_older_half_when_it_is_too_long(path: Path) -> None:
    chronicle = opened(path, largest=2000)
    for number in range(1, 200):
        chronicle.add(an_entry(number))
        assert path.stat().st_size <= 2200
    numbers = [one.number for one in chronicle.entries()]
    assert numbers == list(range(numbers[0], 200))
    assert len(numbers) > 5


def test_one_that_is_not_there_is_empty(path: Path) -> None:
    assert list(opened(path).entries()) == []


def test_what_the_disk_refused_once_is_written_with_the_next_row(tmp_path: Path) -> None:
    history = RunHistory(tmp_path)
    (tmp_path / "chronicle.jsonl").mkdir()
    history.add(Numbered(1, MachineSlept(at=NOON, since=NOON)))
    behind = [history.is_behind]
    (tmp_path / "chronicle.jsonl").rmdir()
    history.add(Numbered(2, RunFinished(at=NOON, run=a_run())))
    assert [*behind, history.is_behind] == [True, False]
    assert [one.number for one in history.chronicle()] == [1]


def test_numbers_go_on_behind_those_that_it_has(tmp_path: Path) -> None:
    RunHistory(tmp_path).add(Numbered(7, MachineSlept(at=NOON, since=NOON)))
    assert RunHistory(tmp_path).newest_number == 7


def test_a_home_with_a_chronicle_and_nothing_else_is_not_inhabited(tmp_path: Path) -> None:
    home = find({"DAYBELL_HOME": str(tmp_path)})
    create(home)
    RunHistory(home.history).add(Numbered(1, MachineSlept(at=NOON, since=NOON)))
    assert not is_inhabited(home)
