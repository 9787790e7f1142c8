"""On which line of a file does the key stand that something is wrong with?"""

import json
from collections.abc import Iterator
from typing import NamedTuple

BLANKS = " \t\r\n"
DECODER = json.JSONDecoder()


class Member(NamedTuple):
    """A value, what leads to it, and where both begin."""

    step: str
    """As in `timeout` or `[0]`."""
    place: int
    value: int


def line_of(text: str, field: str) -> int:
    """The line, from 1 on, of a key such as "triggers[0].expression" in valid JSON.

    Where it does not stand, that of the nearest thing around it.
    """
    place = value = _skip(text, 0)
    rest = field
    while rest:
        found = [one for one in _members(text, value) if _leads(rest, one.step)]
        if not found:
            break
        step, place, value = max(found, key=lambda one: len(one.step))
        rest = rest[len(step) :].removeprefix(".")
    return text.count("\n", 0, place) + 1


def _leads(field: str, step: str) -> bool:
    """A key may hold dots itself, so that only the text tells where it ends."""
    return field.startswith(step) and field[len(step) :][:1] in ("", ".", "[")


def _members(text: str, at: int) -> Iterator[Member]:
    """Of the object or the list that begins there; none of anything else."""
    is_object = text[at] == "{"
    if text[at] not in "{[":
        return
    at, number = _skip(text, at + 1), 0
    while text[at] not in "}]":
        place, step = at, f"[{number}]"
        if is_object:
            step, end = DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, end) + 1)
        yield Member(step, place, at)
        at = _skip(text, DECODER.raw_decode(text, at)[1])
        at, number = _skip(text, at + 1) if text[at] == "," else at, number + 1


def _skip(text: str, at: int) -> int:
    """Where the next thing begins that is not blank."""
    while at < len(text) and text[at] in BLANKS:
        at += 1
    return at
