"""What became of the instants of a time away, and who should hear of it?"""

from datetime import timedelta

import pytest

from builders import a_run, at
from daybell.core.absences import MOST, absence, is_worth_noting, is_worth_telling
from daybell.model.absence import Absence, AbsentRun
from daybell.model.events import AllPaused, AnyEvent, RunClaimed, RunFinished, RunQueued, RunSkipped
from daybell.model.run import Run

NOON = at("2026-03-02 12:00")
HOUR = timedelta(hours=1)
SINCE = NOON - 3 * HOUR


def a_row(job_id: str = "backup", **changes: object) -> Run:
    return a_run(**{"job_id": job_id, "run_id": job_id, "due": SINCE, "started": None, **changes})


def of(*events: AnyEvent) -> Absence:
    return absence("asleep", SINCE, NOON, events)


def queued(run: Run) -> RunQueued:
    return RunQueued(at=NOON, run=run)


def skipped(run: Run) -> RunSkipped:
    return RunSkipped(at=NOON, run=run)


LATE = a_row("late", cause="catch_up", outcome=None)
MISSED = a_row("missed", outcome="missed", reason="too late")
BLOCKED = a_row("blocked", outcome="skipped", reason="overlap: run 1 has not ended")
CUT_OFF = a_row("cut-off", outcome="interrupted")


def test_what_matters_most_comes_first() -> None:
    events: list[AnyEvent] = [
        skipped(BLOCKED),
        skipped(MISSED),
        queued(LATE),
        RunFinished(at=NOON, run=CUT_OFF),
    ]
    assert [(run.job_id, run.fate) for run in of(*events).runs] == [
        ("cut-off", "interrupted"),
        ("late", "late"),
        ("missed", "missed"),
        ("blocked", "skipped"),
    ]


def test_a_run_that_is_queued_and_claimed_is_one() -> None:
    assert len(of(queued(LATE), RunClaimed(at=NOON, run=LATE)).runs) == 1


def test_a_late_run_stands_for_the_instants_that_it_catches_up() -> None:
    others = a_row(
        "late", run_id="row", due_to=SINCE + HOUR, outcome="missed", reason="caught up by the newest"
    )
    (run,) = of(skipped(others), queued(a_row("late", cause="catch_up", due=NOON))).runs
    assert (run.run_id, run.due, run.due_to) == ("late", SINCE, NOON)


@pytest.mark.parametrize(
    "event",
    [
        queued(a_row(cause="schedule")),
        skipped(a_row(outcome="skipped", reason="paused")),
        RunFinished(at=NOON, run=a_row(outcome="succeeded")),
        AllPaused(at=NOON),
    ],
)
def test_what_is_as_it_should_be_is_no_part_of_it(event: AnyEvent) -> None:
    assert of(event).runs == ()


def test_of_very_many_some_are_only_counted() -> None:
    found = of(*(skipped(a_row(f"job-{number}", outcome="missed")) for number in range(MOST + 3)))
    assert (len(found.runs), found.left_out) == (MOST, 3)


def an_absence(*runs: AbsentRun, kind: str = "asleep") -> Absence:
    return Absence(kind=kind, since=NOON - HOUR, until=NOON, runs=runs)  # type: ignore[arg-type]  # tests pass kinds


AFTER_ALL = AbsentRun("backup", "r", "late")
INTENDED = AbsentRun("backup", "r", "missed", reason="not caught up")


@pytest.mark.parametrize(
    ("found", "least", "is_noted", "is_told"),
    [
        (an_absence(), HOUR, False, False),
        (an_absence(AFTER_ALL), HOUR, True, True),
        (an_absence(AFTER_ALL), 2 * HOUR, True, False),
        (an_absence(AFTER_ALL), None, True, False),
        (an_absence(INTENDED), HOUR, True, False),
        (an_absence(kind="crashed"), None, True, True),
        (an_absence(kind="machine_off"), HOUR, False, False),
    ],
)
def test_who_should_hear_of_it(
    *, found: Absence, least: timedelta | None, is_noted: bool, is_told: bool
) -> None:
    assert (is_worth_noting(found), is_worth_telling(found, least)) == (is_noted, is_told)
