"""In which words is a person told?"""

from collections.abc import Collection
from datetime import datetime, timedelta

from daybell.core.views import TITLE_LENGTH, count, last_line, one_line
from daybell.model.incident import Button, Incident, NoticeKind, NoticeText
from daybell.model.run import Run
from daybell.model.status import Problem

ERROR_LENGTH = 160
"""A notice has more room than a menu."""
LINE_END = "\n"
DIGEST_LINES = 6
"""What a notice on the screen has room for."""
URGENCY: tuple[NoticeKind, ...] = (
    "failure",
    "reminder",
    "late",
    "too_long",
    "away",
    "recovery",
    "digest",
    "greeting",
    "trouble",
)
"""What comes first in a digest."""
UNITS = (
    ("day", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("min", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)


def greeting() -> NoticeText:
    """The first words to somebody who has no job yet."""
    return NoticeText(
        key="greeting",
        kind="greeting",
        title="Welcome to Daybell",
        body="Its icon is in your panel: a click shows your jobs. There are none yet. "
        "Add the samples, or put job files into the job folder.",
        buttons=("add_samples", "open_folder"),
    )


def trouble(message: str) -> NoticeText:
    """Of Daybell itself, and of all jobs with it."""
    body = f"{message}. Jobs start again as soon as it can be."
    return NoticeText(key="ledger", kind="trouble", title="Daybell cannot record runs", body=body)


def trouble_over() -> NoticeText:
    body = "What was due meanwhile is in the history as skipped."
    return NoticeText(key="ledger", kind="recovery", title="Daybell records runs again", body=body)


def damage(problem: Problem) -> NoticeText:
    """Something was found damaged at the start, and mended."""
    body = f"{problem.file}: {problem.message}."
    return NoticeText(key=f"damage {problem.file}", kind="trouble", title="Daybell found damage", body=body)


def failure(run: Run, title: str) -> NoticeText:
    verb = "timed out" if run.outcome == "timed_out" else "failed"
    return NoticeText(
        key=run.job_id,
        kind="failure",
        title=f"{_short(title, run.job_id)} {verb}",
        body=problem(run),
        job_id=run.job_id,
        run_id=run.run_id,
        buttons=_remedies(has_log=run.started is not None),
    )


def reminder(incident: Incident, title: str, now: datetime) -> NoticeText:
    """It still fails; the run is the one that failed last."""
    length = lasted(now - incident.opened)
    once = incident.count == 1
    often = f"It failed once, {length} ago" if once else f"It failed {incident.count} times in {length}"
    return NoticeText(
        key=incident.job_id,
        kind="reminder",
        title=f"{_short(title, incident.job_id)} still fails",
        body=f"{often}. {incident.problem}",
        job_id=incident.job_id,
        run_id=incident.run_id,
        buttons=_remedies(has_log=incident.has_log),
    )


def recovery(incident: Incident, run: Run, title: str, now: datetime) -> NoticeText:
    """How long it was out, and how often it failed."""
    length = lasted(now - incident.opened)
    once = incident.count == 1
    body = f"It failed once, {length} before." if once else f"It failed {incident.count} times in {length}."
    return NoticeText(
        key=run.job_id,
        kind="recovery",
        title=f"{_short(title, run.job_id)} works again",
        body=body,
        job_id=run.job_id,
        run_id=run.run_id,
    )


def late(run: Run, title: str, late_after: timedelta) -> NoticeText:
    """True also when it is read after the run has started."""
    return NoticeText(
        key=f"{run.job_id}/late",
        kind="late",
        title=f"{_short(title, run.job_id)} did not start on time",
        body=f"It was due, and {lasted(late_after)} later it still had to wait.",
        job_id=run.job_id,
        run_id=run.run_id,
    )


def too_long(run: Run, title: str, too_long_after: timedelta) -> NoticeText:
    """True also when it is read after the run has ended."""
    return NoticeText(
        key=f"{run.job_id}/too-long",
        kind="too_long",
        title=f"{_short(title, run.job_id)} takes long",
        body=f"It ran for more than {lasted(too_long_after)}, and was left to go on.",
        job_id=run.job_id,
        run_id=run.run_id,
        buttons=("open_log",),
    )


def digest(held: Collection[NoticeText]) -> NoticeText:
    """All that was held, as one; a single one as it is."""
    if len(held) == 1:
        return next(iter(held))
    lines = [f"{notice.title}. {notice.body.partition(LINE_END)[0]}" for notice in sorted(held, key=_urgency)]
    if len(lines) > DIGEST_LINES:
        more = len(lines) - DIGEST_LINES + 1
        lines[-more:] = [f"and {more} more"]
    return NoticeText(
        key="digest", kind="digest", title=f"{len(held)} notices from the quiet hours", body="\n".join(lines)
    )


def problem(run: Run) -> str:
    """What went wrong, in a line: "Exit code 3: disk full"."""
    error = last_line(run.error or "", ERROR_LENGTH)
    if run.outcome == "timed_out":
        return error or "It took longer than it may, and was ended."
    if run.exit_code is None:
        return error or "It could not be started."
    exit_code = f"Exit code {run.exit_code}"
    return f"{exit_code}: {error}" if error else f"{exit_code}."


def lasted(length: timedelta) -> str:
    """A length of time as a person would say it: "3 h 20 min", "5 min", "8 s"."""
    for place, (unit, size) in enumerate(UNITS):
        if length >= size:
            whole, rest = divmod(length, size)
            parts = [_amount(whole, unit)]
            smaller = UNITS[place + 1 : -1][:1]  # seconds count only by themselves
            parts += [_amount(rest // size, unit) for unit, size in smaller if rest >= size]
            return " ".join(parts)
    return "a moment"


def _amount(number: int, unit: str) -> str:
    return count(number, unit) if unit == "day" else f"{number} {unit}"


def _urgency(notice: NoticeText) -> int:
    return URGENCY.index(notice.kind)


def _short(title: str, job_id: str) -> str:
    """A name of blanks is no name."""
    return one_line(title, TITLE_LENGTH) or job_id


def _remedies(*, has_log: bool) -> tuple[Button, ...]:
    log: tuple[Button, ...] = ("open_log",) if has_log else ()
    return ("run_again", *log, "snooze", "pause_until_tomorrow")
