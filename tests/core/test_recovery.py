"""What becomes of a run that an earlier life left open."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from builders import a_job, a_run, at
from daybell.core.recovery import Adopt, Close, Living, Verdict, Wait, recover
from daybell.model.job import Job
from daybell.model.record import OpenRun
from daybell.model.run import ProcessIdentity

NOW = at("2026-03-02 12:00")
MAIN = Living(ProcessIdentity(7, 1.0, "boot"), is_main=True)
CHILD = Living(ProcessIdentity(8, 2.0, "boot"), is_main=False)
LEAVE, END, AGAIN = (a_job(on_interrupt=policy) for policy in ("leave", "end", "rerun"))
RUN = a_run(due=NOW - timedelta(hours=1), started=NOW - timedelta(hours=1), finished=None, outcome=None)
CLAIMED = a_run(due=NOW, started=None, finished=None, outcome=None)
RAN = "Daybell ended while it ran"


@pytest.mark.parametrize(
    ("job", "living", "verdict"),
    [
        (LEAVE, [CHILD, MAIN], Adopt(MAIN.process, is_ended=False)),
        (AGAIN, [MAIN], Adopt(MAIN.process, is_ended=False)),
        (END, [MAIN], Adopt(MAIN.process, is_ended=True)),
        (END, [CHILD], Adopt(CHILD.process, is_ended=True)),
        (None, [MAIN], Adopt(MAIN.process, is_ended=False)),
        (LEAVE, [CHILD], Close("interrupted", f"{RAN}; something that it started still does")),
        (LEAVE, [], Close("interrupted", RAN)),
        (END, [], Close("interrupted", RAN)),
        (AGAIN, [], Close("interrupted", RAN, runs_again=True)),
        (None, [], Close("interrupted", RAN)),
    ],
)
def test_L4_a_run_is_what_still_lives_of_it(
    job: Job | None, living: Sequence[Living], verdict: Verdict
) -> None:
    assert recover(OpenRun(run=RUN, is_waiting=False), job, living, NOW) == verdict


def test_L5_a_run_of_which_nothing_lives_may_never_have_started() -> None:
    closed = recover(OpenRun(run=CLAIMED, is_waiting=False), LEAVE, [], NOW)
    assert closed == Close("interrupted", "Daybell ended while it was starting")


@pytest.mark.parametrize(
    ("due", "job", "verdict"),
    [
        (NOW - timedelta(hours=23), LEAVE, Wait()),
        (None, LEAVE, Wait()),
        (NOW - timedelta(hours=25), LEAVE, Close("missed", "too late")),
        (NOW, None, Close("skipped", "its job was removed")),
    ],
)
def test_what_waited_waits_on_unless_it_is_too_late(due: object, job: Job | None, verdict: Verdict) -> None:
    run = a_run(due=due, started=None, finished=None, outcome=None, attempts=0)
    assert recover(OpenRun(run=run, is_waiting=True), job, [], NOW) == verdict
