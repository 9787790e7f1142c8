"""What becomes of a run that an earlier life left open."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from builders import a_job, a_run, at
from daybell.core.recovery import Adopt, Close, Living, Verdict, Wait, dropped, may_run_again, recover
from daybell.core.schedule import definition_digest
from daybell.model.job import Job
from daybell.model.record import OpenRun
from daybell.model.run import Cause, ProcessIdentity

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


@pytest.mark.parametrize("job", [LEAVE, AGAIN, END, None])
@pytest.mark.parametrize("living", [[CHILD, MAIN], [CHILD]])
def test_what_was_given_secrets_is_ended_whatever_its_job_says_now(
    job: Job | None, living: Sequence[Living]
) -> None:
    """Its pipe is gone, and with it what kept the secrets out of its log."""
    open_run = OpenRun(run=a_run(has_secrets=True, finished=None, outcome=None), is_waiting=False)
    assert recover(open_run, job, living, NOW) == Adopt(living[-1].process, is_ended=True)


def test_what_was_given_secrets_and_is_dead_is_asked_for_again_as_any_other() -> None:
    open_run = OpenRun(run=a_run(has_secrets=True, finished=None, outcome=None), is_waiting=False)
    assert recover(open_run, AGAIN, [], NOW) == Close("interrupted", RAN, runs_again=True)


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


WAITED = a_run(due=NOW, started=None, finished=None, outcome=None, attempts=0)
OFF = a_job(enabled=False)


def test_a_job_whose_file_is_not_valid_just_now_is_expected_back() -> None:
    waiting = OpenRun(run=WAITED, is_waiting=True)
    assert recover(waiting, None, [], NOW, is_known=True) == Wait()
    assert recover(waiting, None, [], NOW) == Close("skipped", "its job was removed")


@pytest.mark.parametrize(
    ("cause", "attempts", "definition", "job", "reason"),
    [
        ("schedule", 0, "", LEAVE, None),
        ("schedule", 0, "another", LEAVE, None),
        ("schedule", 1, "", LEAVE, None),
        ("schedule", 1, definition_digest(LEAVE), LEAVE, None),
        ("schedule", 1, "another", LEAVE, "its job was edited"),
        ("manual", 1, "another", LEAVE, "its job was edited"),
        ("schedule", 0, "", OFF, "its job was disabled"),
        ("dependency", 1, "", OFF, "its job was disabled"),
        ("manual", 0, "another", OFF, None),
        ("manual", 0, "", None, "its job was removed"),
        ("schedule", 1, "", None, "its job was removed"),
    ],
)
def test_R2_what_waits_is_dropped_with_its_job_and_a_retry_with_its_definition(
    cause: Cause, attempts: int, definition: str, job: Job | None, reason: str | None
) -> None:
    """One that was recorded before definitions had digests is kept."""
    run = a_run(cause=cause, attempts=attempts, definition=definition)
    assert dropped(run, job) == reason


@pytest.mark.parametrize(
    ("job", "verdict"),
    [
        (LEAVE, Wait()),
        (a_job(timeout=None, enabled=False), Close("failed", "not tried again: its job was disabled")),
        (END, Close("failed", "not tried again: its job was edited")),
        (None, Close("failed", "not tried again: its job was removed")),
    ],
)
def test_R3_a_pending_retry_that_is_dropped_ends_as_its_attempt_did(
    job: Job | None, verdict: Verdict
) -> None:
    """However old its instant is: an attempt was made in time."""
    run = a_run(due=NOW - timedelta(days=9), attempts=1, definition=definition_digest(LEAVE))
    pending = OpenRun(run=run, is_waiting=True, failures=1, last_outcome="failed")
    assert recover(pending, job, [], NOW) == verdict


@pytest.mark.parametrize(
    ("job", "retry_of", "expected"),
    [
        (AGAIN, None, True),
        (AGAIN, "r1", False),
        (LEAVE, None, False),
        (a_job(on_interrupt="rerun", enabled=False), None, False),
        (None, None, False),
    ],
)
def test_L5_only_a_first_run_of_a_job_that_says_so_runs_again(
    *, job: Job | None, retry_of: str | None, expected: bool
) -> None:
    assert may_run_again(a_run(retry_of=retry_of), job) == expected
