from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import at
from daybell.core import cron
from daybell.model.errors import InvalidCron

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
SANTIAGO = "America/Santiago"
APIA = "Pacific/Apia"
DUBLIN = "Europe/Dublin"


def dues(expression: str, after: str, until: str, zone: str) -> list[str]:
    """What is due between the two times on the zone's wall, read off that wall, with the offset's hours."""
    parsed, due, found = cron.parse(expression), at(f"{after} {zone}"), []
    end = at(f"{until} {zone}")
    while (due := cron.next_after(parsed, due, ZoneInfo(zone)) or end) < end:
        found.append(due.astimezone(ZoneInfo(zone)).strftime("%d %H:%M:%S %z").replace(":00 ", " "))
    return found


@pytest.mark.parametrize(
    ("expression", "minutes", "seconds"),
    [
        ("30 2 * * *", "30 2 * * *", (0,)),
        ("  30\t2 * *  mon-fri ", "30 2 * * MON-FRI", (0,)),
        ("*/20 0 9 * * 7", "0 9 * * 7", (0, 20, 40)),
        ("@daily", "0 0 * * *", (0,)),
        ("@Midnight", "0 0 * * *", (0,)),
        ("@hourly", "0 * * * *", (0,)),
        ("@weekly", "0 0 * * 0", (0,)),
        ("@monthly", "0 0 1 * *", (0,)),
        ("@yearly", "0 0 1 1 *", (0,)),
        ("@annually", "0 0 1 1 *", (0,)),
        ("0 9 * * fri-sun", "0 9 * * FRI-7", (0,)),
        ("0 9 * * 5-0", "0 9 * * 5-7", (0,)),
        ("0 9 LW * 5#2,1L", "0 9 LW * 5#2,1L", (0,)),
        ("5-5/10 9-9/2,20-20 * * mon-mon/2", "5 9,20-20 * * MON", (0,)),  # a range ends where it says
        ("7-7/20 5/10 0 * * 1-mon/2", "5/10 0 * * 1", (7,)),
    ],
)
def test_C1_it_reads_five_or_six_fields_and_nicknames(
    expression: str, minutes: str, seconds: tuple[int, ...]
) -> None:
    assert cron.parse(expression) == cron.Cron(expression, minutes, seconds)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "five fields .* or six .*, found none"),
        ("30 2 * *", "five fields .* or six .*, found 4"),
        ("0 30 2 * * * 2027", "five fields .* or six .*, found 7"),
        ("* " * 600, "at most 1000 characters, found 1200"),
        ("@reboot", r'write the trigger \{"type": "startup"\} instead'),
        ("@dayly", "did you mean @daily"),
        ("@noon-ish", "expected one of @yearly, .*, found '@noon-ish'$"),
        ("60 2 * * *", r'^minute: found "60", allowed are \*, 0-59, lists'),
        ("0 24 * * *", r'^hour: found "24", allowed are \*, 0-23'),
        ("61 0 0 * * *", r'^second: found "61", allowed are \*, 0-59'),
        ("0 0 32 * *", r'^day of month: found "32", allowed are \*, 1-31'),
        ("0 0 1 13 *", r'^month: found "13", allowed are \*, 1-12 or jan-dec'),
        ("0 0 * * mox", r'^day of week: found "mox", allowed are \*, 0-7 or sun-sat'),
        ("1,,2 * * * *", '^minute: found ""'),
        ("*/0 * * * *", r'^minute: found "\*/0"'),
        ("5-5/0 * * * *", '^minute: found "5-5/0"'),
        ("5-5/2/3 * * * *", '^minute: found "5-5/2/3"'),
        ("0,5-99 * * * *", '^minute: found "5-99"'),
        ("0 0 15W * *", '^day of month: "15W", .*: write 15, or LW for the last weekday'),
        ("0 0 W15 * *", '^day of month: "W15", .*: write 15, or LW for the last weekday'),
        ("0 0 ? * 1", r'^day of month: found "\?", write \* for any'),
        ("0 0 * * L5", '^day of week: found "L5", write 5L'),
        ("0 0 * * friL", '^day of week: found "FRIL", write 5L'),
        ("0 0 * * Lx", '^day of week: found "LX", write 5L'),
        ("0 9 * * fri-mon", 'runs backwards, write "fri-sun,mon"'),
        ("0 9 * * sat-tue", 'runs backwards, write "sat-sun,mon-tue"'),
        ("0 9 * * 5-1", 'runs backwards, write "5-7,1"'),
        ("0 9 1 nov-feb *", 'runs backwards, write "nov-dec,jan-feb"'),
        ("0 22-4 * * *", 'runs backwards, write "22-23,0-4"'),
        ("0 23-0 * * *", 'runs backwards, write "23,0"'),
        ("0 22-4/2 * * *", '^hour: found "22-4/2"'),
    ],
)
def test_C1_it_says_which_field_is_wrong_and_what_to_write(expression: str, message: str) -> None:
    with pytest.raises(InvalidCron, match=message):
        cron.parse(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("30 2 30 2 *", 'never due: no day is "30" in month "2"'),
        ("0 0 */100 * mon#2", r'never due: no day is "\*/100" in month "\*" on weekday "MON#2"'),
    ],
)
def test_C3_what_is_never_due_is_refused(expression: str, message: str) -> None:
    with pytest.raises(InvalidCron, match=message):
        cron.parse(expression)


