"""Whatever a disk loses of checkpoint, backup and journal, the next life does without it, or says so."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from daybell.model.errors import LedgerError
from daybell.model.record import Checkpoint
from store.aftermath import new_home, wrongs
from store.life import event, fold, live, living

pytestmark = pytest.mark.usefixtures("few_kept")

STATE, BACKUP, JOURNAL = "state/state.json", "state/state.json.bak", "state/journal.jsonl"
FILES = STATE, BACKUP, JOURNAL
SAVED, BEFORE, LAST = 10, 4, 13
"""What the life below leaves: its checkpoint, the one before, and its last event."""

Change = Callable[[bytes], bytes]


def cut(at: int) -> Change:
    return lambda content: content[:at]


def flipped(bit: int) -> Change:
    def flip(content: bytes) -> bytes:
        at = bit // 8 % len(content)
        return content[:at] + bytes([content[at] ^ 1 << bit % 8]) + content[at + 1 :]

    return flip


def zeroed(at: int) -> Change:
    return lambda content: content[:at] + bytes(len(content[at : at + 512])) + content[at + 512 :]


class Home:
    """What one life left, again and again, with something wrong."""

    def __init__(self, place: Path) -> None:
        self._first, self.path = new_home(place / "first"), place / "home"
        live(self._first, lambda _word, _number: None)

    def size(self, name: str) -> int:
        return (self._first / name).stat().st_size

    def damaged(self, **changes: Change | None) -> Path:
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(self._first, self.path)
        for name, change in zip(FILES, map(changes.get, ("state", "backup", "journal")), strict=True):
            if change is not None:
                (self.path / name).write_bytes(change((self.path / name).read_bytes()))
        return self.path


@pytest.fixture
def home(place: Path) -> Home:
    return Home(place)


def of_one(size: int) -> list[Change]:
    """Cut at every byte, and one flip in each."""
    return [*map(cut, range(size)), *(flipped(at * 8 + at % 8) for at in range(size))]


def test_no_damage_of_the_checkpoint_costs_an_event(home: Home) -> None:
    for change in of_one(home.size(STATE) - 1)[::3]:  # behind it comes only the line end
        damaged = home.damaged(state=change)
        assert wrongs(damaged, [f"appended {LAST}"], may_complain=True) == []
        (aside,) = damaged.glob("state/state.json.corrupt-*")
        assert aside.read_bytes() == change(
            (damaged / STATE).parents[2].joinpath("first", STATE).read_bytes()
        )


def test_no_damage_of_the_backup_is_even_noticed(home: Home) -> None:
    for change in of_one(home.size(BACKUP))[::7]:
        assert wrongs(home.damaged(backup=change), [f"appended {LAST}", f"saved {SAVED}"]) == []


def test_a_journal_cut_anywhere_gives_all_that_is_whole_and_no_number_again(home: Home) -> None:
    content = (home.damaged() / JOURNAL).read_bytes()
    for at in range(0, len(content), 11):
        whole = BEFORE + content[:at].count(b"\n")
        for state in (None, cut(9)):
            with living(home.damaged(journal=cut(at), state=state)) as life:
                base = SAVED if state is None else BEFORE
                assert [one.number for one in life.replayed] == list(range(base + 1, whole + 1))
                (numbered,) = life.ledger.append([event(99)])
                assert numbered.number == max(base, whole, LAST - 1) + 1, "the history knows of the last end"


def test_a_flipped_bit_in_the_journal_costs_its_batch_at_most(home: Home) -> None:
    for bit in range(0, home.size(JOURNAL) * 8, 61):
        with living(home.damaged(journal=flipped(bit), state=cut(9))) as life:
            assert life.base == fold(BEFORE)
            assert all(one.event == event(one.number) for one in life.replayed)
            lost = LAST - BEFORE - len(life.replayed)
            assert 1 <= lost <= 3 + 4
            assert len(life.ledger.problems) == 2 or life.last < LAST


@settings(max_examples=200, deadline=None, phases=[Phase.generate])
@given(changes=st.tuples(*[st.builds(how, st.integers(0, 5000)) for how in (cut, flipped, zeroed)]))
def look(home: Home, changes: tuple[Change, Change, Change]) -> None:
    damaged = home.damaged(state=changes[0], backup=changes[1], journal=changes[2])
    before = {name: (damaged / name).read_bytes() for name in (STATE, BACKUP)}
    with living(damaged) as life:
        assert all(one.event == event(one.number) for one in life.replayed)
        assert life.base in (Checkpoint(), fold(BEFORE), fold(SAVED))
        if life.base.number:
            life.ledger.append([event(99)])
            return
        with pytest.raises(LedgerError, match=r"restore state\.json from a backup"):
            life.append(1)
        assert not life.save()
    assert {name: (damaged / name).read_bytes() for name in (STATE, BACKUP)} == before


def test_damage_everywhere_ends_in_what_can_be_trusted_or_in_a_refusal(home: Home) -> None:
    look(home)
