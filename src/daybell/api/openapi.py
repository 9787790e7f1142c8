"""How is the API described to programs? Its routes and the types they take and answer, as OpenAPI 3.1."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from starlette.routing import Route

from daybell.api.forms import JOB_ID, ErrorAnswer, JobFile, SettingsFile
from daybell.api.operations import JSON, OPERATIONS, Operation
from daybell.model import durations, sizes
from daybell.model.durations import Duration
from daybell.model.sizes import Size
from daybell.store.schemas import SHIPPED

Document = dict[str, Any]

VERSION = "3.1.0"
PREFIX = "/api/v1"
REFERENCE = "#/components/schemas/{name}"
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
STATEMENT = re.compile(r" \([A-Z]\d+\)")
"""The number of a statement of the policies: it says nothing to those who read this."""
ABOUT = "Jobs that run on this computer. All answers are JSON, unless something else is said."
IN_PATH: dict[str, Document] = {
    "job_id": {"type": "string", "pattern": JOB_ID},
    "run_id": {"type": "string", "pattern": "^[0-9A-Za-z-]+$"},
    "name": {"type": "string", "minLength": 1},
}
NO_BODY = "Nothing of it is read. Through a port its type must be JSON's, even where there is none."
SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "On the unix socket no token is needed: the system tells who asks.",
}

OWN: dict[type, Document] = {
    JobFile: {"$ref": REFERENCE.format(name="Job")},
    SettingsFile: {"$ref": REFERENCE.format(name="Settings")},
    object: {"description": "Any value."},
    Duration: {"type": "string", "pattern": durations.PATTERN},
    Size: {"type": "string", "pattern": sizes.PATTERN},
}


def address(route: Route) -> str:
    """Of a route, without the kinds of its parameters."""
    return PARAMETER.sub(r"{\1}", route.path)


def described(routes: Sequence[Route]) -> Iterator[tuple[str, str, Route]]:
    """The routes below the prefix: method, address, and the route itself. HEAD is as GET."""
    for route in routes:
        for method in sorted((route.methods or set()) - {"HEAD"}):
            if route.path.startswith(PREFIX):
                yield method, address(route), route


def document(routes: Sequence[Route], version: str, shipped: Path) -> bytes:
    """Of a route that nobody has described, only its address is told. `shipped` is where the schemas are."""
    types = _types()
    schemas, components = msgspec.json.schema_components(
        types.values(), schema_hook=_own, ref_template=REFERENCE
    )
    by_name = dict(zip(types, schemas, strict=True))
    paths: dict[str, Document] = {}
    for method, path, route in described(routes):
        key = f"{method} {path.removeprefix(PREFIX)}"
        said = OPERATIONS.get(key, Operation(says=path))
        paths.setdefault(path, {})[method.lower()] = _operation(key, said, route, by_name)
    whole = {
        "openapi": VERSION,
        "info": {"title": "Daybell", "version": version, "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**components, **_files(shipped)},
            "securitySchemes": {"token": SCHEME},
        },
    }
    return STATEMENT.sub("", msgspec.json.encode(whole).decode()).encode()


def _types() -> dict[str, object]:
    """All that are named, each once, by a name of its own."""
    named: dict[str, object] = {"error": ErrorAnswer}
    for key, operation in OPERATIONS.items():
        kinds = {"answer": operation.answer, "body": operation.body}
        named |= {f"{key} {name}": kind for name, kind in kinds.items() if kind is not None}
    return named


def _files(shipped: Path) -> dict[str, Document]:
    """What a person writes, and what it is made of. Here a job has an id, which in files is their name."""
    found: dict[str, Document] = {}
    for name in ("job", "settings"):
        text = (shipped / f"{name}.schema.json").read_text("utf-8")
        text = text.replace("#/$defs/", REFERENCE.format(name=f"{name}."))
        whole = msgspec.json.decode(text, type=dict[str, Any])
        found |= {f"{name}.{part}": schema for part, schema in whole.pop("$defs").items()}
        found[name.title()] = {key: value for key, value in whole.items() if key not in {"$schema", "$id"}}
    job = found["Job"]
    job["properties"] = {"id": IN_PATH["job_id"], **job["properties"]}
    job["required"] = ["id", *job["required"]]
    return found


def _operation(key: str, said: Operation, route: Route, schemas: Mapping[str, Document]) -> Document:
    error = {"description": "Why not.", "content": {JSON: {"schema": schemas["error"]}}}
    whole: Document = {
        "operationId": re.sub(r"\W+", "_", key).strip("_").lower(),
        "summary": said.says,
        "parameters": [*_in_path(route), *_in_query(said.query), *_in_headers(said)],
        "responses": {**_answers(key, said, schemas), "default": error},
    }
    if more := inspect.getdoc(route.endpoint):
        whole["description"] = more
    if said.body is not None:
        content = {JSON: {"schema": schemas[f"{key} body"]}}
        whole["requestBody"] = {"required": said.body_required, "content": content}
    elif key.startswith("POST"):
        whole["requestBody"] = {"required": False, "description": NO_BODY, "content": {JSON: {}}}
    if said.is_open:
        whole["security"] = []
    return whole


def _answers(key: str, said: Operation, schemas: Mapping[str, Document]) -> Document:
    if said.status == 204:
        return {"204": {"description": "Done."}}
    schema = {"type": "string"} if said.answer is None else schemas[f"{key} answer"]
    full: Document = {"description": "The answer.", "content": {said.media: {"schema": schema}}}
    known: Document = {"description": "It is as you know it."}
    return {str(said.status): full, **{str(one): known if one == 304 else full for one in said.also}}


def _in_path(route: Route) -> Iterator[Document]:
    for name in PARAMETER.findall(route.path):
        is_schema = name == "name" and route.path.endswith(".json")
        schema = {"enum": list(SHIPPED)} if is_schema else IN_PATH.get(name, {"type": "string"})
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(query: type[Struct] | None) -> Iterator[Document]:
    if query is None:
        return
    _, components = msgspec.json.schema_components([query])
    whole = components[query.__name__]
    for name, schema in whole["properties"].items():
        is_needed = name in whole.get("required", ())
        yield {"name": name, "in": "query", "required": is_needed, "schema": schema}


def _in_headers(said: Operation) -> Iterator[Document]:
    if said.if_match is not None:
        says = "The ETag of what you have read, or `*`."
        tag = {"name": "If-Match", "in": "header", "required": said.if_match, "description": says}
        yield {**tag, "schema": {"type": "string"}}


def _own(kind: type) -> Document:
    """Of what msgspec does not know."""
    return OWN[kind]
