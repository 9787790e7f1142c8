from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BERLIN, a_job, a_run, at, cron, every, once
from daybell.core.schedule import (
    Calendar,
    count_due,
    definition_digest,
    digest,
    follows,
    has_startup,
    is_completed,
    is_local,
    is_open,
    latest_due,
    next_due,
    runs_by_the_wall,
    upcoming,
)
from daybell.model.job import CommandHandler, Job, JobTrigger, Retry, StartupTrigger, Trigger
from daybell.model.run import Outcome

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
        *(
            a_job(triggers=job.triggers, **bound)
            for bound in ({"start": NOON}, {"end": NOON}, {"max_runs": 5})
        ),
    ]
    assert digest(same) == digest(job)
    assert len({digest(job), *map(digest, others)}) == 1 + len(others)


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


def test_R2_the_definition_s_digest_changes_with_all_that_matters_to_a_run() -> None:
    job = a_job(triggers=(cron("30 2 * * *"),))
    same = a_job(triggers=job.triggers, name="Other", description="words", tags=("a",))
    others = [
        a_job(),
        a_job(triggers=job.triggers, enabled=False),
        a_job(triggers=job.triggers, retry=Retry(max_attempts=2)),
        a_job(triggers=job.triggers, handler=CommandHandler(argv=("false",))),
    ]
    assert definition_digest(same) == definition_digest(job)
    assert len({definition_digest(job), *map(definition_digest, others)}) == 5


HOURLY = (every("1h", SINCE),)
BOUNDED = a_job(triggers=HOURLY, start=NOON, end=NOON + timedelta(hours=2))


@pytest.mark.parametrize(
    ("after", "following", "newest"),
    [
        (SINCE, NOON, None),
        (NOON - SECOND, NOON, None),
        (NOON, NOON + timedelta(hours=1), NOON),
        (NOON + timedelta(hours=1, seconds=1), NOON + timedelta(hours=2), NOON + timedelta(hours=1)),
        (NOON + timedelta(hours=2), None, NOON + timedelta(hours=2)),
        (NOON + timedelta(days=9), None, NOON + timedelta(hours=2)),
    ],
)
def test_nothing_is_due_before_the_start_or_after_the_end(
    after: datetime, following: datetime | None, newest: datetime | None
) -> None:
    assert next_due(BOUNDED, after, CALENDAR) == following
    assert latest_due(BOUNDED, after, CALENDAR) == newest


def test_instants_outside_the_bounds_do_not_count() -> None:
    assert count_due(BOUNDED, SINCE, NOON + timedelta(days=9), CALENDAR) == 3
    assert count_due(BOUNDED, NOON + SECOND, NOON + timedelta(hours=1), CALENDAR) == 1
    by_cron = a_job(triggers=(cron("0 * * * *"),), start=NOON, end=NOON + timedelta(hours=2))
    assert count_due(by_cron, SINCE, NOON + timedelta(days=9), CALENDAR) == 3


def test_an_interval_without_an_anchor_counts_from_the_start() -> None:
    job = a_job(triggers=(every("7h"),), start=NOON + SECOND)
    assert upcoming(job, SINCE, CALENDAR, 2) == [NOON + SECOND, NOON + SECOND + timedelta(hours=7)]
    assert next_due(a_job(triggers=(every("7h", NOON),), start=NOON + SECOND), SINCE, CALENDAR) == (
        NOON + timedelta(hours=7)
    )


def test_bounds_without_an_offset_are_times_on_the_wall() -> None:
    job = a_job(triggers=HOURLY, start=datetime(2026, 6, 1, 14), end=datetime(2026, 6, 1, 15))  # noqa: DTZ001 - as written
    assert upcoming(job, SINCE, CALENDAR, 9) == [NOON, NOON + timedelta(hours=1)]


def test_M12_after_its_number_of_runs_nothing_is_due() -> None:
    job = a_job(triggers=HOURLY, max_runs=2)
    two_left, none_left = Calendar(BERLIN, SINCE, 2), Calendar(BERLIN, SINCE, 0)
    assert len(upcoming(job, NOON, two_left, 9)) == 2
    assert len(upcoming(job, NOON, two_left, 1)) == 1
    assert next_due(job, NOON, none_left) is latest_due(job, NOON, none_left) is None
    assert is_completed(job, NOON, none_left)
    assert not is_completed(job, NOON, two_left)


