"""In which words a time away is told."""

from datetime import datetime, timedelta

import pytest

from builders import BERLIN, at
from daybell.core.away import away_notice, became, headline, line
from daybell.model.absence import Absence, AbsenceKind, AbsentRun

UNTIL = at("2026-03-02 07:42 Europe/Berlin")
SINCE = at("2026-03-01 23:04 Europe/Berlin")
DUE = at("2026-03-02 02:30 Europe/Berlin")
MISSED = AbsentRun("mail", "r", "missed", DUE, DUE + timedelta(hours=2), "too late")
LATE = AbsentRun("backup", "r", "late", DUE)


def when(instant: datetime) -> str:
    return f"{instant.astimezone(BERLIN):%H:%M}"


def an_absence(*runs: AbsentRun, kind: AbsenceKind = "asleep", left_out: int = 0) -> Absence:
    return Absence(kind=kind, since=SINCE, until=UNTIL, runs=runs, left_out=left_out)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("asleep", "While you were away, the computer slept from 23:04 to 07:42 (8 h 38 min)"),
        ("held_up", "While you were away, Daybell was held up from 23:04 to 07:42 (8 h 38 min)"),
        ("clock_set", "While you were away, the clock was set forward from 23:04 to 07:42 (8 h 38 min)"),
        ("stopped", "While you were away, Daybell was not running from 23:04 to 07:42 (8 h 38 min)"),
        ("machine_off", "While you were away, the computer was off from 23:04 to 07:42 (8 h 38 min)"),
        ("crashed", "Daybell ended unexpectedly at about 23:04, and runs again since 07:42"),
    ],
)
def test_one_line_tells_what_happened(kind: AbsenceKind, expected: str) -> None:
    assert headline(an_absence(kind=kind), when) == expected


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (LATE, "due 02:30, runs late"),
        (MISSED, "due 02:30 to 04:30, missed: too late"),
        (AbsentRun("mail", "r", "skipped", DUE), "due 02:30, skipped"),
        (AbsentRun("mail", "r", "interrupted"), "was running, and was cut off"),
        (AbsentRun("mail", "r", "late"), "was asked for, runs late"),
    ],
)
def test_one_line_tells_what_became_of_a_run(run: AbsentRun, expected: str) -> None:
    assert became(run, when) == expected


@pytest.mark.parametrize(("title", "shown"), [("Back up photos", "Back up photos"), (" \t", "backup")])
def test_a_run_is_known_by_its_jobs_name(title: str, shown: str) -> None:
    assert line(LATE, title, when) == f"{shown}: due 02:30, runs late"


def test_a_notice_says_it_all() -> None:
    notice = away_notice(an_absence(LATE, MISSED), {"backup": "Back up photos"}, BERLIN)
    assert (notice.key, notice.kind, notice.title) == ("away", "away", "While you were away")
    assert notice.body.splitlines() == [
        "The computer slept from Sun 23:04 to 07:42 (8 h 38 min).",
        "Back up photos: due 02:30, runs late",
        "mail: due 02:30 to 04:30, missed: too late",
    ]
    assert notice.buttons == ("run_away", "skip_away")


@pytest.mark.parametrize(
    ("runs", "buttons"),
    [
        ((MISSED,), ("run_away",)),
        ((AbsentRun("a", "r", "interrupted"),), ("run_away",)),
        ((AbsentRun("a", "r", "skipped", DUE),), ()),
    ],
)
def test_a_button_does_something(runs: tuple[AbsentRun, ...], buttons: tuple[str, ...]) -> None:
    assert away_notice(an_absence(*runs), {}, BERLIN).buttons == buttons


def test_a_notice_about_many_stays_short() -> None:
    runs = [AbsentRun(f"job-{number}", "r", "late", DUE) for number in range(50)]
    body = away_notice(an_absence(*runs, left_out=10), {}, BERLIN).body.splitlines()
    assert len(body) == 6
    assert body[-1] == "and 56 more"


def test_after_a_crash_the_title_says_so_and_the_rest_is_said_once() -> None:
    notice = away_notice(an_absence(kind="crashed"), {}, BERLIN)
    assert notice.title == "Daybell ended unexpectedly"
    assert notice.body == "It did not run from about Sun 23:04 to 07:42."
