"""In which words does a person hear what happened while they were away?"""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from daybell.core.notices import lasted
from daybell.core.views import TITLE_LENGTH, clock_time, one_line
from daybell.model.absence import Absence, AbsenceKind, AbsentRun, Card
from daybell.model.incident import Button, NoticeText

When = Callable[[datetime], str]

KEY = "away"
"""Of the notice: a newer absence takes the place of an older one."""
LINES = 5
"""What a notice has room for."""
WHAT: dict[AbsenceKind, str] = {
    "asleep": "the computer slept",
    "held_up": "Daybell was held up",
    "clock_set": "the clock was set forward",
    "stopped": "Daybell was not running",
    "crashed": "Daybell was not running",
    "machine_off": "the computer was off",
}
"""From then until then."""


def headline(absence: Absence | Card, when: When) -> str:
    """One line: "While you were away, the computer slept from 23:04 to 07:42 (8 h 38 min)"."""
    since, until = when(absence.since), when(absence.until)
    if absence.kind == "crashed":
        return f"Daybell ended unexpectedly at about {since}, and runs again since {until}"
    length = lasted(absence.until - absence.since)
    return f"While you were away, {WHAT[absence.kind]} from {since} to {until} ({length})"


def line(run: AbsentRun, title: str, when: When) -> str:
    """One line a run: "Back up photos: due 02:30, runs late"."""
    return f"{one_line(title, TITLE_LENGTH) or run.job_id}: {became(run, when)}"


def became(run: AbsentRun, when: When) -> str:
    """What was due, and what became of it."""
    match run.fate:
        case "interrupted":
            return "was running, and was cut off"
        case "late":
            return f"{_due(run, when)}, runs late"
        case _:
            return f"{_due(run, when)}, {run.fate}" + (f": {run.reason}" if run.reason else "")


def away_notice(absence: Absence, titles: Mapping[str, str], zone: ZoneInfo) -> NoticeText:
    """One for all of it; `titles` are the jobs' names by their ids."""

    def when(instant: datetime) -> str:
        return clock_time(instant, zone, absence.until)

    lines = [line(run, titles.get(run.job_id, run.job_id), when) for run in absence.runs]
    more = len(lines) + absence.left_out - LINES
    if more > 0:
        lines[LINES - 1 :] = [f"and {more + 1} more"]
    return NoticeText(
        key=KEY,
        kind="away",
        title="Daybell ended unexpectedly" if absence.kind == "crashed" else "While you were away",
        body="\n".join([f"{_head(absence, when)}.", *lines]),
        buttons=_buttons(absence),
    )


def _head(absence: Absence, when: When) -> str:
    """Below the title, which need not be said again."""
    since, until = when(absence.since), when(absence.until)
    if absence.kind == "crashed":
        return f"It did not run from about {since} to {until}"
    what = WHAT[absence.kind]
    length = lasted(absence.until - absence.since)
    return f"{what[0].upper()}{what[1:]} from {since} to {until} ({length})"


def _buttons(absence: Absence) -> tuple[Button, ...]:
    """What can still be run, or run again; what runs late can also be skipped."""
    fates = {run.fate for run in absence.runs}
    run: tuple[Button, ...] = ("run_away",) if fates & {"late", "missed", "interrupted"} else ()
    return (*run, "skip_away") if "late" in fates else run


def _due(run: AbsentRun, when: When) -> str:
    if run.due is None:
        return "was asked for"
    return f"due {when(run.due)}" if run.due_to is None else f"due {when(run.due)} to {when(run.due_to)}"
