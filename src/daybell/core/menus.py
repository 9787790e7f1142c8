"""Which lines does the tray's menu have?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from daybell.core.menu_notes import awake_note, away_entries
from daybell.core.views import (
    SEPARATOR,
    TITLE_LENGTH,
    Action,
    Entry,
    TrayView,
    When,
    clock_time,
    count,
    headline,
    icon_state,
    is_failing,
    job_title,
    last_line,
    note,
    one_line,
    tooltip,
)
from daybell.model.absence import Card
from daybell.model.run import NOT_STARTED
from daybell.model.status import JobStatus, Status

Tags = Mapping[str, tuple[str, ...]]
"""Those of each job, by its id; a job that is not in it has none."""
NO_TAGS: Tags = MappingProxyType({})

# A menu must fit the screen; what is beyond is one step further away, or on the command line.
FLAT_AT_MOST = 12
"""So many jobs stand in the menu itself; more are put into submenus."""
URGENT_AT_MOST = 10
TAGS_AT_MOST = 20
SUBMENU_AT_MOST = 100
PATH_LENGTH = 60
CALM = 4

STANDINGS = {
    "running": "running",
    "queued": "waiting",
    "paused": "paused",
    "disabled": "disabled",
    "invalid": "broken file",
}


def tray_view(
    status: Status,
    zone: ZoneInfo,
    now: datetime,
    tags: Tags = NO_TAGS,
    card: Card | None = None,
    *,
    at_login: bool = False,
) -> TrayView:
    """The view of this status, its times on the clock of `zone`. `at_login`: Daybell starts then."""

    def when(instant: datetime) -> str:
        return clock_time(instant, zone, now)

    paused = status.scheduler.state == "paused"
    pause_all = Action("resume_all" if paused else "pause_all")
    menu = (
        note("status", headline(status)),
        *away_entries(card, when),
        *awake_note(status),
        SEPARATOR,
        *(job_entries(status.jobs, tags, when) or no_jobs(status.scheduler.home)),
        *problems_note(len(status.problems)),
        SEPARATOR,
        Entry("Open dashboard", Action("open_dashboard"), key="open_dashboard"),
        Entry("Pause all", pause_all, checked=paused, key="pause_all"),
        Entry("Open job folder", Action("open_folder"), key="open_folder"),
        Entry(
            "Start at login",
            Action("not_at_login" if at_login else "start_at_login"),
            checked=at_login,
            key="at_login",
        ),
        Entry(f"About Daybell {status.scheduler.version}".rstrip(), Action("about"), key="about"),
        Entry("Quit", Action("quit"), key="quit"),
    )
    attention = status.scheduler.state == "running" and any(map(is_failing, status.jobs))
    return TrayView(icon_state(status), tooltip(status, when), menu, attention)


def job_entries(jobs: tuple[JobStatus, ...], tags: Tags, when: When) -> tuple[Entry, ...]:
    """One entry a job; of many jobs those that matter now, and all of them in submenus."""
    entries = {job.id: job_entry(job, when) for job in sorted(jobs, key=by_title)}
    if len(jobs) <= FLAT_AT_MOST:
        return tuple(entries.values())
    urgent = [
        entries[job.id]
        for job in sorted(jobs, key=lambda job: (urgency(job), by_title(job)))
        if urgency(job) < CALM
    ]
    above = (*urgent[:URGENT_AT_MOST], SEPARATOR) if urgent else ()
    return (*above, *submenus(entries, tags))


def by_title(job: JobStatus) -> tuple[str, str]:
    return job_title(job).casefold(), job.id


def urgency(job: JobStatus) -> int:
    """The smaller, the more it matters to a person now."""
    if is_failing(job):
        return 0
    if job.is_running:
        return 1
    return {"queued": 2, "invalid": 3}.get(job.state, CALM)


def submenus(entries: Mapping[str, Entry], tags: Tags) -> Iterable[Entry]:
    """One a tag, by name, for the tags that most jobs have; then one for the jobs in none of them."""
    sizes = Counter(tag for job_id in entries for tag in set(tags.get(job_id, ())))
    shown = {tag for tag, _ in sorted(sizes.items(), key=lambda each: (-each[1], each[0]))[:TAGS_AT_MOST]}
    for tag in sorted(shown, key=lambda tag: (tag.casefold(), tag)):
        tagged = [entry for job_id, entry in entries.items() if tag in tags.get(job_id, ())]
        yield submenu(f"tag:{tag}", one_line(tag, TITLE_LENGTH), tagged)
    if rest := [entry for job_id, entry in entries.items() if shown.isdisjoint(tags.get(job_id, ()))]:
        yield submenu("others", "Other jobs", rest)


def submenu(key: str, title: str, entries: list[Entry]) -> Entry:
    shown = entries[:SUBMENU_AT_MOST]
    if left_out := len(entries) - len(shown):
        shown.append(note("left_out", f"{count(left_out, 'more job')}: see “daybell list”"))
    return Entry(f"{title} ({len(entries)})", entries=tuple(shown), key=key)


def job_entry(job: JobStatus, when: When) -> Entry:
    """How the job stands, and below it what can be done; what cannot be done now is grey.

    Always the same lines: panels treat those that come and go in an open menu badly.
    """
    may_be_due = job.state != "disabled"
    is_open = job.is_running or job.state == "queued"
    may_run = not is_open or (not job.is_running and job.waiting_for is not None)
    toggle = Action("resume" if job.is_paused else "pause", job.id)
    until_tomorrow = Action("pause_until_tomorrow", job.id)
    entries = (
        note("outcome", outcome_line(job, when)),
        SEPARATOR,
        Entry("Run now", Action("run", job.id), enabled=may_run, key="run"),
        Entry("Cancel run", Action("cancel", job.id), enabled=is_open, key="cancel"),
        Entry(log_label(job), Action("open_log", job.id), enabled=job.last_run is not None, key="open_log"),
        SEPARATOR,
        Entry("Pause", toggle, checked=job.is_paused, enabled=may_be_due, key="pause"),
        Entry(
            "Pause until tomorrow",
            until_tomorrow,
            enabled=may_be_due and not job.is_paused,
            key="pause_until_tomorrow",
        ),
        snooze_entry(job, when),
    )
    words = standing(job, when)
    label = f"{job_title(job)} — {words}" if words else job_title(job)
    return Entry(label, entries=entries, key=f"job:{job.id}")


def snooze_entry(job: JobStatus, when: When) -> Entry:
    if job.snoozed_until is not None:
        return Entry(f"Notices snoozed until {when(job.snoozed_until)}", enabled=False, key="snooze")
    return Entry("Snooze notices for 1 h", Action("snooze", job.id), enabled=is_failing(job), key="snooze")


def log_label(job: JobStatus) -> str:
    is_over = not job.is_running and is_failing(job)
    return "Open log at the error" if is_over else "Open last output"


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
            until = f" until {when(job.paused_until)}" if job.paused_until else ""
            parts = [f"paused{until}", *failed]
        case "queued" if job.waiting_for and job.waiting_until:
            parts = [f"waiting for {job.waiting_for}, at most until {when(job.waiting_until)}"]
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
        note("no_jobs", "Say “daybell add” in a terminal,"),
        note("home", f"or put job files into {short}"),
        Entry("Add sample jobs", Action("add_samples"), key="add_samples"),
    )


def problems_note(number: int) -> tuple[Entry, ...]:
    if not number:
        return ()
    return SEPARATOR, Entry(f"{count(number, 'problem')} …", Action("show_problems"), key="problems")
