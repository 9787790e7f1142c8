"""A few kills in the middle of sweeps, at moments that differ each time; `make torture` does two hundred."""

import os
from pathlib import Path

import pytest

from sweeps import torture

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.name == "nt", reason="nobody is killed there as SIGKILL does it"),
]

KILLS = 10


def test_no_row_is_lost_that_should_stay_however_often_a_sweep_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybell.store.history.KEPT", 60)
    found = torture(tmp_path, KILLS)
    assert found.is_clean, str(vars(found))
    assert found.in_a_sweep > KILLS / 2
    # Of the first thousand four hundred stay; how many more there are is a matter of how busy the machine is.
    assert found.gone > 500
