"""What does the tray show? A status becomes an icon, a tooltip and a menu."""

import unicodedata
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from daybell.model.run import FAILURES, NOT_STARTED
from daybell.model.status import JobStatus, Status

Verb = Literal["run", "cancel", "pause", "resume", "pause_all", "resume_all", "quit"]
IconState = Literal["idle", "running", "failed", "paused", "stopped"]
ICON_STATES: tuple[IconState, ...] = ("idle", "running", "failed", "paused", "stopped")

When = Callable[[datetime], str]
"""An instant in words."""


class Action(Struct, frozen=True):
    """What a click asks for."""

    verb: Verb
    job_id: str | None = None


class Entry(Struct, frozen=True):
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


SEPARATOR = Entry("", separator=True)
# A menu must fit the screen; what is beyond is one step further away, or on the command line.
JOBS_SHOWN = 25
MORE_SHOWN = 100
TITLE_LENGTH = 40
ERROR_LENGTH = 80
PATH_LENGTH = 60

STANDINGS = {
    "running": "running",
    "queued": "waiting",
    "paused": "paused",
    "disabled": "disabled",
    "invalid": "broken file",
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNPRINTABLE = {"Cc", "Cf", "Cs"}
JOINERS = "\u200c\u200d"  # letters and emoji are composed with them


def tray_view(status: Status, zone: ZoneInfo, now: datetime) -> TrayView:
    """The view of this status, its times on the clock of `zone`."""

    def when(instant: datetime) -> str:
        return clock_time(instant, zone, now)

    paused = status.scheduler.state == "paused"
    pause_all = Action("resume_all" if paused else "pause_all")
    menu = (
        note("status", headline(status)),
        SEPARATOR,
        *(job_entries(status.jobs, when) or no_jobs(status.scheduler.home)),
        *problems_note(len(status.problems)),
        SEPARATOR,
        Entry("Pause all", pause_all, checked=paused, key="pause_all"),
        Entry("Quit", Action("quit"), key="quit"),
    )
    return TrayView(icon_state(status), tooltip(status, when), menu)


def stale_at(zone: ZoneInfo, now: datetime) -> datetime:
    """When the same status reads differently: at midnight "02:30" becomes "Sun 02:30"."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone)


def icon_state(status: Status) -> IconState:
    """The one thing to know at a glance."""
    if status.scheduler.state != "running":
        return status.scheduler.state
    if any(job.is_running for job in status.jobs):
        return "running"
    return "failed" if any(map(is_failing, status.jobs)) else "idle"


def is_failing(job: JobStatus) -> bool:
    """Its last run failed; a person who disabled the job has heard of it."""
    return job.last_outcome in FAILURES and job.state != "disabled"


def headline(status: Status) -> str:
    """The whole in one line: "Daybell — 12 jobs, 1 running, 1 failed"."""
    jobs = status.jobs
    counts = [
        (sum(job.is_running for job in jobs), "running"),
        (sum(job.state == "queued" for job in jobs), "waiting"),
        (sum(map(is_failing, jobs)), "failed"),
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


def job_entries(jobs: tuple[JobStatus, ...], when: When) -> tuple[Entry, ...]:
    """One entry a job; those that would not fit the screen in a submenu."""
    shown = tuple(job_entry(job, when) for job in jobs[:JOBS_SHOWN])
    rest = jobs[JOBS_SHOWN:]
    if not rest:
        return shown
    more = [job_entry(job, when) for job in rest[:MORE_SHOWN]]
    if left_out := len(rest) - len(more):
        more.append(note("left_out", f"{count(left_out, 'more job')}: see `daybell list`"))
    return (*shown, Entry(count(len(rest), "more job"), entries=tuple(more), key="more"))


def job_entry(job: JobStatus, when: When) -> Entry:
    """How the job stands, and below it what can be done."""
    toggle = Entry(
        "Enabled",
        Action("resume" if job.is_paused else "pause", job.id),
        checked=not job.is_paused and job.state != "disabled",
        enabled=job.state != "disabled",
        key="enabled",
    )
    entries = [toggle, Entry("Run now", Action("run", job.id), key="run")]
    if job.is_running or job.state == "queued":
        entries.append(Entry("Cancel", Action("cancel", job.id), key="cancel"))
    entries += [SEPARATOR, note("outcome", outcome_line(job, when))]
    words = standing(job, when)
    label = f"{job_title(job)} — {words}" if words else job_title(job)
    return Entry(label, entries=tuple(entries), key=f"job:{job.id}")


def job_title(job: JobStatus) -> str:
    return one_line(job.name, TITLE_LENGTH) or job.id


def standing(job: JobStatus, when: When) -> str:
    """How a job stands in a few words: "failed 09:12, next 02:30"."""
    failed = [f"failed {when(job.last_run)}" if job.last_run else "failed"] if is_failing(job) else []
    match job.state:
        case "idle":
            coming = [f"next {when(job.next_run)}"] if job.next_run else []
            parts = failed + coming or [one_line(job.schedule, TITLE_LENGTH)]
        case "completed":
            parts = failed or ["completed"]
        case "paused":
            parts = ["paused", *failed]
        case _:
            parts = [STANDINGS[job.state]]
    return ", ".join(parts)


def outcome_line(job: JobStatus, when: When) -> str:
    """How the last run ended: "Last run 09:12: failed — disk full"."""
    if job.is_running and job.last_run:
        return f"Running since {when(job.last_run)}"
    if job.last_outcome is None:
        return f"Last run {when(job.last_run)}" if job.last_run else "Not run yet"
    started = job.last_run and job.last_outcome not in NOT_STARTED
    head = f"Last run {when(job.last_run)}" if job.last_run and started else "Last time"
    line = f"{head}: {job.last_outcome.replace('_', ' ')}"
    error = last_line(job.last_error or "")
    return f"{line} — {error}" if error and job.last_outcome != "succeeded" else line


def no_jobs(home: str) -> tuple[Entry, ...]:
    """What to do first."""
    path = one_line(home, len(home))
    short = path if len(path) <= PATH_LENGTH else "…" + path[1 - PATH_LENGTH :]
    return (
        note("no_jobs", "No jobs yet: try `daybell add`"),
        note("home", f"or put job files into {short}"),
    )


def problems_note(number: int) -> tuple[Entry, ...]:
    if not number:
        return ()
    return SEPARATOR, note("problems", f"{count(number, 'problem')}: see `daybell status`")


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


def last_line(text: str) -> str:
    """The last line that says something, short enough for a menu."""
    lines = (one_line(line, ERROR_LENGTH) for line in reversed(text.splitlines()))
    return next(filter(None, lines), "")


def one_line(text: str, limit: int) -> str:
    """Text fit for a label: no control characters, single blanks, at most `limit` characters."""
    plain = "".join(char if is_plain(char) else " " for char in text)
    line = " ".join(plain.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def is_plain(char: str) -> bool:
    """Neither a control or formatting character nor half of a surrogate pair."""
    return char in JOINERS or unicodedata.category(char) not in UNPRINTABLE
