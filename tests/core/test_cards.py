"""What a person may still do about what happened while they were away."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from cards import DUE, a_card, a_line
from daybell.core.cards import is_dealt_with, to_run, to_skip
from daybell.core.catchup import OTHERS
from daybell.model.absence import CardRun

HOUR = timedelta(hours=1)


def a_backup(run_id: str, **changes: object) -> CardRun:
    """All of the same job."""
    return a_line(run_id, job_id="backup", **changes)


def ids(lines: Iterable[CardRun]) -> list[str]:
    return [one.run_id for one in lines]


@pytest.mark.parametrize(
    ("line", "can"),
    [
        (a_line(fate="late", state="waiting"), (True, True)),
        (a_line(fate="late", state="running"), (False, False)),
        (a_line(fate="late", state="succeeded"), (False, False)),
        (a_line(fate="late", state="cancelled"), (False, False)),
        (a_line(fate="late", state=None), (False, False)),
        (a_line(), (True, False)),
        (a_line(fate="skipped"), (True, False)),
        (a_line(fate="interrupted", due=None), (True, False)),
        (a_line(again="2", state="waiting"), (True, True)),
        (a_line(again="2", state="running"), (False, False)),
        (a_line(again="2", state="interrupted"), (False, False)),
    ],
)
def test_what_waits_and_what_came_to_nothing_can_be_dealt_with(line: CardRun, can: tuple[bool, bool]) -> None:
    (one,) = a_card(line).runs
    assert (one.can_run, one.can_skip) == can


def test_of_a_job_that_has_not_run_since_only_the_newest_instant_can_be_run() -> None:
    gap = a_backup("1", due_to=DUE + 2 * HOUR)
    card = a_card(gap, a_backup("2", due=DUE + HOUR), a_line("3"))
    assert ids(to_run(card)) == ["1", "3"]
    assert ids(to_run(card, "job-3")) == ["3"]


def test_what_was_cut_off_without_an_instant_counts_as_the_newest() -> None:
    cut_off = [a_backup(each, fate="interrupted", due=None) for each in "23"]
    assert ids(to_run(a_card(a_backup("1"), *cut_off))) == ["2"]


@pytest.mark.parametrize("state", ["waiting", "running", "failed"])
def test_a_job_that_runs_late_need_not_run_for_what_it_missed(state: str) -> None:
    card = a_card(a_backup("1"), a_backup("2", fate="late", state=state))
    assert ids(to_run(card)) == (["2"] if state == "waiting" else [])
    assert ids(to_skip(card)) == (["2"] if state == "waiting" else [])


def test_what_a_person_has_chosen_not_to_make_up_for_runs_only_when_it_is_named() -> None:
    card = a_card(a_line(reason=OTHERS["skip"]))
    assert ids(to_run(card)) == []
    assert ids(to_run(card, "job-1")) == ["1"]
    assert is_dealt_with(card)


def test_what_waits_is_skipped_of_one_job_or_of_all() -> None:
    waiting = [a_line(each, fate="late", state="waiting") for each in "12"]
    card = a_card(*waiting, a_line("3"))
    assert ids(to_skip(card)) == ["1", "2"]
    assert ids(to_skip(card, "job-2")) == ["2"]
    assert not is_dealt_with(card)


def test_nothing_is_left_of_a_crash_in_which_nothing_ran() -> None:
    assert is_dealt_with(a_card())
