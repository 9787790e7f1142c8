from datetime import timedelta

import pytest

from builders import BERLIN, a_job, a_run, at, cron, every
from daybell.core.background import MOST_MISSED, VARIABLES, Background, missed_count, variables
from daybell.core.schedule import Calendar

SINCE = at("2026-01-01 00:00")
CALENDAR = Calendar(BERLIN, SINCE)
NIGHTLY = a_job(triggers=(cron("30 2 * * *"),))


def test_a_run_by_hand_knows_no_instant_and_a_first_run_no_success() -> None:
    known = variables(a_run(due=None, cause="manual"), NIGHTLY, Background())
    assert known == {"DAYBELL_ATTEMPT": "1", "DAYBELL_CAUSE": "manual", "DAYBELL_MISSED_COUNT": "0"}


def test_instants_are_told_in_utc_wherever_they_were_named() -> None:
    due, success = at("2026-07-05 02:30 Europe/Berlin"), at("2026-07-01 02:30:04.5")
    run = a_run(due=due.astimezone(BERLIN), cause="catch_up", attempts=2)
    missed = (at("2026-07-02 02:30 Europe/Berlin"), at("2026-07-04 02:30 Europe/Berlin"))
    known = variables(run, NIGHTLY, Background(success, missed, CALENDAR))
    assert known == {
        "DAYBELL_ATTEMPT": "2",
        "DAYBELL_CAUSE": "catch_up",
        "DAYBELL_LAST_SUCCESS": "2026-07-01T02:30:04.500000Z",
        "DAYBELL_MISSED_COUNT": "3",
        "DAYBELL_SCHEDULED_AT": "2026-07-05T00:30:00Z",
    }
    assert known.keys() == VARIABLES


@pytest.mark.parametrize("trigger", [every("1s"), cron("* * * * * *")])
@pytest.mark.parametrize("seconds", [5, MOST_MISSED - 1, MOST_MISSED, MOST_MISSED + 1, 10**7])
def test_counting_what_was_missed_ends_somewhere(trigger: object, seconds: int) -> None:
    job, first = a_job(triggers=(trigger,)), SINCE + timedelta(seconds=1)
    missed = (first, first + timedelta(seconds=seconds - 1))
    assert missed_count(job, Background(missed=missed, calendar=CALENDAR)) == min(seconds, MOST_MISSED)


def test_without_a_calendar_nothing_can_be_counted() -> None:
    assert missed_count(NIGHTLY, Background(missed=(SINCE, SINCE))) == 0
