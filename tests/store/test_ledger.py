"""The ledger on files finds again what it kept, and is loud about what it cannot."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybell.model.errors import AlreadyRunning, LedgerError
from daybell.model.events import AnyEvent, JobScheduled, RunFinished
from daybell.model.record import Checkpoint, JobRecord
from daybell.model.run import Run
from daybell.store.checkpoint import SCHEMA
from daybell.store.envelope import Damaged, TooNew, seal, unseal
from daybell.store.history import RunHistory
from daybell.store.ledger import FileLedger
from waiting import until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = "x" * 50


class Place:
    """A home's ledger, life after life."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal, self.state = path / "journal.jsonl", path / "state.json"
        self.backup = path / "state.json.bak"

    @contextmanager
    def ledger(self) -> Iterator[FileLedger]:
        ledger = FileLedger(self.journal, self.state, RunHistory(self.path / "history"), NOW)
        try:
            yield ledger
        finally:
            ledger.close()

    def lives(self, count: int) -> None:
        """Each appends two events, and makes a checkpoint of all so far."""
        for _ in range(count):
            with self.ledger() as ledger:
                number = ledger.append([event(0), event(1)])[-1].number
                ledger.save(checkpoint(number))


def event(minutes: int) -> AnyEvent:
    return JobScheduled(at=NOW + timedelta(minutes=minutes), job_id="backup", digest=LONG)


def checkpoint(number: int) -> Checkpoint:
    record = JobRecord(job_id="backup", digest=LONG, since=NOW, cursor=NOW, run_count=number)
    return Checkpoint(number=number, jobs=(record,), lives=number)


