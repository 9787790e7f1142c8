import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daybell.core import cron
from daybell.core.cron_words import in_words
from daybell.model.errors import InvalidCron

terms = st.from_regex(r"(\*|[1-5]|[1-3]-[4-5])(/[1-9])?", fullmatch=True)
expressions = st.lists(st.lists(terms, min_size=1, max_size=2).map(",".join), min_size=5, max_size=6).map(
    " ".join
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 18 * * *", "daily at 18:00"),
        ("@daily", "daily at 00:00"),
        ("0 8,20 * * *", "daily at 08:00 and 20:00"),
        ("0 9 1-31 1-12 0-7", "09:00 every day or every day"),
        ("15 30 2 * * *", "daily at 02:30:15"),
        ("15,45 30 2 * * *", "daily at 02:30:15 and 02:30:45"),
        ("0-5/7 34 2 * * *", "daily at 02:34"),
        ("5 3 * * 0", "03:05 on Sundays"),
        ("* * * * *", "every minute"),
        ("*/5 * * * *", "every 5 min"),
        ("*/5 * * * 1", "every 5 min on Mondays"),
        ("0 */6 * * *", "every 6 h"),
        ("0 */1 * * *", "every hour"),
        ("@hourly", "every hour"),
        ("*/10 * * * * *", "every 10 s"),
        ("* * * * * *", "every second"),
        ("*/13 * * * * *", "every 13th second of every minute"),
        ("15 */5 * * * *", "at second 15 of every fifth minute of every hour"),
        ("30 0 * * * *", "at second 30 of minute 0 of every hour"),
        ("* */5 * * * *", "every second of every fifth minute of every hour"),
        ("5 * * * *", "at minute 5 of every hour"),
        ("*/22 * * * *", "every 22nd minute of every hour"),
        ("*/25 * * * *", "every 25th minute of every hour"),
        ("1-59/2 * * * *", "every second minute from 1 to 59 of every hour"),
        ("0 */5 * * *", "at minute 0 past every fifth hour"),
        ("0 8-18 * * 1-5", "every hour from 8 to 18 on Monday to Friday"),
        ("*/15 9-17 * * *", "every 15th minute from 09:00 to 17:59"),
    ],
)
def test_times_are_told_in_a_few_words(expression: str, expected: str) -> None:
    assert in_words(expression) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("* * mon-fri", "on Monday to Friday"),
        ("* * sat,sun", "on Saturday and Sunday"),
        ("* * */2", "on Sunday, Tuesday, Thursday, and Saturday"),
        ("* * mon/2", "on Monday, Wednesday, Friday, and Sunday"),
        ("* * */1", ""),
        ("* * 5L", "on the last Friday of the month"),
        ("* * 5#2", "on the second Friday of the month"),
        ("1 * *", "on the first day of the month"),
        ("31 * *", "on the 31st day of the month"),
        ("1,22 * *", "on the first and the 22nd day of the month"),
        ("L * *", "on the last day of the month"),
        ("LW * *", "on the last weekday of the month"),
        ("1-7 * *", "on days 1 to 7 of the month"),
        ("*/2 * *", "on every second day of the month"),
        ("24 12 *", "on December 24"),
        ("1 */3 *", "on the first day of January, April, July, and October"),
        ("* jan *", "every day in January"),
        ("* */5 *", "every day in January, June, and November"),
        ("* jun-aug *", "every day from June to August"),
        ("* jun-aug fri", "on Fridays from June to August"),
        ("* jan,jul 5", "on Fridays in January and July"),
    ],
)
def test_days_are_told_in_a_few_words(days: str, expected: str) -> None:
    assert in_words(f"7 0 {days}") == (f"00:07 {expected}" if expected else "daily at 00:07")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("13 * 5", "on the 13th day of the month or on Fridays"),
        ("1-7 * mon", "on days 1 to 7 of the month or on Mondays"),
        ("L * 1,3", "on the last day of the month or on Monday and Wednesday"),
        ("13 6 5", "on the 13th day of the month or on Fridays, in June"),
        ("13 jun-aug 5", "on the 13th day of the month or on Fridays, from June to August"),
        ("1-31 * 5", "every day or on Fridays"),
        ("13 * 0-7", "on the 13th day of the month or every day"),
        ("*/2 * 5", "on every second day of the month if it is Friday"),
        ("*/2 * 1,3", "on every second day of the month if it is Monday or Wednesday"),
        ("*/2 jun 1-5", "on every second day of the month if it is Monday to Friday, in June"),
        ("13 * */7", "on the 13th day of the month if it is Sunday"),
        ("*/1 * 5", "on Fridays"),
        ("13 * */1", "on the 13th day of the month"),
    ],
)
def test_C2_it_says_whether_one_day_field_is_enough_or_both_must_match(days: str, expected: str) -> None:
    assert in_words(f"0 0 {days}") == f"00:00 {expected}"


@given(st.text(alphabet="0123456789*/,-#Lw @monfri", max_size=30) | expressions)
@example("not an expression")
@example("0 0 30 2 *")
def test_what_is_not_valid_stands_for_itself(expression: str) -> None:
    try:
        cron.parse(expression)
    except InvalidCron:
        assert in_words(expression) == expression
    else:
        assert in_words(expression) not in ("", expression)
