"""The verdict on a request is a table."""

import pytest
from msgspec.structs import replace

from builders import a_job
from daybell.core.admission import Defer, Load, Replace, Request, Skip, Start, Verdict, Wait, admit, has_room
from daybell.core.deferral import Hindrance
from daybell.model.job import Job
from daybell.model.run import Cause

FREE = Load(is_paused=False, running=(), waiting=(), busy=0, slots=2)
PAUSED = replace(FREE, is_paused=True)
BUSY = replace(FREE, running=("r1",), busy=1)
FULL = replace(FREE, busy=2)
QUEUED = replace(BUSY, waiting=("r2",))
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
        ("catch_up", FREE, Wait()),
        ("catch_up", BUSY, Wait()),
        ("dependency", FREE, Start()),
        ("dependency", PAUSED, Skip("paused")),
        ("schedule", FULL, Wait()),
        ("manual", FULL, Wait()),
        ("manual", replace(FULL, is_paused=True), Wait()),
        ("schedule", replace(BUSY, is_paused=True), Skip("paused")),
        ("manual", replace(BUSY, is_paused=True), OVERLAP),
        ("schedule", replace(FULL, waiting=("r1",)), OVERLAP),
    ],
)
def test_paused_comes_before_overlap_and_overlap_before_limits(
    cause: Cause, load: Load, verdict: Verdict
) -> None:
    assert admit(Request(a_job(), cause), load) == verdict


QUEUE = a_job(overlap="queue")
TWO = a_job(overlap="concurrent", max_concurrent=2)
NEWEST = a_job(overlap="replace")


@pytest.mark.parametrize(
    ("job", "cause", "load", "verdict"),
    [
        (QUEUE, "schedule", FREE, Start()),
        (QUEUE, "schedule", BUSY, Wait()),
        (QUEUE, "manual", QUEUED, Skip("queue full: run r2 waits already")),
        (QUEUE, "catch_up", QUEUED, Wait()),
        (TWO, "schedule", BUSY, Start()),
        (TWO, "schedule", replace(BUSY, busy=2), Wait()),
        (TWO, "schedule", QUEUED, Skip("overlap: 2 runs have not ended, the oldest is r1")),
        (
            TWO,
            "schedule",
            replace(FULL, waiting=("r1", "r2")),
            Skip("overlap: 2 runs have not ended, the oldest is r1"),
        ),
        (TWO, "catch_up", QUEUED, Wait()),
        (NEWEST, "schedule", FREE, Start()),
        (NEWEST, "schedule", BUSY, Replace()),
        (NEWEST, "catch_up", QUEUED, Wait()),
        (NEWEST, "schedule", replace(BUSY, is_paused=True), Skip("paused")),
    ],
)
def test_O1_each_kind_of_overlap_has_its_verdict(
    job: Job, cause: Cause, load: Load, verdict: Verdict
) -> None:
    assert admit(Request(job, cause), load) == verdict


@pytest.mark.parametrize(("busy_group", "verdict"), [(1, Start()), (2, Wait())])
def test_O4_a_group_has_slots_of_its_own(busy_group: int, verdict: Verdict) -> None:
    load = replace(FREE, busy_group=busy_group, group_slots=2)
    assert admit(Request(a_job(group="disk"), "schedule"), load) == verdict
    assert admit(Request(a_job(), "schedule"), load) == Start()


POWER = Hindrance("conditions", "mains power")


@pytest.mark.parametrize(
    ("cause", "load", "verdict"),
    [
        ("schedule", FREE, Defer(POWER)),
        ("catch_up", FREE, Defer(POWER)),
        ("schedule", BUSY, Defer(POWER)),
        ("schedule", FULL, Defer(POWER)),
        ("schedule", PAUSED, Skip("paused")),
    ],
)
def test_K1_what_hinders_comes_after_a_pause_and_before_overlap_and_limits(
    cause: Cause, load: Load, verdict: Verdict
) -> None:
    assert admit(Request(a_job(), cause, POWER), load) == verdict


def test_O1_only_what_could_start_otherwise_may_replace() -> None:
    assert admit(Request(NEWEST, "schedule", POWER), BUSY) == Defer(POWER)


@pytest.mark.parametrize(
    ("job", "cause", "load", "expected"),
    [
        (a_job(), "schedule", FREE, True),
        (a_job(), "schedule", BUSY, False),
        (a_job(), "schedule", FULL, False),
        (TWO, "schedule", BUSY, True),
        (TWO, "schedule", replace(BUSY, busy=2), False),
        (a_job(group="disk"), "schedule", replace(FREE, busy_group=1), False),
        (a_job(), "catch_up", FREE, True),
        (a_job(), "catch_up", replace(FREE, has_late_turn=False), False),
        (a_job(), "schedule", replace(FREE, has_late_turn=False), True),
        (a_job(), "manual", replace(FREE, has_late_turn=False), True),
    ],
)
def test_M10_O4_there_is_room_within_all_limits_and_for_late_runs_in_turn(
    *, job: Job, cause: Cause, load: Load, expected: bool
) -> None:
    assert has_room(job, cause, load) == expected
