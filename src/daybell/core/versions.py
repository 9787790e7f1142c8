"""How is a file read that a newer Daybell wrote? What this one does not know is passed over."""

from typing import TypeVar, cast

from msgspec import Struct, inspect

from daybell.core import documents, shapes
from daybell.core.shapes import Members
from daybell.model.errors import InvalidDefinition
from daybell.model.status import Problem

S = TypeVar("S", bound=Struct)
PASSED_OVER = "a newer Daybell wrote this file: this one does not know the key, and passes it over"


def read(file: str, content: bytes, kind: type[S], rules: shapes.Rules, **given: object) -> S:
    """The file as a value; InvalidDefinition carries every problem. `given` is known from elsewhere.

    An unknown key is a problem, unless the file names a later minor version.
    """
    document = documents.read_object(file, content)
    if not document.is_newer:
        return shapes.read(file, document.members, kind, rules, **given)
    members, _ = known(document.members, kind)
    try:
        return shapes.read(file, members, kind, rules, **given)
    except InvalidDefinition as refusal:
        ours = f"{documents.SCHEMA}.{documents.MINOR}"
        hint = f"a newer Daybell wrote this file, and this one knows {ours} at most: update this one"
        raise InvalidDefinition([*refusal.problems, Problem(file, "schema", hint)]) from None


def remarks(file: str, content: bytes, kind: type[Struct]) -> list[Problem]:
    """What a valid file says that this version does not know."""
    document = documents.read_object(file, content)
    _, unknown = known(document.members, kind) if document.is_newer else ({}, [])
    return [Problem(file, path, PASSED_OVER) for path in unknown]


def known(members: Members, kind: type[Struct]) -> tuple[dict[str, object], list[str]]:
    """What is left without the keys that this struct and those in it do not have; the paths of those."""
    unknown: list[str] = []
    outline = cast("inspect.StructType", inspect.type_info(kind))
    return _members(members, outline, "", unknown), unknown


def _known(value: object, outline: inspect.Type, where: str, unknown: list[str]) -> object:
    match outline, value:
        case inspect.UnionType(types=types), dict():
            meant = _meant(types, value)
            return value if meant is None else _known(value, meant, where, unknown)
        case inspect.StructType(), dict():
            return _members(value, outline, f"{where}.", unknown)
        case inspect.VarTupleType(item_type=item), list():
            return [_known(each, item, f"{where}[{place}]", unknown) for place, each in enumerate(value)]
    return value


def _members(
    members: Members, outline: inspect.StructType, where: str, unknown: list[str]
) -> dict[str, object]:
    kinds = {field.encode_name: field.type for field in outline.fields}
    kept: dict[str, object] = {}
    for key, item in members.items():
        if key in kinds:
            kept[key] = _known(item, kinds[key], where + key, unknown)
        elif key == outline.tag_field:
            kept[key] = item
        else:
            unknown.append(where + key)
    return kept


def _meant(types: tuple[inspect.Type, ...], value: Members) -> inspect.StructType | None:
    """Which of these structs this object is, if it is any."""
    structs = [one for one in types if isinstance(one, inspect.StructType)]
    return next((one for one in structs if not one.tag_field or value.get(one.tag_field) == one.tag), None)
