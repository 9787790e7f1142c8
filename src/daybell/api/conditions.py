"""Which state of a file does a request speak of? Entity tags as RFC 9110 has them, all of them strong."""

from collections.abc import Set as AbstractSet
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from daybell.api.answers import PreconditionNeeded, as_json

ANY = frozenset({"*"})


def expected(request: Request) -> AbstractSet[str] | None:
    """The tags of `If-Match`; None where any will do, because there is no such header or it says `*`."""
    tags = _tags(request, "if-match")
    return None if tags is None or tags == ANY else {tag for tag in tags if not tag.startswith("W/")}


def expected_surely(request: Request) -> AbstractSet[str] | None:
    """The same for what overwrites: it must say what it has read, or `*`. PreconditionNeeded."""
    if "if-match" not in request.headers:
        raise PreconditionNeeded
    return expected(request)


def answer(request: Request, members: dict[str, object], etag: str) -> Response:
    """The members with their tag, or that whoever asks has them already."""
    if is_known(request, etag):
        return tagged(Response(status_code=HTTPStatus.NOT_MODIFIED), etag)
    return tagged(as_json({**members, "etag": etag}), etag)


def is_known(request: Request, etag: str) -> bool:
    """Whether whoever asks says that they have it (`If-None-Match`)."""
    known = _tags(request, "if-none-match") if request.method in {"GET", "HEAD"} else None
    return known is not None and (known == ANY or etag in {tag.removeprefix("W/") for tag in known})


def tagged(response: Response, etag: str) -> Response:
    response.headers["etag"] = f'"{etag}"'
    return response


def _tags(request: Request, header: str) -> frozenset[str] | None:
    """Without their quotes, which many forget; a weak one keeps its W/. None without the header."""
    lines = request.headers.getlist(header)
    tags = (tag.strip().replace('"', "") for line in lines for tag in line.split(","))
    return frozenset(tags) if lines else None
