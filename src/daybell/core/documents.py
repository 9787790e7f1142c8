"""Which keys does a file of Daybell's hold, and where is it broken if it is no JSON object?"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from daybell.model.errors import InvalidDefinition
from daybell.model.status import Problem

LARGEST = 1024 * 1024
"""Bytes of a file; more is not a definition but a mistake."""
SCHEMA, MINOR = 1, 0
"""Of the files this version writes. A later minor only adds keys; a later major is not read at all."""
VERSION = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,6}))?(?:\.[0-9]{1,6})?")
JOB_SCHEMA = "../schemas/job.schema.json"
SETTINGS_SCHEMA = "schemas/settings.schema.json"
"""Where editors find the schema of a job's file, as that file names it: they then complete its keys."""
SHOWN = 60
"""Characters of a wrong value that a sentence can hold."""


class _Broken(Exception):
    """Why these bytes hold no JSON object."""


class Document(NamedTuple):
    """What a file says."""

    members: dict[str, object]
    """Without "$schema", which is for editors; "schema" is its major version."""
    is_newer: bool
    """A later minor version wrote it: it may have keys that this one does not know."""


def read_object(file: str, content: bytes) -> Document:
    """What the object in these bytes says; InvalidDefinition says what is wrong, with line and column.

    A file of a later major version is refused as a whole.
    """
    members = load(file, content)
    reference = members.pop("$schema", "")
    if not isinstance(reference, str):
        raise InvalidDefinition([Problem(file, "$schema", f"expected a string, found {show(reference)}")])
    schema = members.get("schema", SCHEMA)
    major, minor = version_of(schema)
    if major > SCHEMA:
        message = f"written by a newer Daybell: expected {SCHEMA}, found {show(schema)}; update this one"
        raise InvalidDefinition([Problem(file, "schema", message)])
    if major == SCHEMA and "schema" in members:
        members["schema"] = SCHEMA
    return Document(members, is_newer=(major, minor) > (SCHEMA, MINOR))


def is_too_new(content: bytes) -> bool:
    """A later major version wrote it, so that `read_object` would refuse it."""
    try:
        return version_of(load("", content).get("schema"))[0] > SCHEMA
    except InvalidDefinition:
        return False


def version_of(schema: object) -> tuple[int, int]:
    """Major and minor, of 1 as of "1.4"; zeros where it is no version."""
    if isinstance(schema, int) and not isinstance(schema, bool):
        return schema, 0
    found = VERSION.fullmatch(schema) if isinstance(schema, str) else None
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def load(file: str, content: bytes) -> dict[str, object]:
    """The object in these bytes, as it stands there. InvalidDefinition."""
    twice: list[str] = []
    try:
        members = _load(_decode(content), twice)
    except _Broken as broken:
        raise InvalidDefinition([Problem(file, "", str(broken))]) from None
    if twice:
        message = "this key stands twice in one object: keep one"
        raise InvalidDefinition([Problem(file, key, message) for key in dict.fromkeys(twice)])
    return members


def dump(members: Mapping[str, object]) -> bytes:
    """The file that holds this object: what `load` reads."""
    return f"{json.dumps(members, indent=2, ensure_ascii=False)}\n".encode()


def show(value: object) -> str:
    """The value as JSON, short enough for a sentence."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "brackets in brackets in brackets …"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _decode(content: bytes) -> str:
    if len(content) > LARGEST:
        raise _Broken(f"expected at most 1 MiB, found {len(content):,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Broken(f"line {line}: the file is not UTF-8 text, save it with that encoding") from None
    if not text.strip():
        raise _Broken("the file is empty, expected an object in braces: {…}")
    return text


def _load(text: str, twice: list[str]) -> dict[str, object]:
    def gather(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) < len(pairs):
            twice.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return members

    def refuse(number: str) -> NoReturn:
        raise _Broken(f"{number} is not a number that JSON knows")

    try:
        document = json.loads(text, object_pairs_hook=gather, parse_constant=refuse)
        if "\\u" in text:  # nothing else names half a character
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise _Broken(f"{_place(error, text)}: {_reason(error, text)}") from None
    except UnicodeEncodeError:
        raise _Broken(r"half a character stands alone: a \ud… escape needs its other half") from None
    except (RecursionError, ValueError):
        raise _Broken("its brackets are too deep, or a number too long, for a definition") from None
    if not isinstance(document, dict):
        raise _Broken(f"expected an object in braces: {{…}}, found {show(document)}")
    return document


def _place(error: json.JSONDecodeError, text: str) -> str:
    """A comma too many is shown itself; Python before 3.13 points at what stands after it."""
    before = text[: error.pos].rstrip()
    at = len(before) - 1 if before.endswith(",") and text[error.pos :].startswith("}") else error.pos
    line_start = text.rfind("\n", 0, at) + 1
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - line_start + 1}"


def _reason(error: json.JSONDecodeError, text: str) -> str:
    """What people most often did to get here, or else the decoder's words."""
    rest, before = text[error.pos :].lstrip(), text[: error.pos].rstrip()
    if rest.startswith(("//", "/*", "#")):
        return 'JSON has no comments, use the key "description"'
    if rest.startswith("'"):
        return "JSON has double quotes, not single ones"
    if rest.startswith("\\"):
        return r"a backslash is written twice: \\"
    if before.endswith(",") or rest.startswith(","):
        return "there is a comma too many"
    if not rest:
        return "the file ends too early, a closing bracket is missing"
    return (error.msg[0].lower() + error.msg[1:]).removesuffix(" at").removesuffix(" starting")
