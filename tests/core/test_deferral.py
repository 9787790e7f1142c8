"""What a run waits for, until when, and what ends its wait, are tables."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import a_job, a_run, at
from daybell.core.deferral import (
    Change,
    GiveUp,
    Hindrance,
    Hold,
    Proceed,
    Surroundings,
    defer,
    given_up,
    hindrance,
    reconsider,
    supersedes,
)
from daybell.model.facts import Facts
from daybell.model.job import CatchUpPolicy, Conditions
from daybell.model.record import Deferral, OpenRun
from daybell.model.run import Cause, Run

NOW = at("2026-03-02 12:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BATTERY = Facts(on_mains=False)
JOB = a_job(conditions=Conditions(power="ac"))
SETTLE = Hindrance("settle", "the machine to settle after its sleep", NOW + MINUTE)
NEEDS = Hindrance("needs", "mount, other to succeed")
POWER = Hindrance("conditions", "mains power")


ALL_OF_IT = Surroundings(NOW, BATTERY, ("mount", "other"), NOW + MINUTE)


@pytest.mark.parametrize(
    ("cause", "around", "expected"),
    [
        ("schedule", Surroundings(NOW), None),
        ("schedule", Surroundings(NOW, BATTERY), POWER),
        ("schedule", replace(ALL_OF_IT, facts=Facts()), NEEDS),
        ("schedule", ALL_OF_IT, NEEDS),
        ("dependency", ALL_OF_IT, NEEDS),
        ("event", ALL_OF_IT, NEEDS),
        ("catch_up", ALL_OF_IT, SETTLE),
        ("catch_up", replace(ALL_OF_IT, unsettled_until=NOW), NEEDS),
        ("catch_up", replace(ALL_OF_IT, unsettled_until=None, lacking=()), POWER),
        ("manual", ALL_OF_IT, None),
    ],
)
def test_K1_first_the_wake_then_needs_then_conditions_and_nothing_for_who_asks_by_hand(
    cause: Cause, around: Surroundings, expected: Hindrance | None
) -> None:
    assert hindrance(JOB, cause, around) == expected


@pytest.mark.parametrize(
    ("hindered", "since", "expected"),
    [
        (SETTLE, None, (NOW, NOW + MINUTE)),
        (POWER, None, (NOW, NOW + 12 * HOUR)),
        (POWER, NOW - HOUR, (NOW - HOUR, NOW + 11 * HOUR)),
        (NEEDS, NOW - HOUR, (NOW - HOUR, NOW + 11 * HOUR)),
    ],
)
def test_K1_a_wait_ends_by_itself_or_with_the_job_s_patience(
    hindered: Hindrance, since: object, expected: tuple[object, object]
) -> None:
    deferral = defer(hindered, JOB, NOW, since)  # type: ignore[arg-type]  # a moment, or None
    assert (deferral.since, deferral.until) == expected
    assert (deferral.kind, deferral.reason) == (hindered.kind, hindered.reason)


def put_off(kind: str, *, since: timedelta = timedelta(0), until: timedelta = 12 * HOUR) -> Deferral:
    """Of the same reason as the hindrance of that kind has."""
    reasons = {"settle": SETTLE.reason, "needs": NEEDS.reason, "conditions": POWER.reason}
    return Deferral(
        kind=kind,  # type: ignore[arg-type]  # one of its values
        since=NOW + since,
        until=NOW + until,
        reason=reasons.get(kind, "attempt 2 of 3"),
    )


WAITS = OpenRun(run=a_run(started=None, finished=None, outcome=None, attempts=0), is_waiting=True)
TRIED = replace(WAITS, run=replace(WAITS.run, attempts=1), failures=1, last_outcome="timed_out")
STOPPED = replace(WAITS, run=replace(WAITS.run, attempts=1))
OVER = {"since": -12 * HOUR, "until": timedelta(0)}


@pytest.mark.parametrize(
    ("deferral", "hindered", "expected"),
    [
        (put_off("backoff", until=MINUTE), None, Hold()),
        (put_off("backoff", until=MINUTE), POWER, Hold()),
        (put_off("backoff", until=timedelta(0)), None, Proceed()),
        (put_off("backoff", until=timedelta(0)), POWER, Change(put_off("conditions"))),
        (put_off("settle", until=MINUTE), None, Hold()),
        (put_off("settle", until=timedelta(0)), None, Proceed()),
        (put_off("settle", until=timedelta(0)), SETTLE, Change(put_off("settle", until=MINUTE))),
        (put_off("settle", until=timedelta(0)), NEEDS, Change(put_off("needs"))),
        (put_off("conditions"), None, Proceed()),
        (put_off("conditions"), POWER, Hold()),
        (
            put_off("conditions", since=-HOUR, until=11 * HOUR),
            NEEDS,
            Change(put_off("needs", since=-HOUR, until=11 * HOUR)),
        ),
        (
            put_off("conditions", since=-HOUR, until=HOUR),
            POWER,
            Change(put_off("conditions", since=-HOUR, until=11 * HOUR)),
        ),
        (put_off("needs", **OVER), None, Proceed()),
        (
            put_off("needs", **OVER),
            NEEDS,
            GiveUp("skipped", "dependency: waited for mount, other to succeed for 12h"),
        ),
        (
            put_off("conditions", **OVER),
            POWER,
            GiveUp("skipped", "conditions: waited for mains power for 12h"),
        ),
        (
            put_off("needs", **OVER),
            POWER,
            GiveUp("skipped", "conditions: waited for mains power for 12h"),
        ),
    ],
)
def test_K1_a_wait_goes_on_changes_or_ends(
    deferral: Deferral, hindered: Hindrance | None, expected: Hold | Change | GiveUp | Proceed
) -> None:
    """A job whose patience was edited waits by the new one."""
    assert reconsider(WAITS, deferral, JOB, NOW, hindered) == expected


def test_K1_at_its_end_it_may_run_all_the_same() -> None:
    job = a_job(conditions=Conditions(power="ac", on_expiry="run"))
    assert reconsider(WAITS, put_off("conditions", **OVER), job, NOW, POWER) == Proceed()


@pytest.mark.parametrize(
    ("open_run", "expected"),
    [
        (WAITS, GiveUp("skipped", "its job was removed")),
        (TRIED, GiveUp("timed_out", "not tried again: its job was removed")),
        (STOPPED, GiveUp("interrupted", "its job was removed")),
    ],
)
def test_R3_what_is_given_up_ends_as_its_last_attempt_did(open_run: OpenRun, expected: GiveUp) -> None:
    assert given_up(open_run, "skipped", "its job was removed") == expected


def asked(cause: Cause, **changes: object) -> Run:
    return a_run(cause=cause, **changes)


LATE, DUE, BY_HAND = asked("catch_up"), asked("schedule"), asked("manual", due=None)
AGAIN = asked("catch_up", due=None, retry_of="r1")
LED = asked("dependency", due=None)


@pytest.mark.parametrize(
    ("newer", "older", "kind", "policy", "expected"),
    [
        (DUE, DUE, "backoff", "latest", True),
        (DUE, DUE, "conditions", "latest", True),
        (DUE, DUE, "needs", "all", True),
        (DUE, BY_HAND, "backoff", "latest", True),
        (LED, LED, "conditions", "latest", True),
        (BY_HAND, DUE, "backoff", "latest", False),
        (BY_HAND, DUE, "conditions", "latest", False),
        (AGAIN, DUE, "backoff", "latest", False),
        (DUE, LATE, "conditions", "latest", True),
        (DUE, LATE, "conditions", "all", False),
        (LATE, DUE, "backoff", "latest", True),
        (LATE, DUE, "backoff", "skip", True),
        (LATE, DUE, "backoff", "all", False),
        (LATE, LATE, "conditions", "latest", True),
        (LATE, LATE, "conditions", "all", False),
        (DUE, LATE, "settle", "latest", False),
        (LATE, LATE, "settle", "latest", True),
        (LATE, LATE, "settle", "all", False),
        (LATE, AGAIN, "settle", "latest", False),
    ],
)
def test_R3_a_newer_instant_takes_the_place_of_what_is_put_off(
    *, newer: Run, older: Run, kind: str, policy: CatchUpPolicy, expected: bool
) -> None:
    assert supersedes(newer, older, put_off(kind), policy) == expected