def numbers(ledger: FileLedger) -> Sequence[int]:
    return [one.number for one in ledger.replay()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_without_files_it_begins_anew(place: Place) -> None:
    with place.ledger() as ledger:
        assert (ledger.load(), numbers(ledger), ledger.problems) == (Checkpoint(), [], ())
        assert [one.number for one in ledger.append([event(0)])] == [1]


def test_it_goes_on_from_its_checkpoint(place: Place) -> None:
    place.lives(2)
    with place.ledger() as ledger:
        ledger.append([event(5)])
        assert ledger.load() == checkpoint(4)
    with place.ledger() as ledger:
        assert (ledger.load(), numbers(ledger), ledger.problems) == (checkpoint(4), [5], ())


def test_the_journal_keeps_what_either_copy_needs(place: Place) -> None:
    place.lives(3)
    assert place.journal.read_bytes().count(b"\n") == 2
    place.state.write_bytes(place.state.read_bytes().replace(b"xx", b"xy", 1))
    with place.ledger() as ledger:
        assert (ledger.load(), numbers(ledger)) == (checkpoint(4), [5, 6])
        (problem,) = ledger.problems
    assert problem.file == "state.json"
    assert "is kept as state.json.corrupt-20260301T120000; its backup took its place" in problem.message
    assert (place.path / "state.json.corrupt-20260301T120000").exists()
    with place.ledger() as ledger:
        assert (ledger.load(), ledger.problems) == (checkpoint(4), ())


def test_a_missing_checkpoint_is_made_good_by_its_backup(place: Place) -> None:
    place.lives(2)
    place.state.unlink()
    with place.ledger() as ledger:
        assert (ledger.load(), numbers(ledger)) == (checkpoint(2), [3, 4])
        assert [problem.message for problem in ledger.problems] == [
            "it was missing; its backup took its place"
        ]


def test_without_both_it_is_made_anew_from_a_journal_that_is_whole(place: Place) -> None:
    place.lives(1)
    place.state.write_bytes(b"")
    with place.ledger() as ledger:
        assert (ledger.load(), numbers(ledger)) == (Checkpoint(), [1, 2])
        assert "made anew from the journal" in ledger.problems[0].message
        assert ledger.append([event(0)])[0].number == 3


@pytest.mark.parametrize("damage", [b"", b"{}", b"\0" * 500, b"not json"])
def test_without_both_it_refuses_and_overwrites_nothing(place: Place, damage: bytes) -> None:
    place.lives(3)
    place.state.write_bytes(damage)
    place.backup.write_bytes(damage)
    before = {path.name: path.read_bytes() for path in place.path.glob("*.*")}
    with place.ledger() as ledger:
        with pytest.raises(LedgerError, match=r"so was its backup; restore state\.json from a backup"):
            ledger.append([event(0)])
        ledger.save(checkpoint(99))
    assert {path.name: path.read_bytes() for path in place.path.glob("*.*")} == before


def test_what_a_newer_daybell_wrote_is_left_alone(place: Place) -> None:
    place.lives(2)
    place.state.write_bytes(seal(SCHEMA + 1, b'{"number":9}'))
    before = place.state.read_bytes()
    with place.ledger() as ledger:
        with pytest.raises(
            LedgerError, match=r"schema 2; this Daybell knows 1 at most: install that version"
        ):
            ledger.append([event(0)])
        ledger.save(checkpoint(99))
    assert place.state.read_bytes() == before


def test_damaged_lines_are_reported(place: Place) -> None:
    place.lives(1)
    content = place.journal.read_bytes()
    place.journal.write_bytes(content.replace(b"xx", b"xy", 1))
    place.state.unlink()
    with place.ledger() as ledger:
        list(ledger.replay())
        assert [problem.message.partition(":")[0] for problem in ledger.problems] == [
            "2 lines could not be read and were passed over"
        ]


def test_a_checkpoint_that_cannot_be_made_loses_nothing(place: Place) -> None:
    place.lives(1)
    blocker = place.path / "history" / "recent.jsonl"
    blocker.mkdir(parents=True)
    with place.ledger() as ledger:
        run = Run(run_id="r", job_id="backup", cause="manual", outcome="succeeded", finished=NOW)
        numbered = ledger.append([RunFinished(at=NOW, run=run)])
        ledger._history.add(numbered[0])
        ledger.save(checkpoint(3))
    with place.ledger() as ledger:
        assert (ledger.load(), numbers(ledger)) == (checkpoint(2), [3])


def test_checkpoints_are_made_while_others_append(place: Place) -> None:
    with place.ledger() as ledger:
        for _ in range(100):
            number = ledger.append([event(0), event(1)])[-1].number
            ledger.save(checkpoint(number))
        until(place.backup.exists)
    with place.ledger() as ledger:
        assert ledger.load() == checkpoint(200)
        assert list(numbers(ledger)) == []


def test_a_second_daybell_is_refused(place: Place) -> None:
    with place.ledger(), pytest.raises(AlreadyRunning):
        FileLedger(place.journal, place.state, RunHistory(place.path / "history"), NOW)
    assert "ledger" not in [thread.name for thread in threading.enumerate()]


def cut(content: bytes, place: int, _: int) -> bytes:
    return content[:place]


def zeroed(content: bytes, place: int, _: int) -> bytes:
    return content[:place] + b"\0" * (len(content) - place)


def flipped(content: bytes, place: int, bit: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


@pytest.mark.parametrize("damage", [cut, zeroed, flipped])
def test_no_damage_of_a_checkpoint_goes_unnoticed(damage: Callable[[bytes, int, int], bytes]) -> None:
    content = seal(SCHEMA, b'{"number":7,"lives":3}')
    for place in range(len(content) - 1):  # behind it comes only the line end
        for bit in range(8):
            with pytest.raises((Damaged, TooNew)):
                unseal(damage(content, place, bit), SCHEMA)


@given(st.integers(0, 9), st.dictionaries(st.text(), st.integers()))
def test_what_was_sealed_is_unsealed_as_it_was(schema: int, data: dict[str, int]) -> None:

    content = json.dumps(data).encode()
    assert unseal(seal(schema, content), schema) == content


def test_its_directory_may_be_gone(tmp_path: Path) -> None:
    place = Place(tmp_path / "state")
    place.path.mkdir()
    place.lives(1)
    for path in place.path.iterdir():
        if path.is_file():
            os.unlink(path)  # noqa: PTH108 - as plainly as a person does
    with place.ledger() as ledger:
        assert ledger.load() == Checkpoint()


def test_a_checkpoint_that_cannot_be_read_is_no_damaged_one(place: Place) -> None:
    place.state.mkdir()
    with pytest.raises(LedgerError, match=r"state\.json: Is a directory"), place.ledger():
        pass
    place.state.rmdir()
    with place.ledger() as ledger:
        assert ledger.problems == ()