@pytest.mark.parametrize("advice", ["fri-sun,mon", "sat-sun,mon-tue", "5-7,1", "0,6", "5L", "5#2"])
def test_what_it_advises_to_write_is_accepted(advice: str) -> None:
    assert cron.parse(f"0 0 * * {advice}").minutes == f"0 0 * * {advice.upper().replace('-SUN', '-7')}"


@given(st.text(alphabet="0123456789*/,-#?LWw @monfri", max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parsed = cron.parse(text)
    except InvalidCron:
        return
    assert cron.next_after(parsed, at("2026-01-01 00:00"), ZoneInfo(BERLIN)) is not None
    assert cron.explain(cron.fields(text))


@pytest.mark.parametrize(
    ("expression", "after", "until", "zone", "expected"),
    [
        ("30 2 * * *", "2026-03-28 12:00", "2026-03-31 00:00", BERLIN, ["29 03:00 +0200", "30 02:30 +0200"]),
        ("0 */2 * * *", "2026-03-29 00:00", "2026-03-29 07:00", BERLIN, ["29 04:00 +0200", "29 06:00 +0200"]),
        ("30 1 * * *", "2026-10-31 12:00", "2026-11-02 01:00", NEW_YORK, ["01 01:30 -0400"]),
        ("30 2 * * *", "2026-10-25 00:00", "2026-10-26 00:00", BERLIN, ["25 02:30 +0200"]),
        (
            "0 * * * *",
            "2026-10-25 00:59",
            "2026-10-25 03:30",
            BERLIN,
            ["25 01:00 +0200", "25 02:00 +0200", "25 02:00 +0100", "25 03:00 +0100"],
        ),
        ("0 * * * *", "2026-03-29 00:59", "2026-03-29 03:30", BERLIN, ["29 01:00 +0100", "29 03:00 +0200"]),
        # Half an hour: 02:00 becomes 02:30 in spring, and 02:00 becomes 01:30 in autumn.
        ("15 2 * * *", "2026-10-03 12:00", "2026-10-04 12:00", LORD_HOWE, ["04 02:30 +1100"]),
        ("0 */2 * * *", "2026-10-04 00:30", "2026-10-04 05:00", LORD_HOWE, ["04 04:00 +1100"]),
        ("45 1 * * *", "2026-04-04 12:00", "2026-04-05 12:00", LORD_HOWE, ["05 01:45 +1100"]),
        ("0 */2 * * *", "2026-04-05 00:30", "2026-04-05 03:00", LORD_HOWE, ["05 02:00 +1030"]),
        (
            "45 * * * *",
            "2026-04-05 01:00",
            "2026-04-05 02:30",
            LORD_HOWE,
            ["05 01:45 +1100", "05 01:45 +1030"],
        ),
        # The jump is at midnight.
        ("0 0 * * *", "2026-09-05 12:00", "2026-09-07 12:00", SANTIAGO, ["06 01:00 -0300", "07 00:00 -0300"]),
        ("*/20 0 * * *", "2026-09-05 12:00", "2026-09-07 00:10", SANTIAGO, ["07 00:00 -0300"]),
        # The whole of 30 December 2011 was left out.
        ("0 0 * * *", "2011-12-28 12:00", "2011-12-31 12:00", APIA, ["29 00:00 -1000", "31 00:00 +1400"]),
        # "Winter time" is the one with an offset of its own.
        ("30 1 * * *", "2026-03-28 12:00", "2026-03-29 12:00", DUBLIN, ["29 02:00 +0100"]),
        ("30 1 * * *", "2026-10-24 12:00", "2026-10-25 12:00", DUBLIN, ["25 01:30 +0100"]),
        # Seconds: the minute is found first.
        (
            "15,45 30,31 2 * * *",
            "2026-03-29 00:00",
            "2026-03-29 12:00",
            BERLIN,
            ["29 03:00:15 +0200", "29 03:00:45 +0200"],
        ),
        ("30 30 2 * * *", "2026-10-25 00:00", "2026-10-26 00:00", BERLIN, ["25 02:30:30 +0200"]),
        ("0 */30 2 * * *", "2026-03-29 00:00", "2026-03-30 02:10", BERLIN, ["30 02:00 +0200"]),
        # Several fixed times inside one jump are one.
        ("0,30 2 * * *", "2026-03-29 00:00", "2026-03-29 12:00", BERLIN, ["29 03:00 +0200"]),
        ("0 2,3 * * *", "2026-03-29 00:00", "2026-03-29 12:00", BERLIN, ["29 03:00 +0200"]),
        # Last days.
        ("0 0 LW * *", "2026-02-01 00:00", "2026-04-01 00:00", BERLIN, ["27 00:00 +0100", "31 00:00 +0200"]),
        ("0 0 * * 5L", "2026-02-01 00:00", "2026-03-01 00:00", BERLIN, ["27 00:00 +0100"]),
    ],
)  # fmt: skip
def test_D1_it_is_due_by_debians_rule(
    expression: str, after: str, until: str, zone: str, expected: list[str]
) -> None:
    assert dues(expression, after, until, zone) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("10 * 5", ["06", "10", "13"]),
        ("*/2 * 5", ["13"]),
        ("8 * */7", ["08"]),
        ("10 * */7", []),
        ("10 * *", ["10"]),
        ("* * 5", ["06", "13"]),
    ],
)
def test_C2_both_days_restricted_mean_either_and_a_star_in_front_restricts_nothing(
    days: str, expected: list[str]
) -> None:
    """The first of February 2026 is a Sunday, which is all that */7 means as a weekday."""
    found = dues(f"0 0 {days}", "2026-01-31 12:00", "2026-02-15 00:00", BERLIN)
    assert [due[:2] for due in found] == expected


