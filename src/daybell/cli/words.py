"""How are states and outcomes told to a person? Pure."""

from daybell.api.shapes import JobStatusShape, ProblemShape, RunShape
from daybell.cli.times import between, took

OUTCOMES = {
    "succeeded": ("ok", "green"),
    "failed": ("failed", "red"),
    "timed_out": ("timed out", "red"),
    "cancelled": ("cancelled", "yellow"),
    "replaced": ("replaced", "dim"),
    "interrupted": ("interrupted", "yellow"),
    "skipped": ("skipped", "dim"),
    "missed": ("missed", "yellow"),
}
"""Each with its style."""
STATES = {
    "running": "green",
    "queued": "green",
    "paused": "yellow",
    "disabled": "dim",
    "completed": "dim",
    "invalid": "red",
}
FAILURES = {"failed", "timed_out"}
CAUSES = {"catch_up": "catch-up"}


def outcome_word(run: RunShape) -> tuple[str, str]:
    """What became of the run, and its style."""
    if run["outcome"] is None:
        return ("running", "green") if run["started"] else ("waiting", "green")
    return OUTCOMES.get(run["outcome"], (run["outcome"], ""))


def cause_word(run: RunShape) -> str:
    return CAUSES.get(run["cause"], run["cause"])


def detail(run: RunShape) -> str:
    """Why it ended as it did, as far as that is not plain."""
    parts: list[str] = []
    if run["count"] is None:
        parts.append("many times")
    elif run["count"] > 1:
        parts.append(f"{run['count']} times")
    if run["exit_code"]:
        parts.append(f"exit code {run['exit_code']}")
    why = [text for text in (run["reason"], run["error"]) if text and run["outcome"] != "succeeded"]
    parts += [text for text in why if text not in parts]  # a silent command's error is its exit code
    return ": ".join(parts)


def ending(run: RunShape) -> str:
    """One sentence about a run that has ended: "backup failed after 0.4s: exit code 3: disk full"."""
    word = "succeeded" if run["outcome"] == "succeeded" else outcome_word(run)[0]
    length = between(run["started"], run["finished"])
    after = f" after {took(length)}" if length is not None else ""
    why = detail(run)
    return f"{run['job_id']} {word}{after}" + (f": {why}" if why else "")


def failing(job: JobStatusShape) -> str:
    """What went wrong last, where the last run went wrong."""
    return job["last_error"] or "" if job["last_outcome"] in FAILURES else ""


def problem_line(problem: ProblemShape) -> str:
    """As in "backup.json: triggers[0].expression: expected …"."""
    return ": ".join(part for part in (problem["file"], problem["field"], problem["message"]) if part)


def counted(number: int, word: str) -> str:
    """As in "1 job", "2 jobs"."""
    return f"{number} {word}" + ("" if number == 1 else "s")
