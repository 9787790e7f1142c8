"""What can go wrong, in one place. A class's docstring is its message where none is given."""

from collections.abc import Sequence
from typing import ClassVar

from daybell.model.status import Problem


class DaybellError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    """The name of the kind of error in the API and on the command line."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class InvalidDefinition(DaybellError):
    """The job's definition is not valid."""

    code = "invalid_definition"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(describe_problem(problem) for problem in problems))
        self.problems = tuple(problems)


class InvalidCron(DaybellError):
    """The cron expression is not valid."""

    code = "invalid_cron"


class InvalidTimezone(DaybellError):
    """The time zone is not known."""

    code = "invalid_timezone"


class InvalidSettings(InvalidDefinition):
    """The settings are not valid."""

    code = "invalid_settings"


class JobNotFound(DaybellError):
    """There is no such job."""

    code = "job_not_found"


class RunNotFound(DaybellError):
    """There is no such run."""

    code = "run_not_found"


class Conflict(DaybellError):
    """That cannot be done in the present state."""

    code = "conflict"


class Changed(Conflict):
    """Somebody else changed it meanwhile: read it again, and make your change to that."""

    code = "changed"

    def __init__(self, etag: str) -> None:
        super().__init__()
        self.etag = etag
        """What it is now."""


class AlreadyRunning(Conflict):
    """Daybell is already running."""

    code = "already_running"


class NotRunning(DaybellError):
    """Daybell is not running."""

    code = "not_running"


class InvalidArchive(DaybellError):
    """It is no archive of a home."""

    code = "invalid_archive"


class LedgerError(DaybellError):
    """The journal cannot be written."""

    code = "cannot_record"


class DiskRefused(DaybellError):
    """The disk refuses a file."""

    code = "disk_refused"


class NoFindings(DaybellError):
    """The doctor has found nothing out."""

    code = "no_findings"


class SecretUnavailable(DaybellError):
    """The secret cannot be had."""

    code = "secret_unavailable"

    def __init__(self, message: str | None = None, *, is_permanent: bool = False) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent
        """Nobody but a person can change that: waiting and trying again does not help."""


def describe_problem(problem: Problem) -> str:
    """One line for people: "backup.json: triggers[0].expression: expected …"."""
    return ": ".join(part for part in (problem.file, problem.field, problem.message) if part)
