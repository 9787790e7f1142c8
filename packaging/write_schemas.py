"""What may stand in a job's file, and what in Daybell's answers? Writes assets/schemas/ from the model.

Run it after a change of the model (`make schemas`) and commit the result. The last number of a schema's
version changes with its words, the middle one with a new key, the first with all else.
"""

import ast
import json
import re
import textwrap
from collections.abc import Mapping
from inspect import getsource
from itertools import pairwise
from pathlib import Path
from typing import cast

import msgspec
from msgspec import Struct, inspect

from daybell.core import shapes
from daybell.core.documents import MINOR, SCHEMA
from daybell.core.shape_advice import NAMES, OWN
from daybell.model import durations, sizes
from daybell.model.durations import Duration
from daybell.model.job import Job
from daybell.model.run import Run
from daybell.model.settings import Settings
from daybell.model.sizes import Size
from daybell.model.status import Status

SCHEMAS = Path(__file__).parents[1] / "assets" / "schemas"
FILES: dict[str, type[Struct]] = {"job": Job, "settings": Settings}
"""What a person writes."""
ANSWERS: dict[str, type[Struct]] = {"run": Run, "status": Status}
"""What Daybell writes; there may be other keys. A run in a file is without what is at its default."""
VERSIONS = {**dict.fromkeys(FILES, f"{SCHEMA}.{MINOR}.0"), **dict.fromkeys(ANSWERS, "1.0.0")}
MOMENT: dict[str, object] = {
    "description": NAMES[inspect.DateTimeType],
    "type": "string",
    "pattern": shapes.MOMENT,
}
OWN_PATTERNS: Mapping[type, str] = {Duration: durations.PATTERN, Size: sizes.PATTERN}
STATEMENT = re.compile(r" \([A-Z]\d+\)")
"""The number of a statement of the policies."""
FOR_EDITORS = "Where an editor finds this schema."
VERSION = f"The version of this file's form: {SCHEMA}, or with what was added since, as text."
SIMPLE: Mapping[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.BoolType: "boolean",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.NoneType: "null",
}

Schema = dict[str, object]


def schemas() -> dict[str, bytes]:
    """All of them, by the names of their files."""
    return {f"{name}.schema.json": _text(name, kind) for name, kind in (FILES | ANSWERS).items()}


def _text(name: str, kind: type[Struct]) -> bytes:
    parts = _Parts()
    body = parts.struct(cast("inspect.StructType", inspect.type_info(kind)))
    properties = cast("Schema", body["properties"])
    if name in FILES:
        properties.pop("id", None)
        body["required"] = [key for key in cast("list[str]", body["required"]) if key != "id"]
        body["properties"] = {
            "$schema": {"type": "string", "description": FOR_EDITORS},
            **properties,
            "schema": {
                "anyOf": [
                    {"const": SCHEMA},
                    {"type": "string", "pattern": rf"^{SCHEMA}(\.[0-9]{{1,6}}){{0,2}}$"},
                ],
                "default": SCHEMA,
                "description": VERSION,
            },
        }
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:daybell:schema:{name}:{VERSIONS[name]}",
        "title": f"Daybell {name}",
        **body,
        "$defs": dict(sorted(parts.definitions.items())),
    }
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


class _Parts:
    """Makes schemas of types; what structs and kinds of our own are is said once, below "$defs"."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def struct(self, outline: inspect.StructType) -> Schema:
        """An object with these members. What a person writes may leave keys out, and has no others."""
        is_written = outline.forbid_unknown_fields
        omits = outline.cls.__struct_config__.omit_defaults
        sentences = _sentences(outline.cls)
        properties: Schema = {outline.tag_field: {"const": outline.tag}} if outline.tag_field else {}
        required = list(properties)
        for field in outline.fields:
            part = self.part(field.type, is_written=is_written)
            if sentence := sentences.get(field.name):
                part["description"] = sentence
            if (is_written or omits) and field.default not in (msgspec.NODEFAULT, None):
                part |= _default(field.default)
            properties[field.encode_name] = part
            is_omitted = omits and field.default_factory is msgspec.NODEFAULT
            if field.required or not (is_written or is_omitted):
                required.append(field.encode_name)
        schema: Schema = {"description": _words(outline.cls.__doc__ or ""), "type": "object"}
        schema |= {"properties": properties, "required": required}
        return schema | ({"additionalProperties": False} if is_written else {})

    def part(self, outline: inspect.Type, *, is_written: bool) -> Schema:
        match outline:
            case inspect.UnionType(types=types):
                return _any_of([self.part(one, is_written=is_written) for one in types])
            case inspect.StructType(cls=kind):
                return self._reference(kind, outline)
            case inspect.CustomType(cls=kind):
                return self._reference(kind, outline)
            case inspect.VarTupleType(item_type=item):
                return {"type": "array", "items": self.part(item, is_written=is_written)}
            case inspect.DictType(value_type=item):
                return {"type": "object", "additionalProperties": self.part(item, is_written=is_written)}
            case inspect.LiteralType(values=choices):
                return {"enum": list(choices)}
            case inspect.DateTimeType() if is_written:
                self.definitions["Moment"] = MOMENT
                return {"$ref": "#/$defs/Moment"}
            case inspect.DateTimeType():
                return {"type": "string", "format": "date-time"}
            case inspect.TimeType():
                return {"type": "string", "pattern": shapes.TIME_OF_DAY}
        return {"type": SIMPLE[type(outline)]}

    def _reference(self, kind: type, outline: inspect.StructType | inspect.CustomType) -> Schema:
        name = kind.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # it may hold itself
            self.definitions[name] = (
                self.struct(outline)
                if isinstance(outline, inspect.StructType)
                else {"description": OWN[kind], "type": "string", "pattern": OWN_PATTERNS[kind]}
            )
        return {"$ref": f"#/$defs/{name}"}


def _any_of(parts: list[Schema]) -> Schema:
    """In one word where each of them is one."""
    if all(part.keys() == {"type"} for part in parts):
        return {"type": [part["type"] for part in parts]}
    return {"anyOf": parts}


def _default(value: object) -> Schema:
    """Of an object, its own keys tell."""
    return {} if isinstance(value, Struct) else {"default": msgspec.to_builtins(value, enc_hook=str)}


def _sentences(kind: type) -> dict[str, str]:
    """What the model says below each field."""
    (definition,) = ast.parse(textwrap.dedent(getsource(kind))).body
    lines = cast("ast.ClassDef", definition).body
    found = {}
    for field, below in pairwise(lines):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(sentence))):
                    found[field.target.id] = _words(sentence)
    return found


def _words(sentence: str) -> str:
    """In one line, for readers who do not know the program."""
    return STATEMENT.sub("", " ".join(sentence.split())).replace("None", "null")


if __name__ == "__main__":
    SCHEMAS.mkdir(exist_ok=True)
    for file_name, text in schemas().items():
        (SCHEMAS / file_name).write_bytes(text)
        print(SCHEMAS / file_name)
