from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BERLIN, a_job, at, cron, every, once
from daybell.core.schedule import (
    Calendar,
    count_due,
    digest,
    has_startup,
    is_completed,
    latest_due,
    next_due,
    upcoming,
)
from daybell.model.job import StartupTrigger, Trigger

SECOND = timedelta(seconds=1)
SINCE = at("2026-01-01 12:00")
CALENDAR = Calendar(BERLIN, SINCE)
NOON = at("2026-06-01 12:00")


@pytest.mark.parametrize(
    ("triggers", "after", "expected"),
    [
        ((), NOON, None),
        ((StartupTrigger(),), NOON, None),
        ((cron("30 2 * * *"),), NOON, at("2026-06-02 00:30")),
        ((cron("30 2 * * *", "UTC"),), NOON, at("2026-06-02 02:30")),
        ((every("1h"),), SINCE, SINCE + timedelta(hours=1)),
        ((every("7s"),), NOON, SINCE + ((NOON - SINCE) // (7 * SECOND) + 1) * 7 * SECOND),
        ((every("1h", at("2026-06-01 10:15")),), NOON, at("2026-06-01 12:15")),
        ((every("1h", at("2026-06-01 10:00")),), NOON, at("2026-06-01 13:00")),
        ((every("1h", at("2027-01-01 00:00")),), NOON, at("2027-01-01 00:00")),
        ((every("1d", datetime(2026, 3, 1, 9)),), NOON, at("2026-06-02 08:00")),  # noqa: DTZ001 - as written
        ((once(at("2026-06-01 12:01")),), NOON, at("2026-06-01 12:01")),
        ((once(NOON),), NOON, None),
        ((once(datetime(2026, 6, 1, 18)),), NOON, at("2026-06-01 16:00")),  # noqa: DTZ001 - as written
        ((once(datetime(2027, 3, 28, 2, 30)),), NOON, at("2027-03-28 01:00")),  # noqa: DTZ001 - as written
        ((cron("30 2 * * *"), every("1h", NOON), StartupTrigger()), NOON, at("2026-06-01 13:00")),
    ],
)
def test_the_next_instant_is_the_earliest_of_all_triggers(
    triggers: tuple[Trigger, ...], after: datetime, expected: datetime | None
) -> None:
    assert next_due(a_job(triggers=triggers), after, CALENDAR) == expected


@pytest.mark.parametrize(
    ("triggers", "until", "expected"),
    [
        ((), NOON, None),
        ((StartupTrigger(),), NOON, None),
        ((cron("30 2 * * *"),), NOON, at("2026-06-01 00:30")),
        ((every("1h"),), SINCE + timedelta(minutes=59), None),
        ((every("1h"),), SINCE + timedelta(minutes=60), SINCE + timedelta(hours=1)),
        ((every("1h", at("2026-06-01 10:15")),), NOON, at("2026-06-01 11:15")),
        ((every("1h", at("2027-01-01 00:00")),), NOON, None),
        ((once(NOON),), NOON, NOON),
        ((once(NOON + SECOND),), NOON, None),
        ((cron("30 2 * * *"), every("1h", NOON)), NOON, NOON),
    ],
)
def test_the_newest_instant_is_the_latest_of_all_triggers(
    triggers: tuple[Trigger, ...], until: datetime, expected: datetime | None
) -> None:
    assert latest_due(a_job(triggers=triggers), until, CALENDAR) == expected


def test_an_interval_counts_elapsed_time_across_a_change_of_clocks() -> None:
    job = a_job(triggers=(every("1d", at("2026-03-28 09:00 Europe/Berlin")),))
    assert next_due(job, at("2026-03-29 00:00"), CALENDAR) == at("2026-03-29 10:00 Europe/Berlin")


def test_M12_a_disabled_job_is_never_due() -> None:
    job = a_job(enabled=False, triggers=(every("1h"), StartupTrigger()))
    assert next_due(job, NOON, CALENDAR) is None
    assert latest_due(job, NOON, CALENDAR) is None
    assert count_due(job, SINCE, NOON, CALENDAR) == 0
    assert not has_startup(job)
    assert not is_completed(job, NOON, CALENDAR)


def test_two_triggers_that_name_one_instant_are_due_once() -> None:
    job = a_job(triggers=(cron("0 12 * * *", "UTC"), cron("0 */6 * * *", "UTC")))
    expected = [at(f"2026-06-01 {hour}:00") for hour in ("06", "12", "18")]
    assert upcoming(job, at("2026-06-01 00:00"), CALENDAR, 3) == expected
    assert count_due(job, expected[0], expected[-1], CALENDAR) == 3


def test_upcoming_stops_where_the_schedule_does() -> None:
    assert upcoming(a_job(triggers=(once(NOON),)), SINCE, CALENDAR, 5) == [NOON]


@pytest.mark.parametrize(
    ("trigger", "first", "last", "expected"),
    [
        (every("10s", NOON), NOON, NOON, 1),
        (every("10s", NOON), NOON, NOON + 25 * SECOND, 3),
        (every("10s", NOON), NOON + SECOND, NOON + 9 * SECOND, 0),
        (every("10s", NOON), NOON - timedelta(days=1), NOON - SECOND, 0),
        (every("1s", NOON), NOON, NOON + timedelta(days=365), 365 * 86400 + 1),
        (cron("* * * * *"), NOON, NOON + timedelta(minutes=100), 101),
        (cron("* * * * *"), NOON, NOON + timedelta(minutes=101), None),
        (once(NOON), SINCE, NOON, 1),
    ],
)
def test_both_ends_are_counted_and_too_many_are_not(
    trigger: Trigger, first: datetime, last: datetime, expected: int | None
) -> None:
    assert count_due(a_job(triggers=(trigger,)), first, last, CALENDAR, cap=101) == expected


@pytest.mark.parametrize("triggers", [(once(NOON),), (once(NOON), once(SINCE))])
def test_M12_a_job_is_completed_when_nothing_is_due_any_more(triggers: tuple[Trigger, ...]) -> None:
    assert is_completed(a_job(triggers=triggers), NOON, CALENDAR)


@pytest.mark.parametrize(
    "triggers",
    [(), (once(NOON), once(NOON + SECOND)), (once(NOON), StartupTrigger()), (every("1h"),)],
)
def test_a_job_that_may_still_be_due_is_not_completed(triggers: tuple[Trigger, ...]) -> None:
    assert not is_completed(a_job(triggers=triggers), NOON, CALENDAR)


def test_the_digest_changes_with_the_schedule_and_with_nothing_else() -> None:
    job = a_job(triggers=(cron("30 2 * * *"), every("1h", NOON), once(NOON)))
    same = a_job(name="Other", triggers=job.triggers)
    others = [
        a_job(enabled=False, triggers=job.triggers),
        a_job(triggers=job.triggers[:2]),
        a_job(triggers=(cron("30 2 * * *", "UTC"), *job.triggers[1:])),
        a_job(triggers=()),
    ]
    assert digest(same) == digest(job)
    assert len({digest(job), *map(digest, others)}) == 5


def test_the_digest_stays_the_same_over_versions() -> None:
    """Another value here would make every schedule look edited after an update."""
    assert digest(a_job(triggers=(cron("30 2 * * *"), StartupTrigger()))) == "249b91c2073fe7f2"


triggers = st.one_of(
    st.sampled_from(["30 2 * * *", "*/7 * * * *", "0 */5 * * *", "15,45 59 1-3 * * *", "0 0 29 2 *"]).map(
        cron
    ),
    st.builds(every, st.integers(1, 100_000).map("{}s".format), st.none() | st.just(NOON)),
    st.integers(-100_000, 100_000).map(lambda count: once(NOON + count * SECOND)),
    st.just(StartupTrigger()),
)
moments = st.integers(-200_000_000, 200_000_000).map(lambda count: NOON + timedelta(milliseconds=count))
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]).map(ZoneInfo)


@given(st.lists(triggers, max_size=3), moments, zones)
def test_next_and_newest_agree_on_what_is_due(found: list[Trigger], moment: datetime, zone: ZoneInfo) -> None:
    job, calendar = a_job(triggers=tuple(found)), Calendar(zone, SINCE)
    following = next_due(job, moment, calendar)
    assert following is None or (following > moment and latest_due(job, following, calendar) == following)
    newest = latest_due(job, moment, calendar)
    assert newest is None or (newest <= moment and next_due(job, newest, calendar) == following)
    assert newest is None or count_due(job, newest, moment, calendar) == 1


def test_every_instant_is_in_utc() -> None:
    job = a_job(
        triggers=(once(at("2026-06-01 18:00").astimezone(BERLIN)), every("1h", SINCE.astimezone(BERLIN)))
    )
    assert {due.tzinfo for due in upcoming(job, NOON, CALENDAR, 8)} == {UTC}
