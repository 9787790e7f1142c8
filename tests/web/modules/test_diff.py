"""In which lines two texts differ, as the page works it out."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

DIFF = "const { diff, folded, withoutNumbers } = await import('/lib/diff.js');"
TEXTS = st.lists(st.sampled_from("abcde"), max_size=30)


def ask(page: Page, script: str, argument: object = None) -> Any:
    return page.evaluate(f"async (of) => {{ {DIFF} {script} }}", argument)


def rows(page: Page, before: list[str], after: list[str]) -> list[str]:
    told: list[str] = ask(page, "return diff(...of).map(({ mark, text }) => mark + text)", [before, after])
    return told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "", ""),
        ("", "ab", "+a+b"),
        ("ab", "", "-a-b"),
        ("abc", "abc", " a b c"),
        ("abc", "axc", " a-b+x c"),
        ("abcd", "abxcd", " a b+x c d"),
        ("abcde", "ace", " a-b c-d e"),
    ],
)
def test_it_tells_what_went_and_what_came(page: Page, before: str, after: str, told: str) -> None:
    assert "".join(rows(page, [*before], [*after])) == told


@given(before=TEXTS, after=TEXTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_texts_can_be_read_back(page: Page, before: list[str], after: list[str]) -> None:
    told = rows(page, before, after)
    assert [row[1:] for row in told if row[0] != "+"] == before
    assert [row[1:] for row in told if row[0] != "-"] == after


def test_numbers_and_times_may_be_passed_over(page: Page) -> None:
    before = ["12:00:01 copied 3 files", "took 1.25 s", "done"]
    after = ["13:07:59 copied 12 files", "took 40 s", "failed"]
    told = ask(
        page, "return diff(...of, withoutNumbers).map(({ mark, text }) => mark + text)", [before, after]
    )
    assert told == [" 13:07:59 copied 12 files", " took 40 s", "-done", "+failed"]


def test_only_what_is_near_a_difference_is_told_at_once(page: Page) -> None:
    lines = [str(number) for number in range(40)]
    other = [*lines[:20], "new", *lines[20:]]
    parts = ask(
        page, "return folded(diff(...of)).map((part) => [part.isFolded, part.rows.length])", [lines, other]
    )
    assert parts == [[True, 17], [False, 3], [False, 1], [False, 3], [True, 17]]


@pytest.mark.parametrize(
    "line", ["(which, place) => `${which}${place}`", "(which, place) => `x${(place * 7 + which) % 5}`"]
)
def test_texts_that_have_nothing_in_common_cost_little(page: Page, line: str) -> None:
    took, count = ask(
        page,
        f"""const line = {line};
        const lines = (which) => Array.from({{ length: 9_000 }}, (_, place) => line(which, place));
        const [before, after] = [1, 2].map(lines);
        const begun = performance.now();
        const rows = diff(before, after);
        return [performance.now() - begun, rows.length]""",
    )
    assert took < 2000
    assert count <= 10_000
