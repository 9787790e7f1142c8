"""What the menu says above the jobs: what happened meanwhile, and what the computer is kept awake for."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from builders import BERLIN, at, no_statistics
from cards import DUE, a_card, a_line
from daybell.core.menu_notes import RUNS_AT_MOST
from daybell.core.menus import tray_view
from daybell.core.views import Action, Entry
from daybell.model.absence import Card, CardRun
from daybell.model.status import JobStatus, SchedulerStatus, Status

NOW = at("2026-03-02 08:00 Europe/Berlin")


def above(card: Card | None = None, *kept_awake: str, refused: str = "") -> tuple[Entry, ...]:
    """What stands between the headline and the first separator."""
    scheduler = SchedulerStatus(
        state="running",
        started=None,
        version="1",
        home="/",
        pid=1,
        stats=no_statistics(),
        keeping_awake=kept_awake,
        not_awake=refused,
    )
    jobs = tuple(JobStatus(id=f"job-{n}", name=f"Job {n}", state="idle", schedule="") for n in range(6))
    menu = tray_view(Status(scheduler=scheduler, jobs=jobs, problems=()), BERLIN, NOW, card=card).menu
    return menu[1 : next(place for place, entry in enumerate(menu) if entry.separator)]


def lines(entries: Iterable[Entry]) -> list[str]:
    return ["----" if one.separator else f"{one.label}{'' if one.enabled else ' (grey)'}" for one in entries]


def test_nothing_is_said_where_nothing_is_to_say() -> None:
    assert above() == ()


def test_what_happened_meanwhile_is_a_submenu() -> None:
    late = a_line("2", fate="late", state="waiting", name="Back up photos")
    (submenu,) = above(a_card(late, a_line(due_to=DUE + timedelta(hours=2), reason="too late")))
    assert (submenu.label, submenu.key) == ("While you were away (2)", "away")
    assert lines(submenu.entries) == [
        "While you were away, the computer slept from Sun 23:04 to 07:42 (8 h 38 min) (grey)",
        "Back up photos — due 02:30, runs late; now waiting",
        "Fetch mail — due 02:30 to 04:30, missed: too late",
        "----",
        "Run all now",
        "Skip all",
        "Dismiss",
    ]
    assert [entry.action for entry in submenu.entries[4:]] == [
        Action("run_away"),
        Action("skip_away"),
        Action("see_away"),
    ]


@pytest.mark.parametrize(
    ("line", "label", "can"),
    [
        (a_line(fate="late", state="waiting"), "due 02:30, runs late; now waiting", (True, True)),
        (a_line(fate="late", state="timed_out"), "due 02:30, runs late; now timed out", (False, False)),
        (a_line(fate="late", state=None), "due 02:30, runs late", (False, False)),
        (a_line(), "due 02:30, missed", (True, False)),
        (a_line(again="3", state="running"), "due 02:30, missed; run again: running", (False, False)),
        (a_line(again="3"), "due 02:30, missed; run again: missed", (False, False)),
    ],
)
def test_each_run_says_how_it_stands_and_what_can_be_done(
    line: CardRun, label: str, can: tuple[bool, bool]
) -> None:
    entry = above(a_card(line))[0].entries[1]
    assert (entry.label, entry.key) == (f"Fetch mail — {label}", "away:1")
    run, skip = entry.entries
    assert (run.action, skip.action) == (Action("run_away", "job-1"), Action("skip_away", "job-1"))
    assert (run.enabled, skip.enabled) == can


def test_what_cannot_be_done_of_all_is_grey() -> None:
    *_, run, skip, dismiss = above(a_card(a_line(fate="late", state="running")))[0].entries
    assert lines((run, skip, dismiss)) == ["Run all now (grey)", "Skip all (grey)", "Dismiss"]


@pytest.mark.parametrize(("number", "left_out", "more"), [(10, 0, None), (11, 0, 1), (12, 5, 7), (3, 2, 2)])
def test_of_many_runs_some_are_shown_and_the_others_counted(
    number: int, left_out: int, more: int | None
) -> None:
    card = a_card(*(a_line(str(each)) for each in range(number)), left_out=left_out)
    (submenu,) = above(card)
    assert submenu.label == f"While you were away ({number + left_out})"
    shown = [entry for entry in submenu.entries if entry.key.startswith("away:")]
    assert len(shown) == min(number, RUNS_AT_MOST)
    said = [entry.label for entry in submenu.entries if entry.key == "left_out"]
    assert said == ([] if more is None else [f"and {more} more: see “daybell away”"])
    keys = [entry.key for entry in submenu.entries if not entry.separator]
    assert len(keys) == len(set(keys))


def test_a_crash_in_which_nothing_ran_has_a_headline_alone() -> None:
    (submenu,) = above(a_card(kind="crashed"))
    assert submenu.label == "While you were away"
    assert lines(submenu.entries)[0].startswith("Daybell ended unexpectedly at about Sun 23:04")


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (["job-1"], "Job 1"),
        (["job-1", "job-2", "job-3"], "Job 1, Job 2, Job 3"),
        (["job-0", "job-1", "job-2", "job-3", "job-5"], "Job 0, Job 1, Job 2, 2 more"),
    ],
)
def test_what_keeps_the_computer_awake_is_named(ids: list[str], words: str) -> None:
    assert lines(above(None, *ids)) == [f"Keeping the computer awake: {words} (grey)"]


def test_a_computer_that_is_not_kept_awake_is_not_said_to_be() -> None:
    (line,) = lines(above(None, "job-1", refused="logind is not there"))
    assert line == "Cannot keep the computer awake (logind is not there): Job 1 (grey)"


def test_a_job_that_is_gone_is_not_named() -> None:
    assert above(None, "gone") == ()
