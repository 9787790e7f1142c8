from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import BERLIN, a_job, at, cron, every, once
from daybell.core.catchup import (
    LATE,
    PAUSED,
    TOO_LATE,
    Missed,
    Plan,
    gap,
    plan,
)
from daybell.core.schedule import Calendar, count_due, upcoming
from daybell.model.durations import Duration
from daybell.model.job import CatchUp, Job, StartupTrigger, Trigger

SECOND = timedelta(seconds=1)
NOW = at("2026-06-10 12:00")
CAUGHT_UP = "caught up by the newest"
WINDOW = timedelta(days=1)
CALENDAR = Calendar(BERLIN, at("2026-01-01 00:00"))
HOURLY = a_job(triggers=(cron("0 * * * *"),))


def hours_ago(count: float) -> datetime:
    return NOW - timedelta(hours=count)


@pytest.mark.parametrize(
    ("cursor", "now", "expected"),
    [
        (NOW, NOW, Plan(NOW)),
        (NOW, hours_ago(3), Plan(NOW)),
        (hours_ago(0.5), NOW, Plan(NOW, (NOW,))),
        (hours_ago(0.5), NOW + LATE, Plan(NOW, (NOW,))),
        (hours_ago(0.5), NOW + LATE + timedelta(microseconds=1), Plan(NOW, (), (NOW,))),
        (
            hours_ago(1.5),
            NOW + LATE + SECOND,
            Plan(NOW, (), (NOW,), (Missed(hours_ago(1), hours_ago(1), CAUGHT_UP),)),
        ),
        (
            hours_ago(8.5),
            NOW,
            Plan(
                NOW,
                (NOW,),
                (hours_ago(1),),
                (Missed(hours_ago(8), hours_ago(2), CAUGHT_UP),),
            ),
        ),
        (
            hours_ago(1000),
            NOW,
            Plan(
                NOW,
                (NOW,),
                (hours_ago(1),),
                (
                    Missed(hours_ago(999), hours_ago(25), TOO_LATE),
                    Missed(hours_ago(24), hours_ago(2), CAUGHT_UP),
                ),
            ),
        ),
    ],
)
def test_each_instant_since_the_cursor_is_decided(cursor: datetime, now: datetime, expected: Plan) -> None:
    assert plan(HOURLY, cursor, now, CALENDAR) == expected


def test_M2_what_is_older_than_the_window_is_missed_and_nothing_else_happens() -> None:
    over = NOW - WINDOW - SECOND
    expected = Plan(over, missed=(Missed(over, over, TOO_LATE),))
    assert plan(a_job(triggers=(once(over),)), hours_ago(50), NOW, CALENDAR) == expected


def test_M1_all_catches_up_a_hundred_the_newest_of_them_and_drops_the_older_in_one_row() -> None:
    job = a_job(triggers=(cron("*/5 * * * *"),), catch_up=CatchUp("all"))
    decided = plan(job, hours_ago(20), NOW - timedelta(minutes=1), CALENDAR)
    last = NOW - timedelta(minutes=5)
    assert len(decided.catch_up) == 100
    assert decided.catch_up == tuple(last - timedelta(minutes=5) * number for number in reversed(range(100)))
    (dropped,) = decided.missed
    assert (dropped.last, dropped.reason) == (decided.catch_up[0] - timedelta(minutes=5), "too many")


def test_M1_skip_catches_up_nothing() -> None:
    job = a_job(triggers=(cron("0 * * * *"),), catch_up=CatchUp("skip"))
    decided = plan(job, hours_ago(5), NOW, CALENDAR)
    assert (decided.catch_up, decided.on_time) == ((), (NOW,))
    assert decided.missed == (Missed(hours_ago(4), hours_ago(1), "not caught up"),)


def test_M2_the_window_is_the_job_s() -> None:
    job = a_job(triggers=(cron("0 * * * *"),), catch_up=CatchUp("all", Duration(hours=2)))
    decided = plan(job, hours_ago(5), NOW, CALENDAR)
    assert decided.catch_up == (hours_ago(2), hours_ago(1))
    assert decided.missed == (Missed(hours_ago(4), hours_ago(3), TOO_LATE),)


def test_all_instants_of_the_last_seconds_are_on_time() -> None:
    job = a_job(triggers=(every("5s", hours_ago(1)),))
    assert plan(job, NOW - 10 * SECOND, NOW, CALENDAR) == Plan(NOW, (NOW - 5 * SECOND, NOW))


@pytest.mark.parametrize("triggers", [(), (StartupTrigger(),)])
def test_a_job_without_instants_owes_nothing(triggers: tuple[Trigger, ...]) -> None:
    assert plan(a_job(triggers=triggers), hours_ago(9), NOW, CALENDAR) == Plan(hours_ago(9))
    assert gap(a_job(triggers=triggers), hours_ago(9), NOW, CALENDAR, PAUSED) is None


def test_M8_a_pause_is_one_row_from_its_first_to_its_last_instant() -> None:
    assert gap(HOURLY, hours_ago(900.5), NOW, CALENDAR, PAUSED) == Missed(hours_ago(900), NOW, PAUSED)
    assert gap(HOURLY, NOW, NOW + LATE, CALENDAR, PAUSED) is None


jobs = st.sampled_from(
    [
        a_job(triggers=(cron("30 2 * * *"),)),
        a_job(triggers=(cron("*/20 * * * *"), every("17m"))),
        a_job(triggers=(every("97s", NOW - WINDOW),)),
        a_job(triggers=(once(hours_ago(30)), once(hours_ago(2)))),
    ]
)


policies = st.builds(
    lambda policy, seconds: CatchUp(policy, Duration(seconds=seconds)),
    st.sampled_from(["latest", "all", "skip"]),
    st.sampled_from([1, 10, 3600, 86400]),
)


@given(jobs, policies, st.integers(0, 2 * 86400), st.integers(0, 20_000))
def test_L3_every_instant_ends_in_exactly_one_place(job: Job, policy: CatchUp, gap: int, extra: int) -> None:
    job = replace(job, catch_up=policy)
    cursor, now = NOW - gap * SECOND, NOW + timedelta(milliseconds=extra)
    due = upcoming(job, cursor, CALENDAR, count_due(job, cursor + SECOND, now, CALENDAR) or 0)
    decided = plan(job, cursor, now, CALENDAR)
    taken = list(decided.on_time)
    taken += decided.catch_up
    for row in decided.missed:
        assert {row.first, row.last} <= set(due)
        taken += [moment for moment in due if row.first <= moment <= row.last]
    assert sorted(taken) == due
    assert decided.cursor == (due[-1] if due else cursor)
    assert all(now - moment <= LATE for moment in decided.on_time)


def test_the_work_does_not_grow_with_the_gap() -> None:
    """A gap of thirty years in which a job was due every second."""
    job, now = a_job(triggers=(cron("* * * * * *"),)), at("2056-06-10 12:00")
    decided = plan(job, NOW, now, CALENDAR)
    assert decided.missed[0] == Missed(NOW + SECOND, now - WINDOW - SECOND, TOO_LATE)
    assert decided.catch_up == (now - LATE - SECOND,)
    assert len(decided.on_time) == 11
