"""What does a request ask for? InvalidRequest and InvalidDefinition say what was expected."""

import msgspec
from starlette.requests import Request

from daybell.api.answers import InvalidRequest
from daybell.model.errors import InvalidDefinition
from daybell.model.status import Problem


class CancelBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a cancel request."""

    target: str
    """A run's id or a job's."""


def number(request: Request, name: str, default: int, highest: int, lowest: int = 0) -> int:
    """A whole number from the query."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdecimal() and lowest <= int(text[:20]) <= highest:
        return int(text)
    raise InvalidRequest(f"{name}: expected a whole number from {lowest} to {highest}, found {text[:40]!r}")


def seconds(request: Request, name: str, highest: float) -> float:
    """A length of time from the query; 0 where it is absent."""
    text = request.query_params.get(name, "0")
    try:
        value = float(text)
    except ValueError:
        value = -1
    if 0 <= value <= highest:
        return value
    raise InvalidRequest(f"{name}: expected seconds from 0 to {highest:g}, found {text[:40]!r}")


async def cancel_target(request: Request) -> str:
    try:
        return msgspec.json.decode(await request.body(), type=CancelBody).target
    except msgspec.DecodeError as error:
        raise InvalidRequest(f'expected {{"target": "the id of a run or of a job"}}: {error}') from error


async def new_definition(request: Request) -> tuple[str, bytes]:
    """The job's id, and the rest as a file that a person can read and edit."""
    try:
        fields = msgspec.json.decode(await request.body(), type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise InvalidDefinition([Problem("", "", f"expected a job as a JSON object: {error}")]) from error
    try:
        job_id = msgspec.json.decode(fields.pop("id", b"null"), type=str)
    except msgspec.DecodeError as error:
        expected = 'expected an id in small letters, digits and hyphens, such as "backup-photos"'
        raise InvalidDefinition([Problem("", "id", expected)]) from error
    return job_id, msgspec.json.format(msgspec.json.encode(fields), indent=2) + b"\n"
