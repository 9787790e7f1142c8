"""What a person reads."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import a_run, at
from daybell.core.notices import (
    DIGEST_LINES,
    damage,
    digest,
    failure,
    lasted,
    late,
    recovery,
    reminder,
    too_long,
    trouble,
    trouble_over,
)
from daybell.model.incident import Incident, NoticeKind, NoticeText
from daybell.model.run import Run
from daybell.model.status import Problem

NOW = at("2026-03-02 12:00")
TITLE = "Back up photos"
RUN = a_run(outcome="failed", exit_code=3, error="disk full")
INCIDENT = Incident(
    job_id="backup",
    opened=NOW,
    count=12,
    signature="failed 3: disk full",
    problem="Exit code 3: disk full",
    run_id=RUN.run_id,
    has_log=True,
)
LATER = NOW + timedelta(hours=3, minutes=20, seconds=7)
REMEDIES = ("run_again", "open_log", "snooze", "pause_until_tomorrow")


def words(notice: NoticeText) -> tuple[str, str]:
    return notice.title, notice.body


@pytest.mark.parametrize(
    ("run", "title", "body"),
    [
        (RUN, "Back up photos failed", "Exit code 3: disk full"),
        (replace(RUN, error=None), "Back up photos failed", "Exit code 3."),
        (replace(RUN, error="a\nb\n", exit_code=1), "Back up photos failed", "Exit code 1: b"),
        (replace(RUN, exit_code=None, error="no such file"), "Back up photos failed", "no such file"),
        (replace(RUN, exit_code=None, error=None), "Back up photos failed", "It could not be started."),
        (
            replace(RUN, outcome="timed_out", error="timed out after 2h"),
            f"{TITLE} timed out",
            "timed out after 2h",
        ),
        (
            replace(RUN, outcome="timed_out", error=None),
            "Back up photos timed out",
            "It took longer than it may, and was ended.",
        ),
    ],
)
def test_a_failure_says_what_went_wrong(run: Run, title: str, body: str) -> None:
    assert words(failure(run, TITLE)) == (title, body)


def test_a_recovery_tells_how_long_and_how_often() -> None:
    assert words(recovery(INCIDENT, RUN, TITLE, LATER)) == (
        "Back up photos works again",
        "It failed 12 times in 3 h 20 min.",
    )
    once = recovery(replace(INCIDENT, count=1), RUN, TITLE, LATER)
    assert once.body == "It failed once, 3 h 20 min before."


def test_a_reminder_tells_what_is_still_so() -> None:
    assert words(reminder(INCIDENT, TITLE, LATER)) == (
        "Back up photos still fails",
        "It failed 12 times in 3 h 20 min. Exit code 3: disk full",
    )
    once = reminder(replace(INCIDENT, count=1), TITLE, LATER)
    assert once.body == "It failed once, 3 h 20 min ago. Exit code 3: disk full"


def test_alarms_are_true_whenever_they_are_read() -> None:
    assert words(late(RUN, TITLE, timedelta(minutes=10))) == (
        "Back up photos did not start on time",
        "It was due, and 10 min later it still had to wait.",
    )
    assert words(too_long(RUN, TITLE, timedelta(hours=2))) == (
        "Back up photos takes long",
        "It ran for more than 2 h, and was left to go on.",
    )


def test_what_replaces_what_on_the_screen_is_said_by_the_key() -> None:
    told = [failure(RUN, TITLE), reminder(INCIDENT, TITLE, NOW), recovery(INCIDENT, RUN, TITLE, NOW)]
    assert {notice.key for notice in told} == {"backup"}
    alarms = [late(RUN, TITLE, timedelta(1)), too_long(RUN, TITLE, timedelta(1))]
    assert [notice.key for notice in alarms] == ["backup/late", "backup/too-long"]
    assert {(notice.job_id, notice.run_id) for notice in told + alarms} == {("backup", RUN.run_id)}


def test_buttons_are_what_can_be_done() -> None:
    assert failure(RUN, TITLE).buttons == reminder(INCIDENT, TITLE, NOW).buttons == REMEDIES
    assert "open_log" not in failure(replace(RUN, started=None), TITLE).buttons
    assert recovery(INCIDENT, RUN, TITLE, NOW).buttons == ()


def test_a_long_title_stays_a_title() -> None:
    assert len(failure(RUN, "x" * 500).title) < 60
    assert failure(RUN, "  ").title == "backup failed"


def a_notice(number: int, kind: NoticeKind = "failure") -> NoticeText:
    return NoticeText(key=f"{number}", kind=kind, title=f"Job {number} {kind}", body="So.")


def test_a_digest_is_one_notice_with_what_matters_first() -> None:
    notice = digest([a_notice(1, "recovery"), a_notice(2, "late"), a_notice(3)])
    assert (notice.key, notice.kind, notice.job_id) == ("digest", "digest", None)
    assert words(notice) == (
        "3 notices from the quiet hours",
        "Job 3 failure. So.\nJob 2 late. So.\nJob 1 recovery. So.",
    )


def test_a_single_held_notice_is_told_as_it_is() -> None:
    assert digest([a_notice(1)]) == a_notice(1)


def test_a_long_digest_says_how_much_it_leaves_out() -> None:
    lines = digest([a_notice(number) for number in range(20)]).body.splitlines()
    assert (len(lines), lines[-1]) == (DIGEST_LINES, f"and {20 - DIGEST_LINES + 1} more")


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(milliseconds=20), "a moment"),
        (timedelta(seconds=-5), "a moment"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(minutes=5, seconds=7), "5 min"),
        (timedelta(hours=3, seconds=9), "3 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=4, minutes=5), "2 days 4 h"),
    ],
)
def test_a_length_is_written_as_it_is_said(length: timedelta, text: str) -> None:
    assert lasted(length) == text


def test_damage_and_trouble_of_daybell_itself_are_told_in_its_own_name() -> None:
    found = damage(Problem("state.json", "", "it was missing; its backup took its place"))
    assert (found.title, found.body) == (
        "Daybell found damage",
        "state.json: it was missing; its backup took its place.",
    )
    assert trouble("journal.jsonl: No space left on device").body == (
        "journal.jsonl: No space left on device. Jobs start again as soon as it can be."
    )
    assert trouble_over().key == trouble("").key