def test_an_hour_that_the_wall_shows_again_is_over_for_fixed_times() -> None:
    second_time = at(f"2026-10-25 02:10 {BERLIN} +1")
    expected = at(f"2026-10-26 02:30 {BERLIN}")
    assert cron.next_after(cron.parse("30 2 * * *"), second_time, ZoneInfo(BERLIN)) == expected


def test_a_rare_day_is_found_years_ahead() -> None:
    leap_sunday = cron.parse("0 12 29 2 */7")
    assert cron.next_after(leap_sunday, at("2026-01-01 00:00"), ZoneInfo(BERLIN)) == at("2032-02-29 11:00")
    assert cron.latest_until(leap_sunday, at("2026-01-01 00:00"), ZoneInfo(BERLIN)) == at("2004-02-29 11:00")


def test_fractions_of_a_second_neither_hide_nor_repeat_an_instant() -> None:
    each_second, noon = cron.parse("* * * * * *"), at("2026-01-01 12:00")
    assert cron.next_after(each_second, noon - timedelta(microseconds=1), ZoneInfo(BERLIN)) == noon
    assert cron.next_after(each_second, noon + timedelta(microseconds=1), ZoneInfo(BERLIN)) == noon + SECOND
    assert cron.latest_until(each_second, noon + timedelta(microseconds=1), ZoneInfo(BERLIN)) == noon
    assert cron.latest_until(each_second, noon, ZoneInfo(BERLIN)) == noon


@pytest.mark.parametrize(
    ("expression", "until", "zone", "expected"),
    [
        ("*/5 2 29 3 *", f"2026-03-29 12:00 {BERLIN}", BERLIN, f"2025-03-29 02:55 {BERLIN}"),
        ("*/30 2 * * *", f"2026-10-25 02:10 {BERLIN} +1", BERLIN, f"2026-10-25 02:00 {BERLIN} +1"),
        ("30 2 * * *", f"2026-10-25 02:40 {BERLIN} +1", BERLIN, f"2026-10-25 02:30 {BERLIN}"),
        ("30 2 * * *", f"2026-03-29 12:00 {BERLIN}", BERLIN, f"2026-03-29 03:00 {BERLIN}"),
        ("0 0 * * *", f"2011-12-31 12:00 {APIA}", APIA, f"2011-12-31 00:00 {APIA}"),
    ],
)
def test_C5_the_newest_instant_is_right_on_days_on_which_clocks_change(
    expression: str, until: str, zone: str, expected: str
) -> None:
    assert cron.latest_until(cron.parse(expression), at(until), ZoneInfo(zone)) == at(expected)


def test_there_is_nothing_beyond_either_end_of_the_calendar() -> None:
    yearly = cron.parse("@yearly")
    assert cron.next_after(yearly, datetime(9999, 12, 31, 12, tzinfo=UTC), ZoneInfo(BERLIN)) is None
    assert cron.latest_until(yearly, datetime(1, 1, 1, tzinfo=UTC), ZoneInfo(NEW_YORK)) is None


def test_what_is_never_due_has_neither_a_next_nor_a_newest_instant() -> None:
    never = cron.Cron("not parsed", "0 0 */100 * MON#2")
    assert cron.next_after(never, at("2026-01-01 00:00"), ZoneInfo(BERLIN)) is None
    assert cron.latest_until(never, at("2026-01-01 00:00"), ZoneInfo(BERLIN)) is None
