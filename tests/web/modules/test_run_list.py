"""Which runs a list shows, and in which order, while more of them happen."""

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LIST = """
const { filterOf, questionOf, matches, withRun, renewed } = await import('/lib/run_list.js');
const known = { job_id: "a", cause: "manual", started: "2026-11-21T12:00:00+01:00" };
const run = (id, outcome, more = {}) => ({ ...known, run_id: id, outcome, ...more });
const all = filterOf({});
const told = (runs) => runs && runs.map((one) => one.run_id).join("");
const before = [run("r", null), run("c", "failed"), run("b", "succeeded"), run("a", "succeeded")];
"""


def ask(page: Page, script: str, argument: object = None) -> Any:
    return page.evaluate(f"async (of) => {{ {LIST} {script} }}", argument)


@pytest.mark.parametrize(
    ("script", "order"),
    [
        ("run('n', null)", "nrcba"),
        ("run('n', 'succeeded')", "rncba"),
        ("run('r', 'failed')", "rcba"),
        ("run('b', 'succeeded')", "rcba"),
        ("run('r', null, { started: null })", "rcba"),
    ],
)
def test_what_has_not_ended_stands_first_and_the_rest_where_it_stood(
    page: Page, script: str, order: str
) -> None:
    assert ask(page, f"return told(withRun(before, {script}, all))") == order


def test_a_run_that_ends_comes_before_those_that_ended_earlier(page: Page) -> None:
    both = "[run('s', null), ...before]"
    assert ask(page, f"return told(withRun({both}, run('s', 'succeeded'), all))") == "rscba"


@pytest.mark.parametrize(
    ("lets_in", "keeps_out"),
    [
        ({"job": "a"}, {"job": "b"}),
        ({"outcome": "failed,timed_out"}, {"outcome": "succeeded"}),
        ({"cause": "manual"}, {"cause": "schedule"}),
        ({"since": "24h"}, {"since": "1h"}),
        ({"since": "2026-11-21"}, {"since": "2026-11-22"}),
    ],
)
def test_only_what_matches_is_let_in(page: Page, lets_in: dict[str, str], keeps_out: dict[str, str]) -> None:
    now = "Date.parse('2026-11-21T15:00:00+01:00')"
    script = f"return of.map((query) => matches(run('x', 'failed'), filterOf(query), {now}))"
    assert ask(page, script, [{}, lets_in, keeps_out]) == [True, True, False]


def test_the_history_is_asked_for_no_more_than_was_said(page: Page) -> None:
    assert ask(page, "return questionOf(filterOf(of))", {"tab": "x", "text": "  "}) == {}
    query = {"job": "a", "outcome": "failed,missed", "since": "24h", "text": " full "}
    assert ask(page, "return questionOf(filterOf(of), Date.parse('2026-11-21T12:00:00Z'))", query) == {
        "job": "a",
        "outcome": ["failed", "missed"],
        "since": "2026-11-20T12:00:00.000Z",
        "text": "full",
    }


def test_a_list_taken_up_again_has_no_gap(page: Page) -> None:
    assert ask(page, "return told(renewed(before, [run('d', 'failed'), run('c', 'failed')]))") == "dcba"
    assert ask(page, "return renewed(before, [run('e', 'failed'), run('d', 'failed')])") is None


@pytest.mark.parametrize(
    ("since", "matches"),
    [("2026-11-21", True), ("2026-11-22", False), ("2026-11-21T00:30", True), ("2026-11-21T00:30:01", False)],
)
def test_a_time_without_an_offset_is_one_of_daybells_own_walls(page: Page, since: str, matches: bool) -> None:  # noqa: FBT001  a column of the table
    script = (
        "return matches(run('a', null, { started: '2026-11-21T00:30:00+14:00' }), filterOf({ since: of }))"
    )
    assert ask(page, script, since) is matches
