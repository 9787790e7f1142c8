"""Which lines may hold a row that is meant? Told by their bytes, so that few of a million are decoded."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from daybell.model.query import RunQuery

DAY = timedelta(days=1)
"""Beyond both ends of a time, since what is compared is the day as it is written, with whatever offset."""
USUAL = {"succeeded", "schedule"}
"""What most rows have: it is looked for last."""


class Mark(Protocol):
    """Something that stands in the line of every row that is meant."""

    def places(self, block: bytes) -> Sequence[int]:
        """Where it stands in these lines, ascending."""
        ...

    def is_in(self, line: bytes) -> bool: ...


class AnyOf(NamedTuple):
    """One of these texts."""

    texts: Sequence[bytes]

    def places(self, block: bytes) -> Sequence[int]:
        """Found without a regular expression, which would take four times as long."""
        places = []
        for text in self.texts:
            place = block.find(text)
            while place >= 0:
                places.append(place)
                place = block.find(text, place + 1)
        return sorted(places)

    def is_in(self, line: bytes) -> bool:
        return any(text in line for text in self.texts)


class NoneOf(NamedTuple):
    """A key whose moment is on none of some days, or that has none; or, in a line, that other text."""

    moment: re.Pattern[bytes]
    other: bytes = b"\n"

    def places(self, block: bytes) -> Sequence[int]:
        return [match.start() for match in self.moment.finditer(block)]

    def is_in(self, line: bytes) -> bool:
        return self.other in line or self.moment.search(line) is not None


def marks_of(query: RunQuery) -> Sequence[Mark]:
    """Each is in the line of every row that matches; the first one is in few others."""
    sets: list[tuple[str, frozenset[str]]] = [("outcome", query.outcomes), ("cause", query.causes)]
    sets.sort(key=lambda one: not USUAL.isdisjoint(one[1]))
    marks: list[Mark] = [_value(key, values) for key, values in sets if values]
    earlier, later = [*_earlier(query.since)], [*_later(query.until)]
    if earlier or later:
        marks.append(NoneOf(_moment("started", earlier + later)))
    if later:  # what never started is of the time it was due
        marks.append(NoneOf(_moment("due", later), other=b'"started":"'))
    return marks


def mark_of_run(run_id: str) -> Mark:
    return _value("run_id", [run_id])


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
    begin = len(block) + 1
    for place in reversed(first.places(block)):
        if place >= begin:
            continue  # it stands in that line more than once
        begin, end = block.rfind(b"\n", 0, place) + 1, block.find(b"\n", place)
        line = block[begin : end if end >= 0 else None]
        for mark in others:
            if not mark.is_in(line):
                break
        else:
            yield line


def _value(key: str, values: Collection[str]) -> AnyOf:
    """One of these values behind the key. Inside another text each quote has a backslash before it."""
    return AnyOf([b'"%b":%b' % (key.encode(), msgspec.json.encode(value)) for value in values])


def _moment(key: str, days: Sequence[bytes]) -> re.Pattern[bytes]:
    """The key without its first quote: a line is full of those, so that the search would take longer."""
    return re.compile(b'%b":(?:null|"(?!%b))' % (key.encode(), b"|".join(days)))


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
