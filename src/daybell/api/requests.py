"""What does a request ask for? InvalidRequest and InvalidDefinition say what was expected."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import TypeVar, get_args
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request

from daybell.api.answers import InvalidRequest
from daybell.core.documents import JOB_SCHEMA, dump, load
from daybell.core.shapes import LONGEST, MOMENT
from daybell.core.zones import instant
from daybell.model.durations import Duration
from daybell.model.errors import InvalidDefinition
from daybell.model.query import Place, RunQuery
from daybell.model.run import Cause, Outcome
from daybell.model.status import Problem

T = TypeVar("T", bound=str)

MOST_RUNS = 1000
LONGEST_REASON = 200
UNNAMED = "new"
"""Stands for the id of a job that has none yet."""
NO_ID = 'expected an id in small letters, digits and hyphens, such as "backup-photos"'
QUERY = ("job", "outcome", "cause", "since", "until", "text", "limit", "cursor")


class PauseBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a pause request, which may be absent."""

    until: str | None = None
    """When it ends by itself, as a time or as how long from now on."""
    reason: str | None = None


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


def run_query(request: Request, zone: ZoneInfo) -> RunQuery:
    """Which runs are meant; times without an offset are on the wall of that zone."""
    asked = request.query_params
    for name in asked:
        if name not in QUERY:
            raise InvalidRequest(f"{name[:40]}: expected {_either(QUERY)}{_meant(name, QUERY)}")
    since, until = (moment(name, asked.get(name), zone) for name in ("since", "until"))
    if since is not None and until is not None and since >= until:
        raise InvalidRequest("until: expected a time after that of since")
    return RunQuery(
        job_id=asked.get("job") or None,
        outcomes=_some_of("outcome", asked.getlist("outcome"), get_args(Outcome)),
        causes=_some_of("cause", asked.getlist("cause"), get_args(Cause)),
        since=since,
        until=until,
        text=asked.get("text", ""),
        limit=number(request, "limit", default=50, lowest=1, highest=MOST_RUNS),
        after=_place(asked.get("cursor")),
    )


def _some_of(name: str, given: Collection[str], known: Collection[T]) -> frozenset[T]:
    for value in given:
        if value not in known:
            found = f"found {value[:40]!r}{_meant(value, known)}"
            raise InvalidRequest(f"{name}: expected {_either(known)}, {found}")
    return frozenset(value for value in known if value in given)


def moment(name: str, text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        return instant(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError) as error:
        example = "2026-11-01, 2026-11-01T14:30 or 2026-11-01T14:30:00+01:00"
        raise InvalidRequest(f"{name}: expected a time such as {example}, found {text[:40]!r}") from error


def _place(text: str | None) -> Place | None:
    if text is None:
        return None
    try:
        return Place.parse(text)
    except ValueError as error:
        raise InvalidRequest(f"cursor: expected `next` of an earlier answer, found {text[:40]!r}") from error


def _either(names: Collection[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}"


def _meant(text: str, known: Collection[str]) -> str:
    close = get_close_matches(text.lower(), known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


async def cancel_target(request: Request) -> str:
    try:
        return msgspec.json.decode(await request.body(), type=CancelBody).target
    except ValueError as error:  # also of what is no UTF-8
        raise InvalidRequest(f'expected {{"target": "the id of a run or of a job"}}: {error}') from error


async def pause_wish(request: Request, zone: ZoneInfo) -> tuple[datetime | Duration | None, str | None]:
    """Until when, or for how long, and why. Times without an offset are on the wall of that zone."""
    try:
        body = msgspec.json.decode(await request.body() or b"{}", type=PauseBody)
    except ValueError as error:  # also of what is no UTF-8
        raise InvalidRequest(f'expected {{"until": "2h", "reason": "why"}} or less: {error}') from error
    reason = (body.reason or "").strip()
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise InvalidRequest(f"reason: expected one line of at most {LONGEST_REASON} characters")
    return None if body.until is None else _end(body.until, zone), reason or None


def _end(text: str, zone: ZoneInfo) -> datetime | Duration:
    try:
        length = Duration.parse(text)
    except (ValueError, OverflowError):
        return _instant_ahead(text, zone)
    if not timedelta(0) < length <= LONGEST:
        raise InvalidRequest(f"until: expected more than no time and at most {LONGEST}, found {text[:40]!r}")
    return length


def _instant_ahead(text: str, zone: ZoneInfo) -> datetime:
    try:
        if re.search(MOMENT, text):
            return instant(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):  # a day that no month has
        pass
    example = '2026-11-01T14:30, 2026-11-01T14:30:00+01:00 or "2h"'
    raise InvalidRequest(f"until: expected a time or a duration such as {example}, found {text[:40]!r}")


async def changes(request: Request, job_id: str | None = None) -> dict[str, object]:
    """The object that is sent for a file, or for parts of it. A job keeps its id."""
    members = load("", await request.body())
    if job_id is not None and members.pop("id", job_id) != job_id:
        message = f'expected "{job_id}", as in the address, or no id at all: a job is not renamed'
        raise InvalidDefinition([Problem("", "id", message)])
    return members


async def asked_definition(request: Request, unnamed: str | None = UNNAMED) -> tuple[str, dict[str, object]]:
    """The id and the rest; `unnamed` stands for an id that is not there, if it may be absent."""
    members = load("", await request.body())
    job_id = members.pop("id", unnamed)
    if not isinstance(job_id, str):
        raise InvalidDefinition([Problem("", "id", NO_ID)])
    return job_id, members


async def new_definition(request: Request) -> tuple[str, bytes]:
    """The job's id, and the rest as a file that a person can read and edit."""
    job_id, members = await asked_definition(request, unnamed=None)
    return job_id, dump(members if "$schema" in members else {"$schema": JOB_SCHEMA, **members})
