"""How does a command ask the app, and turn its refusals into sentences with a remedy?"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from urllib.parse import quote

from daybell.api.client import ApiError, Client, NotRunning
from daybell.api.reach import client_of
from daybell.api.shapes import JobStatusShape, ProblemShape
from daybell.cli.failure import Exit, Failure, exit_code_of
from daybell.cli.terminal import Terminal
from daybell.cli.words import problem_line

NOT_RUNNING = "Daybell is not running; start it with `daybell start`"
NOTHING_SUCH = {"job_not_found": "job", "run_not_found": "job and no run", "not_found": "job"}
"""What is missing, by the code of the error. No address at all is what an id with a slash leads to."""


@contextmanager
def app(terminal: Terminal, about: str = "") -> Iterator[Client]:
    """The running app. `about` is the id that was given: where nothing has it, similar ones are named."""
    client = client_of(terminal.directories)
    with app_of(client, about):
        yield client


@contextmanager
def app_of(client: Client, about: str = "") -> Iterator[None]:
    """What whoever is asked refuses becomes a Failure."""
    try:
        yield
    except NotRunning as error:
        raise Failure(NOT_RUNNING, Exit.NOT_RUNNING) from error
    except ApiError as error:
        raise Failure(explain(error, client, about), exit_code_of(error.code)) from error


def explain(error: ApiError, client: Client, about: str) -> str:
    """The app's sentence, with a line for each problem, or with what may have been meant."""
    if about and error.code in NOTHING_SUCH:
        return missing(client, about, NOTHING_SUCH[error.code])
    if error.problems:
        return "\n".join(problem_line(cast("ProblemShape", problem)) for problem in error.problems)
    return error.message


def missing(client: Client, about: str, kind: str) -> str:
    """There is no such thing, or only a file that defines none."""
    try:
        jobs = cast("list[JobStatusShape]", client.get("/api/v1/jobs"))
    except (ApiError, NotRunning):
        return f"there is no {kind} {about!r}"
    if any(job["id"] == about and job["state"] == "invalid" for job in jobs):
        return f"the file of {about} is not valid: see `daybell check`"
    return f"there is no {kind} {about!r}{meant(jobs, about)}"


def meant(jobs: list[JobStatusShape], about: str) -> str:
    """What follows the sentence that there is no such job."""
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    by_name = {job[key].lower(): job["id"] for job in jobs for key in ("name", "id")}
    close = get_close_matches(about.lower(), by_name, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {by_name[close[0]]!r}?"
    return "; `daybell list` shows all jobs" if jobs else "; there are no jobs yet, see `daybell add --help`"


def job_path(job_id: str, verb: str = "") -> str:
    """An id is quoted: whatever the person typed, it stays one part of the address."""
    return f"/api/v1/jobs/{quote(job_id, safe='')}" + (f"/{verb}" if verb else "")


def run_path(run_id: str, verb: str = "") -> str:
    return f"/api/v1/runs/{quote(run_id, safe='')}" + (f"/{verb}" if verb else "")
