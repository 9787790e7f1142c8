"""What does a stretch of time look like in a window of letters? One lane for each job. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from typing import NamedTuple

from daybell.core.tables import GAP, clean, columns_of, cut, paint

WIDEST = 160
"""Columns: a longer line is harder to read, and says no more."""
WIDEST_TITLE = 24
STEPS = (1, 2, 3, 4, 6, 12, 24)
"""Hours between two marks of the scale."""
MARK = 4
"""Columns that a mark of the scale needs."""


class Glyph(NamedTuple):
    """How something is drawn: never by its colour alone."""

    letter: str
    ascii: str
    style: str
    meaning: str


GLYPHS = {
    "failed": Glyph("✗", "X", "red", "failed"),
    "running": Glyph("▸", ">", "green", "running"),
    "ended": Glyph("▒", "%", "yellow", "ended early"),
    "missed": Glyph("○", "o", "yellow", "missed"),
    "succeeded": Glyph("█", "#", "green", "ok"),
    "skipped": Glyph("-", "-", "dim", "skipped"),
    "coming": Glyph("╵", "'", "", "to come"),
    "now": Glyph("│", "|", "bold", "now"),
}
"""Where two share a column, the first of them is seen."""
RANKS = {kind: rank for rank, kind in enumerate(GLYPHS)}


class Span(NamedTuple):
    """Something, from the one instant to the other; both may be the same."""

    kind: str
    since: datetime
    until: datetime


class Lane(NamedTuple):
    """A line of the chart."""

    title: str
    spans: Sequence[Span]


class Frame(NamedTuple):
    """Which stretch of time, and on whose wall; None: as this machine's clock says."""

    since: datetime
    until: datetime
    now: datetime
    zone: tzinfo | None


class Pens(NamedTuple):
    """What may be drawn with."""

    is_ascii: bool = False
    has_colour: bool = False


def chart(lanes: Sequence[Lane], frame: Frame, width: int, pens: Pens) -> list[str]:
    """Lines without trailing blanks, none wider than `width` columns, but for windows of less than forty."""
    room = max(40, min(width, WIDEST))
    titles = [cut(clean(lane.title), min(WIDEST_TITLE, room // 4)) for lane in lanes]
    margin = max(map(columns_of, titles), default=0) + len(GAP)
    columns = room - margin
    scale = " " * margin + "".join(_scale(frame, columns)).rstrip()
    lines = [paint(scale, "dim", has_colour=pens.has_colour)]
    seen: set[str] = set()
    for title, lane in zip(titles, lanes, strict=True):
        kinds = _kinds(lane.spans, frame, columns)
        seen.update(kind for kind in kinds if kind)
        lines.append(title + " " * (margin - columns_of(title)) + _drawn(kinds, pens))
    return [*lines, *_legend(seen, room, pens)]


def _kinds(spans: Iterable[Span], frame: Frame, columns: int) -> list[str]:
    """What is seen in each column; empty where there is nothing."""
    kinds = [""] * columns
    for span in (*spans, Span("now", frame.now, frame.now)):
        if span.until < frame.since or span.since >= frame.until:
            continue
        first = _column(max(span.since, frame.since), frame, columns)
        for column in range(first, _column(span.until, frame, columns) + 1):
            if not kinds[column] or RANKS[span.kind] < RANKS[kinds[column]]:
                kinds[column] = span.kind
    return kinds


def _column(instant: datetime, frame: Frame, columns: int) -> int:
    return min(columns - 1, int((instant - frame.since) / (frame.until - frame.since) * columns))


def _scale(frame: Frame, columns: int) -> list[str]:
    """The hours of the wall; on a day when the clocks change they are not evenly far apart."""
    letters = [" "] * columns
    hours = (frame.until - frame.since) / timedelta(hours=1)
    step = next((step for step in STEPS if columns / hours * step >= MARK), STEPS[-1])
    instant = frame.since
    while instant < frame.until:
        wall = instant.astimezone(frame.zone)
        column = _column(instant, frame, columns)
        room = "".join(letters[max(0, column - 1) : column + 2])
        if wall.hour % step == 0 and wall.minute == 0 and room.isspace():
            letters[column : column + 2] = f"{wall:%H}"
        instant += timedelta(minutes=15)
    return letters[:columns]


def _drawn(kinds: Sequence[str], pens: Pens) -> str:
    last = max((place for place, kind in enumerate(kinds) if kind), default=-1)
    parts = []
    for kind, group in groupby(kinds[: last + 1]):
        number = len(list(group))
        parts.append(_paint(kind, number, pens) if kind else " " * number)
    return "".join(parts)


def _paint(kind: str, number: int, pens: Pens) -> str:
    glyph = GLYPHS[kind]
    letter = glyph.ascii if pens.is_ascii else glyph.letter
    return paint(letter * number, glyph.style, has_colour=pens.has_colour)


def _legend(seen: Iterable[str], width: int, pens: Pens) -> list[str]:
    """Only of what is to be seen, in as many lines as it takes."""
    lines: list[str] = [""]
    used = 0
    for kind in sorted(seen, key=RANKS.__getitem__):
        text = f"{_paint(kind, 1, pens)} {GLYPHS[kind].meaning}"
        columns = len(GLYPHS[kind].meaning) + 2
        if used and used + len(GAP) + columns > width:
            lines.append("")
            used = 0
        lines[-1] += GAP + text if used else text
        used += columns + (len(GAP) if used else 0)
    return ["", *lines] if seen else []
