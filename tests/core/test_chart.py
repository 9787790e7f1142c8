from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from daybell.core.chart import GLYPHS, Frame, Lane, Pens, Span, chart
from daybell.core.tables import columns_of

DAY = datetime(2026, 11, 20, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


FRAME = Frame(DAY, at(24), at(14.7), UTC)
LANES = [
    Lane("backup-photos", [Span("succeeded", at(2.5), at(4)), Span("coming", at(23), at(23))]),
    Lane(
        "mail", [*(Span("succeeded", at(hour), at(hour)) for hour in range(15)), Span("failed", at(7), at(7))]
    ),
    Lane(
        "rotate",
        [Span("running", at(13), at(14.7)), Span("missed", at(1), at(6)), Span("skipped", at(8), at(8))],
    ),
    Lane(
        "long", [Span("ended", at(-5), at(1)), Span("coming", at(25), at(25)), Span("failed", at(-3), at(-2))]
    ),
]

NARROW = """\
               00   03    06   09    12    15   18    21
backup-photos      ████                   │               ╵
mail           ██ █ █ █ █ █ ✗ ██ █ █ █ █ █│
rotate          ○○○○○○○○○○○   -        ▸▸▸▸
long           ▒▒                         │

✗ failed  ▸ running  ▒ ended early  ○ missed  █ ok
- skipped  ╵ to come  │ now
"""
USUAL = """\
               00   02   04    06   08    10   12   14    16   18    20   22
backup-photos        █████                            │                      ╵
mail           █ █  █  █ █  █  █ ✗  █  █  █ █  █  █ █ │
rotate           ○○○○○○○○○○○○○○○    -             ▸▸▸▸▸
long           ▒▒▒                                    │

✗ failed  ▸ running  ▒ ended early  ○ missed  █ ok  - skipped  ╵ to come  │ now
"""


def drawn(width: int, pens: Pens = Pens(), frame: Frame = FRAME) -> str:  # noqa: B008 - a value
    return "\n".join(chart(LANES, frame, width, pens)) + "\n"


@pytest.mark.parametrize(("width", "text"), [(60, NARROW), (80, USUAL)])
def test_a_day_is_drawn(width: int, text: str) -> None:
    assert drawn(width) == text


def test_ascii_has_a_letter_for_each() -> None:
    text = NARROW
    for glyph in GLYPHS.values():
        text = text.replace(glyph.letter, glyph.ascii) if glyph.letter != "-" else text
    assert drawn(60, Pens(is_ascii=True)) == text
    assert text.isascii()


@pytest.mark.parametrize("width", [1, 40, 60, 80, 140, 1000])
def test_it_fits_the_window(width: int) -> None:
    lines = drawn(width).splitlines()
    assert max(map(columns_of, lines)) <= min(max(width, 40), 160)
    assert [line for line in lines if line != line.rstrip()] == []


def test_colour_changes_nothing_but_colour() -> None:
    painted = drawn(80, Pens(has_colour=True))
    plain = painted
    for code in ("0", "1", "2", "31", "32", "33"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == USUAL
    assert "\x1b[31m✗\x1b[0m" in painted


def test_no_colour_is_needed_to_tell_things_apart() -> None:
    assert len({glyph.letter for glyph in GLYPHS.values()}) == len(GLYPHS)
    assert len({glyph.ascii for glyph in GLYPHS.values()}) == len(GLYPHS)


def test_another_day_has_no_now() -> None:
    frame = FRAME._replace(now=at(40))
    assert "now" not in drawn(80, frame=frame)
    assert chart([], frame, 80, Pens())[1:] == []


def test_the_scale_follows_the_wall_when_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begin = datetime(2026, 10, 25, tzinfo=berlin)
    frame = Frame(
        begin.astimezone(UTC), (begin + timedelta(days=1)).astimezone(UTC), begin.astimezone(UTC), berlin
    )
    lane = Lane("x", [Span("failed", begin, begin)])
    scale = chart([lane], frame, 28 * 6, Pens())[0]
    assert scale.split() == [f"{hour:02}" for hour in (0, 1, 2, 2, *range(3, 24))]


def test_a_title_is_cut_before_the_day_is() -> None:
    lines = chart([Lane("a" * 60, [Span("failed", at(1), at(1))])], FRAME, 60, Pens())
    assert lines[1].startswith("a" * 14 + "…  ")
