"""What is expected of a value, and what to write instead of this one? In words for people."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from msgspec import inspect

from daybell.core.documents import show
from daybell.model.durations import Duration
from daybell.model.sizes import Size

LONGEST_KEY = 60
"""Characters of an unknown key for which it is worth to look what was meant."""
NAMES: Mapping[type[inspect.Type], str] = {
    inspect.StructType: "an object",
    inspect.UnionType: "an object",
    inspect.DateTimeType: 'a date and time such as "2026-12-24T18:00:00", from 1970 to 2999',
    inspect.TimeType: 'a time of day such as "22:00"',
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.BoolType: "true or false",
}
"""What is expected, in words."""
OWN: Mapping[type, str] = {
    Duration: 'a duration such as "90s", "5m", "2h" or "1d", at most 100 years',
    Size: 'a size such as "512M" or "2G"',
}
"""The same, of kinds of our own."""


def expected(outline: inspect.Type) -> str:
    """What is expected, in words."""
    match outline:
        case inspect.VarTupleType(item_type=inspect.LiteralType() as choice):
            return f"a list of {expected(choice)}"
        case inspect.VarTupleType(item_type=item):
            return f"a list of {expected(item).removeprefix('a ').removeprefix('an ')}s"
        case inspect.CustomType(cls=kind):
            return OWN[kind]
        case inspect.DictType():
            return "an object that maps strings to strings"
        case inspect.LiteralType(values=choices):
            return " or ".join(show(choice) for choice in choices)
    return NAMES.get(type(outline), "a string")


def remedy(value: object, outline: inspect.Type) -> str:
    """What to write instead, where it is plain what was meant."""
    match outline, value:
        case inspect.BoolType(), "true" | "false":
            return ", write it without quotes"
        case inspect.StrType(), int() | float():
            return f', write "{show(value)}"'
        case inspect.CustomType(cls=kind), int() if not isinstance(value, bool):
            return f', write "{value}s" for seconds' if kind is Duration else f', write "{value}" for bytes'
        case inspect.VarTupleType(item_type=inspect.StrType() | inspect.LiteralType()), str():
            return f", write {show(value.split())}"
        case inspect.VarTupleType(), dict():
            return ", put it in brackets: [{…}]"
    return ""


def unknown(key: str, known: Collection[str]) -> str:
    """What to say of a key that is none of these."""
    return f"unknown key{meant(key, known) or ', expected ' + (', '.join(known) or 'none')}"


def meant(word: str, known: Iterable[str]) -> str:
    """The one of these that is most like it, as a question; empty where none is."""
    near = get_close_matches(word[:LONGEST_KEY].lower().replace("-", "_"), known, n=1)
    return f', did you mean "{near[0]}"?' if near else ""
