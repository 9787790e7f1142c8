from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import BERLIN, a_job, a_run, at, cron, every
from daybell.core.schedule import INSTANT, Calendar, next_due
from daybell.core.timeline import (
    MOST_OF_A_JOB,
    Gap,
    PastRun,
    Planned,
    TimeAway,
    absences,
    as_past,
    prospect,
)
from daybell.model.chronicle import Entry
from daybell.model.durations import Duration
from daybell.model.job import Job

NOON = at("2026-03-02 12:00")
HOUR = timedelta(hours=1)


def planned(job: Job, now: datetime = NOON, runs_left: int | None = None) -> Planned:
    calendar = Calendar(BERLIN, NOON, runs_left)
    due = next_due(job, now - INSTANT, calendar)
    assert due is not None
    return Planned(job, calendar, due)


def hourly(name: str = "hourly", **changes: object) -> Job:
    return a_job(id=name, triggers=(cron("0 * * * *"),), **changes)


def test_a_run_that_began_is_a_run() -> None:
    mark = as_past(a_run())
    assert isinstance(mark, PastRun)
    assert (mark.job_id, mark.outcome) == ("backup", "succeeded")


def test_instants_without_a_run_are_a_gap() -> None:
    first, last = at("2026-01-01 00:00"), at("2026-01-02 00:00")
    gap = as_past(a_run(started=None, due=first, due_to=last, outcome="missed", reason="asleep"))
    assert isinstance(gap, Gap)
    assert (gap.since, gap.until, gap.outcome, gap.reason) == (first, last, "missed", "asleep")


def test_one_instant_is_a_gap_from_itself_to_itself() -> None:
    gap = as_past(a_run(started=None, outcome="skipped"))
    assert isinstance(gap, Gap)
    assert gap.since == gap.until == at("2026-01-03 02:30")


def test_what_was_asked_for_and_got_nothing_counts_when_it_was_decided() -> None:
    gap = as_past(a_run(started=None, due=None, outcome="skipped"))
    assert isinstance(gap, Gap)
    assert gap.since == at("2026-01-03 02:30:02")


def test_what_waits_without_an_instant_is_nowhere() -> None:
    assert as_past(a_run(started=None, due=None, finished=None, outcome=None)) is None


def test_the_soonest_of_all_jobs_come_first() -> None:
    half = a_job(id="half", triggers=(cron("30 * * * *"),))
    found = prospect([planned(hourly()), planned(half)], NOON, NOON + 2 * HOUR, "")
    assert [(one.job_id, one.at) for one in found.instants] == [
        ("hourly", NOON),
        ("half", NOON + HOUR / 2),
        ("hourly", NOON + HOUR),
        ("half", NOON + 1.5 * HOUR),
    ]
    assert (found.cut, found.complete_until) == ({}, NOON + 2 * HOUR)


def test_a_stretch_far_ahead_is_looked_at_without_what_comes_before() -> None:
    since = NOON + timedelta(days=200)
    job = a_job(triggers=(every("1s"),))
    found = prospect([planned(job)], since, since + timedelta(seconds=3), "")
    assert [one.at - since for one in found.instants] == [timedelta(seconds=second) for second in range(3)]


def test_a_job_that_is_due_very_often_leaves_room_for_others() -> None:
    often = a_job(id="often", triggers=(every("1s"),))
    found = prospect([planned(often), planned(hourly())], NOON, NOON + 3 * HOUR, "")
    ids = [one.job_id for one in found.instants]
    assert (ids.count("often"), ids.count("hourly")) == (MOST_OF_A_JOB, 3)
    assert found.cut == {"often": max(one.at for one in found.instants if one.job_id == "often")}
    assert found.complete_until == NOON + 3 * HOUR


def test_a_job_with_exactly_as_many_is_not_cut() -> None:
    often = a_job(triggers=(every("1s"),))
    first = planned(often).due
    found = prospect([planned(often)], first, first + timedelta(seconds=MOST_OF_A_JOB), "")
    assert (len(found.instants), found.cut) == (MOST_OF_A_JOB, {})


def test_where_there_are_too_many_the_soonest_are_told_and_until_when() -> None:
    jobs = [planned(hourly(f"job-{number}")) for number in range(10)]
    found = prospect(jobs, NOON, NOON + 5 * HOUR, "", most=15)
    assert len(found.instants) == 15
    assert found.complete_until == NOON + HOUR


@pytest.mark.parametrize(("ahead", "count"), [(0, 3), (2, 1), (3, 0), (500, 0)])
def test_a_job_that_ends_after_some_runs_has_no_more(ahead: int, count: int) -> None:
    since = NOON + ahead * HOUR
    found = prospect([planned(hourly(), runs_left=3)], since, since + timedelta(days=1), "")
    assert len(found.instants) == count


