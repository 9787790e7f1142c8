"""How do all jobs stand? What `status` shows, once or again and again."""

from collections.abc import Iterator

from daybell.api.shapes import JobStatusShape, StatusShape
from daybell.cli.terminal import Terminal
from daybell.cli.times import NOTHING, short
from daybell.cli.words import FAILURES, OUTCOMES, STATES, counted, failing, problem_line
from daybell.core.tables import Cell, Column, Row, clean, paint

POWER = "mains power"
"""Stands in what a job waits for that asks how the computer is powered."""
NO_JOBS = (
    "There are no jobs yet. `daybell samples` adds three to look at; or begin with one of your own:\n"
    "daybell add hello --every 1m -- echo hello"
)


def print_status(now: StatusShape, terminal: Terminal) -> None:
    terminal.print(headline(now, terminal), *_remarks(now))
    _print_jobs(now["jobs"], terminal)
    if now["problems"]:
        terminal.print("")
    for problem in now["problems"]:
        terminal.print(paint(clean(problem_line(problem)), "red", has_colour=terminal.has_colour))


def headline(now: StatusShape, terminal: Terminal) -> str:
    """As in "Daybell 0.1.0 is running since 09:00: 3 jobs, 1 running"."""
    scheduler, jobs = now["scheduler"], now["jobs"]
    is_since = scheduler["started"] if scheduler["state"] == "running" else None
    since = f" since {short(is_since, terminal.now, terminal.zone)}" if is_since else ""
    active = sum(job["is_running"] for job in jobs)
    failed = sum(job["last_outcome"] in FAILURES for job in jobs)
    parts = [counted(len(jobs), "job")]
    parts += [f"{active} running"] if active else []
    parts += [f"{failed} failing"] if failed else []
    parts += [counted(len(now["problems"]), "problem")] if now["problems"] else []
    line = f"Daybell {scheduler['version']} is {scheduler['state']}{since}: {', '.join(parts)}"
    return line + ("; `daybell resume --all` goes on" if scheduler["state"] == "paused" else "")


def _remarks(now: StatusShape) -> Iterator[str]:
    """What is not as ever: a line each."""
    awake = set(now["scheduler"]["keeping_awake"])
    if names := [job["name"] or job["id"] for job in now["jobs"] if job["id"] in awake]:
        refused = now["scheduler"]["not_awake"]
        begin = f"Cannot keep the computer awake ({refused})" if refused else "Keeping the computer awake"
        yield clean(f"{begin}: {', '.join(names)}")
    machine = now["machine"]
    if machine["on_mains"] is False and any(POWER in (job["waiting_for"] or "") for job in now["jobs"]):
        yield "On battery" + (f", {machine['battery']} %" if machine["battery"] is not None else "")
    if now["away"]:
        yield "Something happened while you were away: see `daybell away`"


def _print_jobs(jobs: list[JobStatusShape], terminal: Terminal) -> None:
    if not jobs:
        terminal.say(NO_JOBS)
        return
    columns = [Column("JOB", is_name=True), *map(Column, ("STATE", "LAST RUN", "NEXT RUN"))]
    columns += [Column("RUNS", is_number=True), Column("ERRORS", is_number=True)]
    terminal.print("")
    terminal.print_table(columns, [_job_row(job, terminal) for job in jobs])


def coming(job: JobStatusShape, terminal: Terminal) -> str:
    """When it runs next, or until when nothing of it does."""
    if job["paused_until"]:
        return f"not before {short(job['paused_until'], terminal.now, terminal.zone)}"
    return terminal.when(job["next_run"])


def waiting(job: JobStatusShape, terminal: Terminal) -> str:
    """What its run waits for beside a slot; empty where it does not."""
    if not job["waiting_for"]:
        return ""
    end = short(job["waiting_until"], terminal.now, terminal.zone)
    return f"waiting for {job['waiting_for']}, at most until {end}"


def _job_row(job: JobStatusShape, terminal: Terminal) -> Row:
    word, style = OUTCOMES.get(job["last_outcome"] or "", ("", ""))
    last = terminal.when(job["last_run"])
    return Row(
        [
            Cell(job["id"]),
            Cell(job["state"], STATES.get(job["state"], "")),
            Cell(f"{word} {last}" if job["last_run"] else NOTHING, style),
            Cell(coming(job, terminal)),
            Cell(str(job["run_count"])),
            Cell(str(job["error_count"]), "red" if job["error_count"] else ""),
        ],
        note=waiting(job, terminal) or failing(job),
    )
