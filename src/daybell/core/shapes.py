"""Has a JSON object the shape of a value of the model? If not: what is wrong, everywhere in it?"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from functools import cached_property, lru_cache
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct, inspect

from daybell.core.documents import show
from daybell.core.shape_advice import expected, meant, remedy, unknown
from daybell.model.durations import Duration
from daybell.model.errors import InvalidDefinition
from daybell.model.sizes import Size
from daybell.model.status import Problem

S = TypeVar("S", bound=Struct)
MOST = 50
"""Problems told of one file; nobody reads more at once."""
LONGEST = Duration(days=36500)
"""Beyond these bounds, arithmetic may run over the end of the calendar."""
HOUR_AND_MINUTE = "([01][0-9]|2[0-3]):[0-5][0-9]"
TIME_OF_DAY = f"^{HOUR_AND_MINUTE}$"
DATE = "(19[7-9][0-9]|2[0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
SECONDS = "(:[0-5][0-9]([.][0-9]+)?)?"
OFFSET = "(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?"
MOMENT = f"^{DATE}[T ]{HOUR_AND_MINUTE}{SECONDS}{OFFSET}$"
"""How times stand in files, as JSON Schema has patterns. Python reads more, and more with each version."""

Members = Mapping[str, object]
Remark = tuple[str, str]
"""The path below a value, such as "[0]", and what is wrong there."""
# The walk makes sure of a value's type before it hands the value to a check.
Check = Callable[[Any], Iterable[Remark]]


class Rules(Struct, frozen=True, dict=True):
    """What a shape alone cannot say."""

    checks: Mapping[tuple[type, str], Check]
    """Of the value of a key of a struct, or with "" of the struct as a whole."""
    examples: Mapping[str, str]
    """What to write for a key that is missing."""

    @cached_property
    def of_kind(self) -> Mapping[type, Mapping[str, Check]]:
        """The same checks, for each struct."""
        found: dict[type, dict[str, Check]] = {}
        for (kind, name), check in self.checks.items():
            found.setdefault(kind, {})[name] = check
        return found


def read(file: str, document: Members, kind: type[S], rules: Rules, **given: object) -> S:
    """The document as a value; InvalidDefinition carries every problem. `given` is known from elsewhere."""
    flawless = _at_once(document, kind, rules, given)
    if flawless is not None:
        return flawless
    walk = _Walk(file, rules)
    value = walk.members(document, _outline(kind), "", given)
    if isinstance(value, kind):
        return value
    raise InvalidDefinition(walk.problems)


def _at_once(document: Members, kind: type[S], rules: Rules, given: Members) -> S | None:
    """What the walk makes of it, at a third of the cost; None wherever it might have something to note."""
    if not given.keys().isdisjoint(document):
        return None
    try:
        # Of dates and times the walk takes other forms than msgspec, so they are left to it.
        value = msgspec.convert({**document, **given}, kind, builtin_types=(datetime, time), dec_hook=_custom)
    except msgspec.ValidationError:
        return None
    return None if _is_remarked(value, rules) else value


def _custom(kind: type, value: object) -> object:
    found = WRITTEN[kind](value) if isinstance(value, str) else INVALID
    if found is INVALID:
        raise ValueError
    return found


def _is_remarked(value: Struct, rules: Rules) -> bool:
    """Does any check complain, of it or of what it holds?"""
    for name, check in rules.of_kind.get(type(value), {}).items():
        item = getattr(value, name) if name else value
        for _ in check(item) if item is not None else ():
            return True
    for name in _holders(type(value)):
        item = getattr(value, name)
        for held in item if isinstance(item, tuple) else (item,):
            if held is not None and _is_remarked(held, rules):
                return True
    return False


@lru_cache
def _holders(kind: type[Struct]) -> tuple[str, ...]:
    """The fields of this struct that hold other ones."""
    return tuple(field.name for field in _outline(kind).fields if _holds_structs(field.type))


def _holds_structs(outline: inspect.Type) -> bool:
    match outline:
        case inspect.UnionType(types=types):
            return any(map(_holds_structs, types))
        case inspect.VarTupleType(item_type=item):
            return _holds_structs(item)
    return isinstance(outline, inspect.StructType)


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
        value: Members,
        outline: inspect.StructType,
        where: str,
        given: Members | None = None,
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
                    else unknown(key, written)
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
            self._note(where, f"expected {expected(outline)}, found {show(value)}{remedy(value, outline)}")
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
            hint = meant(tag, kinds) if isinstance(tag, str) else ""
            self._note(f"{where}.{field}", f"expected {choices}, found {show(tag)}{hint}")
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
        case inspect.FloatType(), int() | float() if not isinstance(value, bool):
            return float(value)
        case inspect.CustomType(cls=kind), str():
            return WRITTEN[kind](value)
        case inspect.DateTimeType(), str():
            return _datetime(value)
        case inspect.TimeType(), str():
            return time.fromisoformat(value) if is_match(TIME_OF_DAY, value) else INVALID
    return INVALID


def _duration(text: str) -> object:
    try:
        length = Duration.parse(text)
    except (ValueError, OverflowError):
        return INVALID
    return length if length <= LONGEST else INVALID


def _size(text: str) -> object:
    try:
        return Size.parse(text)
    except (ValueError, OverflowError):
        return INVALID


WRITTEN: Mapping[type, Callable[[str], object]] = {Duration: _duration, Size: _size}
"""Kinds of our own, and how their text is read."""


def _datetime(text: str) -> object:
    try:
        return datetime.fromisoformat(text) if is_match(MOMENT, text) else INVALID
    except ValueError:  # 30 February
        return INVALID


def is_match(pattern: str, text: str) -> bool:
    """As elsewhere, and not as in Python, where `$` forgives a line end."""
    return re.fullmatch(pattern, text) is not None
