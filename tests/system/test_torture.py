"""A few kills at moments that differ each time; `make torture` does a thousand."""

from pathlib import Path

import pytest

from app_home import Home
from rivals import Rivals
from torture import Torture

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="it looks for processes in /proc"),
]

KILLS = 12


def test_nothing_is_lost_doubled_or_untracked_however_often_it_is_killed(home: Home) -> None:
    found = Torture(home).run(KILLS)
    assert found.is_clean, str(vars(found))
    assert found.in_a_run > KILLS / 2
    assert found.promises > KILLS


def test_of_two_in_one_home_one_runs_and_nothing_starts_twice(home: Home) -> None:
    found = Rivals(home).run(4)
    assert (found.doubled, found.others) == ([], [])
    assert (found.kills, found.refused) == (4, 4)
    assert found.instants > 0