@pytest.mark.parametrize(
    ("job", "moment", "expected"),
    [
        (a_job(triggers=(StartupTrigger(),)), NOON, True),
        (a_job(triggers=()), NOON, False),
        (a_job(triggers=(StartupTrigger(),), enabled=False), NOON, False),
        (BOUNDED, NOON - SECOND, False),
        (BOUNDED, NOON, True),
        (BOUNDED, NOON + timedelta(hours=2), True),
        (BOUNDED, NOON + timedelta(hours=2, seconds=1), False),
    ],
)
def test_what_is_due_without_an_instant_counts_within_the_bounds(
    *, job: Job, moment: datetime, expected: bool
) -> None:
    assert is_open(job, moment, CALENDAR) == expected
    assert not is_open(job, moment, Calendar(BERLIN, SINCE, 0))


@pytest.mark.parametrize("trigger", [StartupTrigger(), JobTrigger("other")])
def test_M12_what_waits_for_a_start_or_another_job_is_completed_with_its_end(trigger: Trigger) -> None:
    job = a_job(triggers=(trigger,), end=NOON)
    assert not is_completed(job, NOON - SECOND, CALENDAR)
    assert is_completed(job, NOON, CALENDAR)
    assert latest_due(job, NOON, CALENDAR) is None


ENDS: dict[str, set[Outcome]] = {
    "success": {"succeeded"},
    "failure": {"failed", "timed_out"},
    "any": {"succeeded", "failed", "timed_out", "cancelled", "replaced", "interrupted"},
}


@pytest.mark.parametrize("on", ENDS)
@pytest.mark.parametrize(
    "outcome",
    ["succeeded", "failed", "timed_out", "cancelled", "replaced", "interrupted", "skipped", "missed"],
)
def test_it_follows_the_ends_that_it_wishes_for(on: str, outcome: Outcome) -> None:
    job = a_job(triggers=(cron("0 * * * *"), JobTrigger("leader", on)))  # type: ignore[arg-type]  # one of its values
    run = a_run(job_id="leader", outcome=outcome)
    assert follows(job, run) == (outcome in ENDS[on])
    assert not follows(job, a_run(job_id="other", outcome=outcome))
    assert not follows(a_job(triggers=job.triggers, enabled=False), run)


WALL = datetime(2026, 6, 1, 18)  # noqa: DTZ001 - as written


@pytest.mark.parametrize(
    ("job", "local", "by_the_wall"),
    [
        (a_job(), False, False),
        (a_job(triggers=(cron("30 2 * * *"),)), True, True),
        (a_job(triggers=(cron("30 2 * * *", "Europe/Berlin"),)), False, False),
        (a_job(triggers=(cron("*/5 * * * *"),)), True, False),
        (a_job(triggers=(cron("30 * * * *"),)), True, False),
        (a_job(triggers=(once(WALL),)), True, True),
        (a_job(triggers=(once(NOON),)), False, False),
        (a_job(triggers=(every("1h"),)), False, False),
        (a_job(triggers=(every("1d", WALL),)), True, True),
        (a_job(triggers=(every("1d", NOON),)), False, False),
        (a_job(triggers=(StartupTrigger(),)), False, False),
        (a_job(triggers=(JobTrigger("other"), cron("30 2 * * *"))), True, False),
        (a_job(triggers=(cron("30 2 * * *"), every("1h"))), True, False),
        (a_job(triggers=(every("1h"),), start=WALL), True, False),
        (a_job(triggers=(every("1h"),), end=WALL), True, False),
        (a_job(triggers=(every("1h"),), start=NOON, end=NOON), False, False),
    ],
)
def test_D2_what_depends_on_the_default_zone_is_known(*, job: Job, local: bool, by_the_wall: bool) -> None:
    """Whether it does at all, and whether all its instants are fixed times on that wall."""
    assert (is_local(job), runs_by_the_wall(job)) == (local, by_the_wall)
