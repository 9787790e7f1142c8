"""How do rows become lines that fit the window? Pure; nothing that a job printed can steer the terminal."""

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate
from typing import NamedTuple

GAP = "  "
ELLIPSIS = "…"
NARROWEST = 4
"""Columns shrink to this and no further; what is then too long is cut at the window's edge."""
ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands, such as a new window title
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # control sequences, such as colours
    r"|\x1b[ -/]*[0-~]"  # everything else that begins with an escape
)
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
"""Controls, and formats such as those that turn the direction of writing."""
STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}


class Cell(NamedTuple):
    """A text and the style it is shown in, where there are styles."""

    text: str
    style: str = ""


class Row(NamedTuple):
    """Cells, and a line below them that belongs to them."""

    cells: Sequence[Cell]
    note: str = ""


class Column(NamedTuple):
    """A title, and the side on which its cells stand."""

    title: str
    is_number: bool = False
    is_name: bool = False
    """What people type again: shortened only where nothing else can be, or where it takes too much."""


def table(columns: Sequence[Column], rows: Sequence[Row], width: int, *, has_colour: bool) -> list[str]:
    """Lines without trailing blanks, none wider than `width` columns of the terminal."""
    texts = [[clean(cell.text).strip() for cell in row.cells] for row in rows]
    natural = [
        max([columns_of(column.title), *(columns_of(line[place]) for line in texts)])
        for place, column in enumerate(columns)
    ]
    names = frozenset(
        place for place, column in enumerate(columns) if column.is_name and natural[place] * 3 <= width
    )
    widths = fit(natural, width - len(GAP) * (len(columns) - 1), names)
    titles = [Cell(column.title, "bold") for column in columns]
    lines = [_line(titles, columns, widths, width, has_colour=has_colour)]
    for row in rows:
        lines.append(_line(row.cells, columns, widths, width, has_colour=has_colour))
        if row.note:
            lines.append(
                paint(GAP + cut(clean(row.note).strip(), width - len(GAP)), "dim", has_colour=has_colour)
            )
    return lines


def pairs(fields: Sequence[tuple[str, str]], *, has_colour: bool) -> list[str]:
    """Names in one column, what they mean in the next, in full; empty ones are left out."""
    told = [(name, clean(text).strip()) for name, text in fields if text]
    widest = max((len(name) for name, _text in told), default=0)
    return [paint(name.ljust(widest), "dim", has_colour=has_colour) + GAP + text for name, text in told]


def fit(natural: Sequence[int], room: int, names: AbstractSet[int] = frozenset()) -> list[int]:
    """Widths that fit into the room: the widest column gives first, and those of names last."""
    widths = list(natural)
    every = range(len(widths))
    for places in ([place for place in every if place not in names], every):
        while sum(widths) > room and max((widths[place] for place in places), default=0) > NARROWEST:
            widths[max(places, key=widths.__getitem__)] -= 1
    return widths


def clean(text: str) -> str:
    """One line of visible characters."""
    if text.isascii() and text.isprintable():
        return text
    visible = ESCAPES.sub("", text)
    shown = "".join(" " if letter in "\t\n\r\v\f" else letter for letter in visible)
    return "".join(letter for letter in shown if unicodedata.category(letter) not in INVISIBLE)


def columns_of(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return len(text) if text.isascii() else sum(_columns_of_letter(letter) for letter in text)


def cut(text: str, width: int) -> str:
    """The text, or its beginning and an ellipsis where it is wider."""
    if columns_of(text) <= width:
        return text
    used = accumulate(map(_columns_of_letter, text), initial=1)
    next(used)
    kept = "".join(letter for letter, columns in zip(text, used, strict=True) if columns <= width)
    return kept.rstrip() + ELLIPSIS if width > 0 else ""


def wrapped(text: str, width: int) -> list[str]:
    """Lines that are no wider, broken between words; a word alone may be wider."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and columns_of(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def paint(text: str, style: str, *, has_colour: bool) -> str:
    """The text in a style, where the terminal has styles."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if style and has_colour and text else text


def _line(
    cells: Sequence[Cell], columns: Sequence[Column], widths: Sequence[int], width: int, *, has_colour: bool
) -> str:
    parts: list[str] = []
    used = 0
    for cell, column, room in zip(cells, columns, widths, strict=True):
        text = cut(clean(cell.text).strip(), min(room, max(0, width - used)))
        blanks = " " * (room - columns_of(text))
        painted = paint(text, cell.style, has_colour=has_colour)
        parts.append(blanks + painted if column.is_number else painted + blanks)
        used += room + len(GAP)
    return GAP.join(parts).rstrip()


def _columns_of_letter(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
