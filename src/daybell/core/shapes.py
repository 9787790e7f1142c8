"""Has a JSON object the shape of a value of the model? If not: what is wrong, everywhere in it?"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct, inspect

from daybell.core.documents import show
from daybell.model.durations import Duration
from daybell.model.errors import InvalidDefinition
from daybell.model.status import Problem

S = TypeVar("S", bound=Struct)
MOST = 50
"""Problems told of one file; nobody reads more at once."""
YEARS = range(1970, 3000)
LONGEST = Duration(days=36500)
"""Beyond these bounds, arithmetic may run over the end of the calendar."""
TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LONGEST_KEY = 60
"""Characters of an unknown key for which it is worth to look what was meant."""

Remark = tuple[str, str]
"""The path below a value, such as "[0]", and what is wrong there."""
# The walk makes sure of a value's type before it hands the value to a check.
Check = Callable[[Any], Iterable[Remark]]

NAMES: Mapping[type[inspect.Type], str] = {
    inspect.StructType: "an object",
    inspect.UnionType: "an object",
    inspect.CustomType: 'a duration such as "90s", "5m", "2h" or "1d", at most 100 years',
    inspect.DateTimeType: f'a date and time such as "2026-12-24T18:00:00", from {YEARS[0]} to {YEARS[-1]}',
    inspect.TimeType: 'a time of day such as "22:00"',
    inspect.IntType: "a whole number",
    inspect.BoolType: "true or false",
}
"""What is expected, in words."""


class Rules(Struct, frozen=True):
    """What a shape alone cannot say."""

    checks: Mapping[tuple[type, str], Check]
    """Of the value of a key of a struct, or with "" of the struct as a whole."""
    examples: Mapping[str, str]
    """What to write for a key that is missing."""


def read(file: str, document: Mapping[str, object], kind: type[S], rules: Rules, **given: object) -> S:
    """The document as a value; InvalidDefinition carries every problem. `given` is known from elsewhere."""
    walk = _Walk(file, rules)
    value = walk.members(document, _outline(kind), "", given)
    if isinstance(value, kind):
        return value
    raise InvalidDefinition(walk.problems)


def plain(value: Struct) -> dict[str, object]:
    """The value as JSON holds it, without what stands at its default."""
    config = value.__struct_config__
    members: dict[str, object] = {config.tag_field: config.tag} if config.tag_field else {}
    for field in msgspec.structs.fields(value):
        item = getattr(value, field.name)
        if field.required or item != _default(field):
            members[field.encode_name] = _plain(item)
    return members


def _plain(value: object) -> object:
    if isinstance(value, Struct):
        return plain(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return msgspec.to_builtins(value, enc_hook=str)


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is msgspec.NODEFAULT:
        return field.default
    return field.default_factory()


@lru_cache
def _outline(kind: type[Struct]) -> inspect.StructType:
    return cast("inspect.StructType", inspect.type_info(kind))


INVALID = object()
"""Stands for a value whose problems are noted."""


class _Walk:
    """Goes through one document and notes every problem on its way."""

    def __init__(self, file: str, rules: Rules) -> None:
        self._file = file
        self._rules = rules
        self.problems: list[Problem] = []

    def members(
        self,
        value: Mapping[str, object],
        outline: inspect.StructType,
        where: str,
        given: Mapping[str, object] | None = None,
    ) -> object:
        """The struct with these members, if nothing in it is wrong."""
        known = dict(given or {})
        written = {field.encode_name: field for field in outline.fields if field.name not in known}
        before = len(self.problems)
        for name, item in known.items():
            self._judged(item, "", (outline.cls, name))
        for name, field in written.items():
            path = f"{where}.{name}" if where else name
            if name in value:
                known[field.name] = self._checked(value[name], field.type, path, (outline.cls, field.name))
            elif field.required:
                self._note(path, f"missing, write for example {self._rules.examples[name]}")
        for key in value:
            if key not in written and key != outline.tag_field:
                message = (
                    "the file's name says it, remove this key"
                    if given and key in given
                    else _unknown(key, written)
                )
                self._note(f"{where}.{key}" if where else key, message)
        if len(self.problems) > before:
            return INVALID
        return self._judged(outline.cls(**known), where, (outline.cls, ""))

    def _checked(self, value: object, outline: inspect.Type, where: str, key: tuple[type, str]) -> object:
        read = self._read(value, outline, where)
        return read if read is None or read is INVALID else self._judged(read, where, key)

    def _judged(self, value: object, where: str, key: tuple[type, str]) -> object:
        remarks = list(self._rules.checks[key](value)) if key in self._rules.checks else []
        for below, message in remarks:
            self._note(where + below, message)
        return INVALID if remarks else value

    def _read(self, value: object, outline: inspect.Type, where: str) -> object:
        match outline:
            case inspect.UnionType(types=types):
                return self._one_of(value, types, where)
            case inspect.StructType() if isinstance(value, dict):
                return self._tagged(value, (outline,), where)
            case inspect.VarTupleType(item_type=item) if isinstance(value, list):
                items = [self._read(each, item, f"{where}[{n}]") for n, each in enumerate(value)]
                return INVALID if INVALID in items else tuple(items)
            case inspect.DictType(value_type=item) if isinstance(value, dict):
                entries = {key: self._read(each, item, f"{where}.{key}") for key, each in value.items()}
                return {key: entry for key, entry in entries.items() if entry is not INVALID}
        found = _scalar(value, outline)
        if found is INVALID:
            self._note(where, f"expected {_name(outline)}, found {show(value)}{_remedy(value, outline)}")
        return found

    def _one_of(self, value: object, types: tuple[inspect.Type, ...], where: str) -> object:
        structs = tuple(outline for outline in types if isinstance(outline, inspect.StructType))
        if structs and isinstance(value, dict):
            return self._tagged(value, structs, where)
        others = [outline for outline in types if not isinstance(outline, inspect.NoneType)]
        if value is None and len(others) < len(types):
            return None
        return self._read(value, others[0], where)

    def _tagged(
        self, value: dict[str, object], structs: tuple[inspect.StructType, ...], where: str
    ) -> object:
        """The struct that the value's tag names; one without a tag stands alone."""
        field = structs[0].tag_field
        if field is None:
            return self.members(value, structs[0], where)
        kinds = {str(outline.tag): outline for outline in structs}
        choices = " or ".join(map(show, kinds))
        if field not in value:
            self._note(f"{where}.{field}", f"missing, expected {choices}")
            return INVALID
        tag = value[field]
        if not isinstance(tag, str) or tag not in kinds:
            meant = _meant(tag, kinds) if isinstance(tag, str) else ""
            self._note(f"{where}.{field}", f"expected {choices}, found {show(tag)}{meant}")
            return INVALID
        return self.members(value, kinds[tag], where)

    def _note(self, where: str, message: str) -> None:
        self.problems.append(Problem(self._file, where, message))
        if len(self.problems) == MOST:
            raise InvalidDefinition(self.problems)


