"""What does the tray say? A status becomes an icon, a tooltip and words; core/menus.py makes the menu."""

import unicodedata
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.model.run import FAILURES
from daybell.model.status import JobStatus, Status

Verb = Literal[
    "run",
    "cancel",
    "pause",
    "pause_until_tomorrow",
    "resume",
    "snooze",
    "open_log",
    "pause_all",
    "resume_all",
    "show_status",
    "show_problems",
    "add_samples",
    "open_dashboard",
    "run_away",
    "skip_away",
    "see_away",
    "open_folder",
    "start_at_login",
    "not_at_login",
    "about",
    "quit",
]
IconState = Literal["idle", "running", "failed", "paused", "stopped"]
ICON_STATES: tuple[IconState, ...] = ("idle", "running", "failed", "paused", "stopped")

When = Callable[[datetime], str]
"""An instant in words."""


class Action(Struct, frozen=True, gc=False):
    """What a click asks for."""

    verb: Verb
    job_id: str | None = None
    run_id: str | None = None
    """Where it is about one run of that job, and not about its last."""
    by: str = "the menu"
    """Where it was asked for, in words."""


class Entry(Struct, frozen=True, gc=False):
    """A line of the menu, or with `entries` a submenu."""

    label: str
    action: Action | None = None
    checked: bool | None = None
    """None: an entry without a mark."""
    enabled: bool = True
    entries: tuple["Entry", ...] = ()
    separator: bool = False
    key: str = ""
    """Names the entry among its siblings, from one view to the next, whatever its label says."""


class TrayView(Struct, frozen=True):
    """All that the tray shows; equal views look the same."""

    state: IconState
    tooltip: str
    """One or two lines."""
    menu: tuple[Entry, ...]
    attention: bool = False
    """Something fails: the desktop should not hide the icon."""


SEPARATOR = Entry("", separator=True)
TITLE_LENGTH = 40
ERROR_LENGTH = 50

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNPRINTABLE = {"Cc", "Cf", "Cs"}
JOINERS = "\u200c\u200d"  # letters and emoji are composed with them


def tomorrow(now: datetime) -> datetime:
    """The next midnight of the zone that `now` is in. "02:30" reads "Sun 02:30" from then on."""
    return datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)


def icon_state(status: Status) -> IconState:
    """The one thing to know at a glance."""
    if status.scheduler.state != "running":
        return status.scheduler.state
    if any(map(is_failing, status.jobs)):
        return "failed"
    return "running" if any(job.is_running for job in status.jobs) else "idle"


def is_failing(job: JobStatus) -> bool:
    """Its last run failed; a person who disabled the job has heard of it."""
    return job.last_outcome in FAILURES and job.state != "disabled"


def headline(status: Status) -> str:
    """The whole in one line: "Daybell — 12 jobs, 1 running, 1 failing"."""
    jobs = status.jobs
    counts = [
        (sum(job.is_running for job in jobs), "running"),
        (sum(job.state == "queued" for job in jobs), "waiting"),
        (sum(map(is_failing, jobs)), "failing"),
    ]
    states = [f"{number} {word}" for number, word in counts if number]
    if status.scheduler.state == "stopped":
        return "Daybell — stopped"
    if status.scheduler.state == "paused":
        return ", ".join(["All jobs paused", *states])
    return "Daybell — " + ", ".join([count(len(jobs), "job"), *states])


def tooltip(status: Status, when: When) -> str:
    """The headline, and below it the job that is next."""
    coming = [(job.next_run, job.id, job) for job in status.jobs if job.next_run]
    if not coming or status.scheduler.state != "running":
        return headline(status)
    instant, _, job = min(coming)
    return f"{headline(status)}\nNext: {job_title(job)}, {when(instant)}"


def job_title(job: JobStatus) -> str:
    return one_line(job.name, TITLE_LENGTH) or job.id


def note(key: str, label: str) -> Entry:
    """A line to read, not to click."""
    return Entry(label, enabled=False, key=key)


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clock_time(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """An instant as a person would write it: "02:30", "Sun 02:30", "3 Dec 02:30" or "3 Dec 2027"."""
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    away = abs((local.date() - today).days)
    date = f"{local.day} {MONTHS[local.month - 1]}"
    if local.year != today.year and away >= 7:
        return f"{date} {local.year}"
    clock = f"{local.hour:02}:{local.minute:02}"
    if away >= 7:
        return f"{date} {clock}"
    return f"{DAYS[local.weekday()]} {clock}" if away else clock


def last_line(text: str, limit: int = ERROR_LENGTH) -> str:
    """The last line that says something, short enough for a menu."""
    lines = (one_line(line, limit) for line in reversed(text.splitlines()))
    return next(filter(None, lines), "")


def one_line(text: str, limit: int) -> str:
    """Text fit for a label: no control characters, single blanks, at most `limit` characters."""
    plain = "".join(char if is_plain(char) else " " for char in text)
    line = " ".join(plain.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def is_plain(char: str) -> bool:
    """Neither a control or formatting character nor half of a surrogate pair."""
    return char in JOINERS or unicodedata.category(char) not in UNPRINTABLE
