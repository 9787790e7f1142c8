"""What does an answer look like, and what does each error become? One shape for all routes."""

import http

import msgspec
from starlette.responses import Response

from daybell.model.durations import Duration
from daybell.model.errors import Changed, DaybellError, InvalidDefinition
from daybell.model.sizes import Size
from daybell.model.status import Problem

STATUS_OF = {
    "job_not_found": 404,
    "run_not_found": 404,
    "conflict": 409,
    "already_running": 409,
    "changed": 412,
    "precondition_required": 428,
    "disk_refused": 503,
    "not_running": 503,
    "cannot_record": 503,
    "too_many_streams": 503,
    "no_findings": 503,
}
"""HTTP status by the code of a DaybellError; what begins with invalid_ is 422, and anything else 500."""


class InvalidRequest(DaybellError):
    """The request is not valid."""

    code = "invalid_request"


class PreconditionNeeded(DaybellError):
    """Say with If-Match which state you have read (its ETag), or * for whatever is there."""

    code = "precondition_required"


class ErrorBody(msgspec.Struct, omit_defaults=True):
    """What went wrong, for programs (code) and for people (message)."""

    code: str
    message: str
    problems: tuple[Problem, ...] = ()
    etag: str = ""
    """Of what has changed meanwhile, as it is now."""


def as_json(value: object, status: int = 200) -> Response:
    """Model values and plain ones; durations and sizes in their text form."""
    return Response(msgspec.json.encode(value, enc_hook=_spell), status, media_type="application/json")


def as_error(error: DaybellError) -> Response:
    """An expected error."""
    problems = error.problems if isinstance(error, InvalidDefinition) else ()
    etag = error.etag if isinstance(error, Changed) else ""
    answer = as_json({"error": ErrorBody(error.code, str(error), problems, etag)}, _status_of(error.code))
    if etag:
        answer.headers["etag"] = f'"{etag}"'
    return answer


def refusal(status: int, code: str, message: str, problems: tuple[Problem, ...] = ()) -> Response:
    return as_json({"error": ErrorBody(code, message, problems)}, status)


def as_http_error(status: int, method: str, path: str) -> Response:
    """What the router says by itself: no such address, or not with this method."""
    match status:
        case 404:
            return refusal(404, "not_found", f"there is nothing at {path}")
        case 405:
            return refusal(405, "method_not_allowed", f"{path} does not take {method}")
        case _:
            return refusal(status, "error", http.HTTPStatus(status).phrase)


def unexpected() -> Response:
    """A mistake of ours. Its traceback belongs in the log, and not to whoever asked."""
    return refusal(500, "internal", "something went wrong inside Daybell; its log says more")


def _status_of(code: str) -> int:
    return 422 if code.startswith("invalid_") else STATUS_OF.get(code, 500)


def _spell(value: object) -> object:
    if isinstance(value, Duration | Size):
        return str(value)
    raise NotImplementedError(f"no JSON for {type(value).__name__}")
