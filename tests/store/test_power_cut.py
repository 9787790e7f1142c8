"""A power cut at any moment: whatever of a life the disk holds then, the next one finds what was promised."""

import shutil
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from store.aftermath import new_home, wrongs
from store.disk import Disk, Moment, Tree
from store.life import LEFT_OUT
from store.tracing import recorded, why_not

pytestmark = [
    pytest.mark.system,
    pytest.mark.no_cover,  # what it goes through a thousand times, others go through once
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.usefixtures("few_kept"),
]

MOST = 1000
"""States of one moment that are all looked at."""


def moments(place: Path, without: str = "") -> list[Moment]:
    home = new_home(place / "first")
    return list(Disk(str(home)).moments(recorded(home, without)))


def wrongs_of(place: Path, tree: Tree, said: tuple[str, ...]) -> list[str]:
    home = new_home(place / "home")
    for name, content in tree.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    found = wrongs(home, said)
    shutil.rmtree(home)
    return found


def distinct(all_moments: list[Moment]) -> list[tuple[Tree, tuple[str, ...]]]:
    """Each state once, with the most that was acknowledged when it may have been there."""
    states: dict[object, tuple[Tree, tuple[str, ...]]] = {}
    for moment in all_moments:
        for tree in moment.states(MOST):
            states[tuple(sorted(tree.items()))] = tree, moment.said
    return list(states.values())


def test_whatever_a_power_cut_leaves_nothing_acknowledged_is_lost(place: Path) -> None:
    states = distinct(moments(place))
    assert len(states) > 1000
    for tree, said in states:
        assert wrongs_of(place, tree, said) == [], (said, tree)


def test_nor_in_any_mixture_of_what_was_written_and_what_was_not(place: Path) -> None:
    """Of the moments at which too much is open for all of its states."""
    open_moments = [moment for moment in moments(place) if moment.how_many > MOST]
    assert open_moments

    @settings(max_examples=150, deadline=None, phases=[Phase.generate])
    @given(st.data())
    def look(choice: st.DataObject) -> None:
        moment = choice.draw(st.sampled_from(open_moments))
        ways = {
            part: choice.draw(st.integers(0, len(moment.options[part]) - 1)) for part in moment.open_parts
        }
        assert wrongs_of(place, moment.state(ways), moment.said) == []

    look()


@pytest.mark.parametrize("step", LEFT_OUT)
def test_each_step_is_needed(place: Path, step: str) -> None:
    """Without it, some state that a power cut may leave is not as it was promised."""
    states = distinct(moments(place, without=step))
    assert any(wrongs_of(place, tree, said) for tree, said in states)
