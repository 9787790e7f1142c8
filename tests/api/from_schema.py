"""Values that a JSON Schema allows, and some that it does not; as far as our own schemas go."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
"""Anything at all."""
MOMENTS = st.datetimes().map(lambda moment: moment.isoformat()) | st.sampled_from(["2026-03-02T12:00:00Z"])

Schema = Mapping[str, Any]
Parts = Mapping[str, Schema]


def values(schema: Schema, parts: Parts) -> st.SearchStrategy[Any]:
    """Mostly what it allows; one in ten is anything."""
    return st.integers(0, 9).flatmap(lambda dice: JSON if dice == 0 else _allowed(schema, parts))


def _allowed(schema: Schema, parts: Parts) -> st.SearchStrategy[Any]:
    match schema:
        case {"$ref": str(reference)}:
            return st.deferred(lambda: values(parts[reference.rpartition("/")[2]], parts))
        case {"anyOf": choices} | {"oneOf": choices}:
            return st.one_of([values(one, parts) for one in choices])
        case {"enum": choices}:
            return st.sampled_from(choices)
        case {"const": only}:
            return st.just(only)
        case {"type": list(kinds)}:
            return st.one_of([_of_kind(kind, schema, parts) for kind in kinds])
        case {"type": str(kind)}:
            return _of_kind(kind, schema, parts)
        case _:
            return JSON


def _of_kind(kind: str, schema: Schema, parts: Parts) -> st.SearchStrategy[Any]:
    match kind:
        case "object":
            return _objects(schema, parts)
        case "array":
            return st.lists(values(schema.get("items", {}), parts), max_size=3)
        case "string":
            return _texts(schema)
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum")) | st.sampled_from([0, 1, 5])
        case "number":
            return st.floats(
                schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False
            )
        case "boolean":
            return st.booleans()
        case _:
            return st.none()


def _objects(schema: Schema, parts: Parts) -> st.SearchStrategy[Any]:
    properties = {name: values(one, parts) for name, one in schema.get("properties", {}).items()}
    required = {name: properties.pop(name) for name in schema.get("required", ()) if name in properties}
    others = schema.get("additionalProperties", {})
    if not properties and not required:
        return st.dictionaries(st.text(max_size=8), values(others or {}, parts), max_size=3)
    return st.fixed_dictionaries(required, optional=properties)


def _texts(schema: Schema) -> st.SearchStrategy[Any]:
    match schema:
        case {"pattern": str(pattern)}:
            return st.from_regex(pattern, fullmatch=True)
        case {"format": "date-time"}:
            return MOMENTS
        case {"examples": list(examples)}:
            return st.sampled_from(examples) | st.text(max_size=20)
        case _:
            return st.text(max_size=20)
