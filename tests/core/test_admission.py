"""The verdict on a request is a table."""

import pytest

from builders import a_job
from daybell.core.admission import Load, Request, Skip, Start, Verdict, Wait, admit
from daybell.model.run import Cause

FREE = Load(is_paused=False, open_run=None, running=0, slots=2)
PAUSED = Load(is_paused=True, open_run=None, running=0, slots=2)
BUSY = Load(is_paused=False, open_run="r1", running=1, slots=2)
FULL = Load(is_paused=False, open_run=None, running=2, slots=2)
FULL_AND_PAUSED = Load(is_paused=True, open_run=None, running=2, slots=2)
BUSY_AND_PAUSED = Load(is_paused=True, open_run="r1", running=1, slots=2)
OVERLAP = Skip("overlap: run r1 has not ended")


@pytest.mark.parametrize(
    ("cause", "load", "verdict"),
    [
        ("schedule", FREE, Start()),
        ("schedule", PAUSED, Skip("paused")),
        ("catch_up", PAUSED, Skip("paused")),
        ("manual", PAUSED, Start()),
        ("schedule", BUSY, OVERLAP),
        ("manual", BUSY, OVERLAP),
        ("schedule", FULL, Wait()),
        ("manual", FULL, Wait()),
        ("manual", FULL_AND_PAUSED, Wait()),
        ("schedule", BUSY_AND_PAUSED, Skip("paused")),
        ("manual", BUSY_AND_PAUSED, OVERLAP),
    ],
)
def test_paused_comes_before_overlap_and_overlap_before_limits(
    cause: Cause, load: Load, verdict: Verdict
) -> None:
    assert admit(Request(a_job(), cause), load) == verdict