def _scalar(value: object, outline: inspect.Type) -> object:
    match outline, value:
        case (inspect.StrType(), str()) | (inspect.BoolType(), bool()):
            return value
        case inspect.IntType(), int() if not isinstance(value, bool):
            return value
        case inspect.LiteralType(values=choices), str() | int() if not isinstance(value, bool):
            return value if value in choices else INVALID
        case inspect.CustomType(), str():
            return _duration(value)
        case inspect.DateTimeType(), str():
            return _datetime(value)
        case inspect.TimeType(), str():
            return time.fromisoformat(value) if TIME_OF_DAY.fullmatch(value) else INVALID
    return INVALID


def _duration(text: str) -> object:
    try:
        length = Duration.parse(text)
    except (ValueError, OverflowError):
        return INVALID
    return length if length <= LONGEST else INVALID


def _datetime(text: str) -> object:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return INVALID
    return moment if ":" in text and moment.year in YEARS else INVALID


def _name(outline: inspect.Type) -> str:
    """What is expected, in words."""
    match outline:
        case inspect.VarTupleType(item_type=inspect.LiteralType() as choice):
            return f"a list of {_name(choice)}"
        case inspect.VarTupleType(item_type=item):
            return f"a list of {_name(item).removeprefix('a ').removeprefix('an ')}s"
        case inspect.DictType():
            return "an object that maps strings to strings"
        case inspect.LiteralType(values=choices):
            return " or ".join(show(choice) for choice in choices)
    return NAMES.get(type(outline), "a string")


def _remedy(value: object, outline: inspect.Type) -> str:
    """What to write instead, where it is plain what was meant."""
    match outline, value:
        case inspect.BoolType(), "true" | "false":
            return ", write it without quotes"
        case inspect.StrType(), int() | float():
            return f', write "{show(value)}"'
        case inspect.CustomType(), int() if not isinstance(value, bool):
            return f', write "{value}s" for seconds'
        case inspect.VarTupleType(item_type=inspect.StrType() | inspect.LiteralType()), str():
            return f", write {show(value.split())}"
        case inspect.VarTupleType(), dict():
            return ", put it in brackets: [{…}]"
    return ""


def _unknown(key: str, known: Mapping[str, object]) -> str:
    return f"unknown key{_meant(key, known) or ', expected ' + (', '.join(known) or 'none')}"


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word[:LONGEST_KEY].lower().replace("-", "_"), known, n=1)
    return f', did you mean "{near[0]}"?' if near else ""
