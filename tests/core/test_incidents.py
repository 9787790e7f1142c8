"""Which ends of runs are worth a notice. A test is named after the statement it shows."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import a_job, a_run, at
from daybell.core.incidents import MOST_TOLD, Judgement, Policy, judge, policy, remind, reminder_due, snooze
from daybell.model.incident import Incident
from daybell.model.job import Notify
from daybell.model.run import Outcome, Run

NOW = at("2026-03-02 12:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = Policy("Back up photos", ("failure", "recovery"), DAY)
DISK_FULL = a_run(outcome="failed", exit_code=3, error="disk full")
NO_NETWORK = a_run(outcome="failed", exit_code=3, error="no network")
WENT_WELL = a_run()


def story(*runs: Run, rules: Policy = POLICY) -> tuple[Incident | None, list[str]]:
    """What is told of runs that end an hour apart: the incident after them, and the titles."""
    incident, titles = None, []
    for hour, run in enumerate(runs):
        judgement = judge(incident, run, NOW + hour * HOUR, rules)
        incident = judgement.incident
        titles.append(judgement.notice.title.removeprefix("Back up photos ") if judgement.notice else "")
    return incident, titles


def failing(*runs: Run) -> Incident:
    incident, _ = story(*(runs or (DISK_FULL,)))
    assert incident is not None
    return incident


@pytest.mark.parametrize(
    ("runs", "titles"),
    [
        ([WENT_WELL], [""]),
        ([DISK_FULL, DISK_FULL, DISK_FULL], ["failed", "", ""]),
        ([DISK_FULL, NO_NETWORK, NO_NETWORK], ["failed", "failed", ""]),
        ([DISK_FULL, NO_NETWORK, DISK_FULL], ["failed", "failed", ""]),
        ([DISK_FULL, replace(DISK_FULL, exit_code=4)], ["failed", "failed"]),
        ([DISK_FULL, replace(DISK_FULL, outcome="timed_out")], ["failed", "timed out"]),
        ([DISK_FULL, DISK_FULL, WENT_WELL, WENT_WELL], ["failed", "", "works again", ""]),
        ([DISK_FULL, WENT_WELL, DISK_FULL], ["failed", "works again", "failed"]),
    ],
)
def test_N1_the_first_failure_of_a_kind_and_one_recovery_are_told(runs: list[Run], titles: list[str]) -> None:
    assert story(*runs)[1] == titles


def test_N1_an_incident_counts_what_it_does_not_tell() -> None:
    incident, _ = story(DISK_FULL, NO_NETWORK, replace(DISK_FULL, run_id="last"))
    assert incident == Incident(
        job_id="backup",
        opened=NOW,
        count=3,
        signature="failed 3: disk full",
        problem="Exit code 3: disk full",
        run_id="last",
        has_log=True,
        told=("failed 3: disk full", "failed 3: no network"),
        last_notice=NOW + HOUR,
    )


def test_N1_a_job_that_fails_in_a_new_way_each_time_does_not_nag_for_ever() -> None:
    runs = [replace(DISK_FULL, error=f"lost {'x' * number}") for number in range(MOST_TOLD + 3)]
    assert story(*runs)[1] == ["failed"] * MOST_TOLD + [""] * 3


@pytest.mark.parametrize("outcome", ["skipped", "missed", "cancelled", "replaced", "interrupted"])
def test_N5_what_was_intended_neither_opens_nor_closes_an_incident(outcome: Outcome) -> None:
    intended = a_run(outcome=outcome)
    assert judge(None, intended, NOW, POLICY) == Judgement(None)
    incident = failing()
    assert judge(incident, intended, NOW + 2 * DAY, POLICY) == Judgement(incident)


@pytest.mark.parametrize(
    ("rules", "titles"),
    [
        (replace(POLICY, on=("failure",)), ["failed", "", ""]),
        (replace(POLICY, on=()), ["", "", ""]),
    ],
)
def test_only_what_the_job_asks_for_is_told(rules: Policy, titles: list[str]) -> None:
    assert story(DISK_FULL, DISK_FULL, WENT_WELL, rules=rules)[1] == titles


def test_N1_there_is_no_recovery_from_a_failure_that_was_not_told() -> None:
    incident, _ = story(DISK_FULL, rules=replace(POLICY, on=()))
    assert judge(incident, WENT_WELL, NOW, POLICY) == Judgement(None)


def test_N1_a_reminder_comes_a_day_after_the_last_notice() -> None:
    incident = failing(DISK_FULL, NO_NETWORK, DISK_FULL)
    due = NOW + HOUR + DAY
    assert reminder_due(incident, POLICY) == due
    assert remind(incident, due - HOUR, POLICY) == Judgement(incident)
    reminded = remind(incident, due, POLICY)
    assert reminded.notice is not None
    assert reminded.notice.kind == "reminder"
    assert reminded.incident == replace(incident, last_notice=due)


def test_N1_a_failure_after_that_time_is_told_as_the_reminder() -> None:
    judgement = judge(failing(), DISK_FULL, NOW + DAY, POLICY)
    assert judgement.notice is not None
    assert judgement.notice.kind == "reminder"


@pytest.mark.parametrize(
    ("incident", "rules"),
    [
        (failing(), replace(POLICY, reminder=None)),
        (failing(), replace(POLICY, on=())),
        (replace(failing(), last_notice=None, told=()), POLICY),
    ],
)
def test_there_may_be_nothing_to_remind_of(incident: Incident, rules: Policy) -> None:
    assert reminder_due(incident, rules) is None
    assert remind(incident, NOW + 9 * DAY, rules) == Judgement(incident)


def test_a_snoozed_incident_is_silent_and_then_comes_back() -> None:
    snoozed = snooze(failing(), NOW + HOUR)
    silent = judge(snoozed, NO_NETWORK, NOW + HOUR / 2, POLICY)
    assert silent.notice is None
    assert silent.incident is not None
    assert reminder_due(silent.incident, replace(POLICY, reminder=None)) == NOW + HOUR
    back = remind(silent.incident, NOW + HOUR, POLICY)
    assert back.notice is not None
    assert back.notice.body == "It failed 2 times in 1 h. Exit code 3: no network"
    assert back.incident is not None
    assert (back.incident.snoozed_until, len(back.incident.told)) == (None, 2)


def test_the_recovery_of_a_snoozed_incident_is_told() -> None:
    judgement = judge(snooze(failing(), NOW + HOUR), WENT_WELL, NOW + HOUR / 2, POLICY)
    assert judgement.notice is not None
    assert judgement.notice.kind == "recovery"


def test_a_new_failure_after_a_snooze_is_told_as_such() -> None:
    judgement = judge(snooze(failing(), NOW + HOUR), NO_NETWORK, NOW + HOUR, POLICY)
    assert judgement.notice is not None
    assert judgement.notice.kind == "failure"
    assert judgement.incident is not None
    assert judgement.incident.snoozed_until is None


def test_a_job_s_policy_is_its_own_wish_and_the_settings_reminder() -> None:
    job = a_job(name="Back up photos", notify=Notify(on=("failure",)))
    assert policy(job, DAY) == replace(POLICY, on=("failure",))
