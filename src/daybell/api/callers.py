"""Through what does a person ask? Told with what they did, such as a pause."""

from starlette.requests import Request

from daybell.api.client import AGENT

API = "the API"
CALLERS = ((AGENT, "the command line"), ("Mozilla/", "the browser"))
"""By how they name themselves, or begin to; whoever is none of these is a program."""


def caller(request: Request) -> str:
    """As in "paused by the command line"."""
    named = request.headers.get("user-agent", "")
    return next((words for begins, words in CALLERS if named.startswith(begins)), API)
