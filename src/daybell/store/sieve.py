"""Which lines may hold a row that is meant? Told by their bytes, so that few of a million are decoded."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec

from daybell.model.query import RunQuery

Mark = Callable[[bytes], Sequence[int]]
"""Something that stands in the line of every row that is meant: where, in these bytes?"""

STARTED = rb'"started":(?:null|"(?!%b))'
DUE = rb'"started":"|"due":(?:null|"(?!%b))'
"""On none of these days; or never, so that other instants count."""
USUAL = {"succeeded", "schedule"}
"""What most rows have: it is looked for last."""
DAY = timedelta(days=1)
"""Beyond both ends of a time, since what is compared is the day as it is written, with whatever offset."""


def marks_of(query: RunQuery) -> Sequence[Mark]:
    """Each is in the line of every row that matches; the first ones are in few others."""
    sets: list[tuple[str, frozenset[str]]] = [("outcome", query.outcomes), ("cause", query.causes)]
    sets.sort(key=lambda one: not USUAL.isdisjoint(one[1]))
    marks = [_any_of(key, values) for key, values in sets if values]
    earlier, later = [*_earlier(query.since)], [*_later(query.until)]
    marks += [_pattern(STARTED, earlier + later)] if earlier or later else []
    marks += [_pattern(DUE, later)] if later else []
    return marks


def mark_of_run(run_id: str) -> Mark:
    return _any_of("run_id", [run_id])


def sifted(block: bytes, marks: Sequence[Mark]) -> Iterator[bytes]:
    """The lines of a block that have all the marks, the last one first."""
    return _lines_with(marks, block) if marks else _lines_from_end(block)


def _lines_from_end(block: bytes) -> Iterator[bytes]:
    """One by one, since often the last few are enough."""
    end = len(block)
    while end >= 0:
        begin = block.rfind(b"\n", 0, end) + 1
        yield block[begin:end]
        end = begin - 1


def _lines_with(marks: Sequence[Mark], block: bytes) -> Iterator[bytes]:
    first, *others = marks
    for line in _lines_around(first(block), block):
        if all(mark(line) for mark in others):
            yield line


def _lines_around(places: Sequence[int], block: bytes) -> Iterator[bytes]:
    """Each line that has any of these places, once."""
    begin = len(block) + 1
    for place in reversed(places):
        if place < begin:
            begin, end = block.rfind(b"\n", 0, place) + 1, block.find(b"\n", place)
            yield block[begin : end if end >= 0 else None]


def _any_of(key: str, values: Collection[str]) -> Mark:
    """One of these values behind the key. Inside another text each quote has a backslash before it."""
    return partial(_places, [b'"%b":%b' % (key.encode(), msgspec.json.encode(value)) for value in values])


def _places(needles: Sequence[bytes], block: bytes) -> Sequence[int]:
    """Found without a regular expression, which would take four times as long."""
    places = []
    for needle in needles:
        place = block.find(needle)
        while place >= 0:
            places.append(place)
            place = block.find(needle, place + 1)
    return sorted(places)


def _pattern(pattern: bytes, days: Sequence[bytes]) -> Mark:
    compiled = re.compile(pattern % b"|".join(days))
    return lambda block: [match.start() for match in compiled.finditer(block)]


def _earlier(since: datetime | None) -> Iterator[bytes]:
    """The beginnings of all days that lie before it, as a row has them."""
    for digit, before in _digits(since, -DAY):
        if digit > 0:
            yield b"%b[0-%d]" % (before, digit - 1)


def _later(until: datetime | None) -> Iterator[bytes]:
    """The beginnings of all days that lie behind it."""
    for digit, before in _digits(until, DAY):
        if digit < 9:
            yield b"%b[%d-9]" % (before, digit + 1)


def _digits(moment: datetime | None, slack: timedelta) -> Iterator[tuple[int, bytes]]:
    """Each digit of the day, and what stands before it; none where there is no such day."""
    try:
        day = "" if moment is None else (moment.astimezone(UTC) + slack).date().isoformat()
    except OverflowError:
        return
    for place, letter in enumerate(day):
        if letter != "-":
            yield int(letter), day[:place].encode()
