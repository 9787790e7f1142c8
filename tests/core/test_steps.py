import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builders import at
from daybell.core import cron
from daybell.core.steps import uneven_steps
from daybell.model.errors import InvalidCron

NOW = at("2026-06-01 00:00")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("*/7 * * * *", '"*/7" begins anew with each hour: :56, then :00, 4 minutes apart'),
        ("1-59/7 * * * *", '"1-59/7" begins anew with each hour: :57, then :01, 4 minutes apart'),
        ("5/25 * * * *", '"5/25" begins anew with each hour: :55, then :05, 10 minutes apart'),
        ("*/90 * * * *", '"*/90" begins anew with each hour: :00, then :00, 60 minutes apart'),
        ("0 */5 * * *", '"*/5" begins anew with each day: 20:00, then 00:00, 4 hours apart'),
        ("30 */5 * * 1-5", '"*/5" begins anew with each day: 20:30, then 00:30, 4 hours apart'),
        ("* */7 * * *", '"*/7" begins anew with each day: 21:00, then 00:00, 3 hours apart'),
        ("*/13 * * * * *", '"*/13" begins anew with each minute: :52, then :00, 8 seconds apart'),
        ("0 0 */2 * *", '"*/2" begins anew with each month: 31 July, then 1 August, 1 day apart'),
        ("0 0 */20 * *", '"*/20" begins anew with each month: 21 June, then 1 July, 10 days apart'),
        ("0 0 1/2 * 5", '"1/2" begins anew with each month: 31 July, then 1 August, 1 day apart'),
        ("0 0 1 */5 *", '"*/5" begins anew with each year: November, then January, 2 months apart'),
        ("0 0 13 */5 5", '"*/5" begins anew with each year: November, then January, 2 months apart'),
        ("0 0 * * */2", '"*/2" begins anew with each week: Saturday, then Sunday, 1 day apart'),
        ("0 0 13 * mon/3", '"mon/3" begins anew with each week: Sunday, then Monday, 1 day apart'),
    ],
)
def test_a_step_that_does_not_divide_its_cycle_comes_sooner_once(expression: str, expected: str) -> None:
    (sentence,) = uneven_steps(expression, NOW)
    assert sentence.partition(";")[0] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "*/5 * * * *",
        "*/1 * * * *",
        "0 */6 * * *",
        "*/7 9 * * *",  # the next one is a day away
        "*/7 9,17 * * *",
        "0 */5 1 * *",
        "8-18/4 * * * *",
        "0 0 */2 * 5",  # Fridays are a week apart
        "0 0 1 */3 *",
        "0 0 29 2 */7",
        "0 0 30/2 2 5",  # there is no such day: it is due on Fridays
        "@daily",
    ],
)
def test_a_steady_pace_is_no_surprise(expression: str) -> None:
    assert list(uneven_steps(expression, NOW)) == []


@pytest.mark.parametrize(
    ("expression", "every"),
    [
        ("*/13 * * * * *", "13s"),
        ("*/7 * * * *", "7m"),
        ("30 */5 * * *", "5h"),
        ("0 0 */2 * *", "2d"),
        ("*/7 9-17 * * *", None),
        ("*/20 */5 * * *", None),
        ("0 0 1 */5 *", None),
        ("0 0 * * */2", None),
    ],
)
def test_an_interval_is_named_where_it_can_stand_for_the_whole(expression: str, every: str | None) -> None:
    (sentence,) = uneven_steps(expression, NOW)
    advice = f'; {{"type": "interval", "every": "{every}"}} is steady'
    assert sentence.endswith(advice) if every else ";" not in sentence


def test_each_field_is_told_of() -> None:
    told = [sentence.split()[0] for sentence in uneven_steps("*/7 */5 */3 * *", NOW)]
    assert told == ['"*/5"', '"*/3"']  # no two of those hours follow each other


def test_there_may_be_nothing_to_compare() -> None:
    assert list(uneven_steps("0 0 1 */5 *", at("9999-11-30 00:00"))) == []
    assert list(uneven_steps("0 0 1 */5 *", at("9999-06-02 00:00"))) == []


terms = st.from_regex(r"(\*|[1-5]|[1-3]-[4-5]|30)(/[1-9])?", fullmatch=True)
fields = st.lists(st.lists(terms, min_size=1, max_size=2).map(",".join), min_size=5, max_size=6)


@given(fields.map(" ".join))
@example("0 0 30/2 2 5")
@example("0 0 5 2 30/2")
def test_any_valid_expression_can_be_asked_about(expression: str) -> None:
    try:
        cron.parse(expression)
    except InvalidCron:
        return
    assert all("apart" in sentence for sentence in uneven_steps(expression, NOW))
