"""Which runs does a person hear of, and in which words?"""

from daybell.core.views import TITLE_LENGTH, last_line, one_line
from daybell.desktop.notices.interface import Button, Notice
from daybell.model.run import Run

RUN_AGAIN = Button("run", "Run again")
OPEN_LOG = Button("log", "Open log")


def notice_of_failure(run: Run, title: str) -> Notice | None:
    """The notice with its buttons; None: no notice. Its key is the job's id: the newest failure stands."""
    text = failure_notice(run, title)
    if text is None:
        return None
    return Notice(run.job_id, *text, buttons=(RUN_AGAIN, OPEN_LOG), icon="failed")


def failure_notice(run: Run, title: str) -> tuple[str, str] | None:
    """Title and body of the notice for a finished run of the job with this title; None: no notice."""
    if not run.is_failure:
        return None
    job = one_line(title, TITLE_LENGTH) or run.job_id
    error = last_line(run.error or "")
    if run.outcome == "timed_out":
        return f"{job} timed out", error or "It took longer than it may, and was ended."
    if run.exit_code is None:
        return f"{job} failed", error or "It could not be started."
    exit_code = f"Exit code {run.exit_code}"
    return f"{job} failed", f"{exit_code}: {error}" if error else f"{exit_code}."
