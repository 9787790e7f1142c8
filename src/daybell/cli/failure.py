"""How does a command fail? With one sentence that names the remedy, and a code that scripts can rely on."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; they never change their meaning."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    NOT_RUNNING = 3
    NOT_FOUND = 4
    INVALID = 5
    CONFLICT = 7
    UNSOUND = 8
    TIMED_OUT = 124
    INTERRUPTED = 130
    PIPE_CLOSED = 141


EXIT_OF = {
    "not_found": Exit.NOT_FOUND,
    "job_not_found": Exit.NOT_FOUND,
    "run_not_found": Exit.NOT_FOUND,
    "conflict": Exit.CONFLICT,
    "already_running": Exit.CONFLICT,
    "changed": Exit.CONFLICT,
    "not_running": Exit.NOT_RUNNING,
    "invalid_request": Exit.USAGE,
}
"""By the code of an error; what else begins with invalid_ is an invalid definition."""


class Failure(Exception):
    """An expected end of a command; its text is for people."""

    def __init__(self, message: str, exit_code: int = Exit.FAILURE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class UsageError(Failure):
    """The command line itself is wrong."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.USAGE)


def exit_code_of(code: str) -> Exit:
    """The exit code for the code of an error."""
    usual = Exit.INVALID if code.startswith("invalid_") else Exit.FAILURE
    return EXIT_OF.get(code, usual)


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the rooms below become failures of the command."""
    from daybell.model.errors import DaybellError  # noqa: PLC0415 - only commands that carry msgspec anyway

    try:
        yield
    except DaybellError as error:
        raise Failure(str(error), exit_code_of(error.code)) from error