def test_jitter_moves_the_instants() -> None:
    job = hourly(jitter=Duration(minutes=30))
    (one,) = prospect([planned(job)], NOON, NOON + HOUR, "seed").instants
    assert NOON < one.at < NOON + HOUR / 2


def test_what_was_due_before_and_starts_after_is_still_to_come() -> None:
    job = planned(hourly(jitter=Duration(minutes=30)))
    (one,) = prospect([job], NOON, NOON + HOUR, "seed").instants
    since = NOON + (one.at - NOON) / 2
    assert prospect([job], since, NOON + HOUR, "seed").instants == [one]
    assert prospect([job], one.at + INSTANT, NOON + HOUR, "seed").instants == []
    assert prospect([job], NOON, one.at, "seed").instants == []


def test_nothing_is_due_before_the_next_instant() -> None:
    """A pause that ends, or a cursor ahead: what the engine says is next is next."""
    one = replace(planned(hourly()), due=NOON + 3 * HOUR)
    assert [coming.at for coming in prospect([one], NOON, NOON + 4 * HOUR, "").instants] == [NOON + 3 * HOUR]


@given(
    st.lists(st.sampled_from(["* * * * *", "*/7 * * * *", "0 2 * * *", "30 */3 * * 1-5"]), max_size=4),
    st.integers(0, 3000),
    st.integers(1, 600),
    st.integers(1, 40),
)
def test_all_that_is_due_is_told_in_order_until_it_says_so(
    expressions: list[str], begin: int, minutes: int, most: int
) -> None:
    jobs = [planned(a_job(id=f"job-{place}", triggers=(cron(one),))) for place, one in enumerate(expressions)]
    since = NOON + timedelta(minutes=begin)
    until = since + timedelta(minutes=minutes)
    found = prospect(jobs, since, until, "", most=most)
    instants = [one.at for one in found.instants]
    assert instants == sorted(instants)
    assert len(instants) <= most
    told = {(one.job_id, one.at) for one in found.instants}
    assert len(told) == len(instants)
    for one in jobs:
        due = next_due(one.job, since - INSTANT, one.calendar)
        while due is not None and due < found.complete_until:
            if due > found.cut.get(one.job.id, due):
                break
            assert (one.job.id, due) in told
            due = next_due(one.job, due, one.calendar)


def test_times_in_which_nobody_could_start_anything_are_cut_to_the_stretch() -> None:
    entries = [
        Entry(kind="slept", since=NOON - 9 * HOUR, at=NOON - 8 * HOUR),
        Entry(kind="slept", since=NOON - HOUR, at=NOON + HOUR),
        Entry(kind="paused", at=NOON + HOUR),
        Entry(kind="clock_set", seconds=600.0, at=NOON + 2 * HOUR),
        Entry(kind="held_up", since=NOON + 3 * HOUR, at=NOON + 3.5 * HOUR),
        Entry(kind="stopped", at=NOON + 4 * HOUR),
        Entry(kind="started", at=NOON + 5 * HOUR),
        Entry(kind="started", at=NOON + 6 * HOUR),  # how the life before has ended nobody knows
        Entry(kind="machine_off", since=NOON + 7 * HOUR, at=NOON + 9 * HOUR),
        Entry(kind="started", at=NOON + 9 * HOUR),
        Entry(kind="crashed", since=NOON + 9.5 * HOUR, at=NOON + 10 * HOUR),
    ]
    found = absences(entries, NOON, NOON + 8 * HOUR)
    assert found == [
        TimeAway(NOON, NOON + HOUR, "asleep"),
        TimeAway(NOON + 2 * HOUR - HOUR / 6, NOON + 2 * HOUR, "clock_set"),
        TimeAway(NOON + 3 * HOUR, NOON + 3.5 * HOUR, "held_up"),
        TimeAway(NOON + 4 * HOUR, NOON + 5 * HOUR, "stopped"),
        TimeAway(NOON + 7 * HOUR, NOON + 8 * HOUR, "machine_off"),
    ]
    assert absences(entries, NOON + 9 * HOUR, NOON + 20 * HOUR) == [
        TimeAway(NOON + 9.5 * HOUR, NOON + 10 * HOUR, "crashed")
    ]


def test_what_only_touches_the_stretch_is_not_in_it() -> None:
    slept = [Entry(kind="slept", since=NOON - HOUR, at=NOON)]
    assert absences(slept, NOON, NOON + HOUR) == []
    assert absences(slept, NOON - 2 * HOUR, NOON - HOUR) == []
