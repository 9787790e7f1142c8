"""`status`, `list`, `show`: how do things stand?"""

from argparse import Namespace
from typing import TypedDict, cast

from daybell.api.client import ApiError, Client, Json
from daybell.api.shapes import JobStatusShape, RunShape, StatusShape
from daybell.cli.asking import app, job_path, run_path
from daybell.cli.failure import Exit
from daybell.cli.terminal import Terminal
from daybell.cli.times import NOTHING, between, full, short, took
from daybell.cli.words import (
    FAILURES,
    OUTCOMES,
    STATES,
    cause_word,
    counted,
    detail,
    failing,
    outcome_word,
    problem_line,
)
from daybell.core.tables import Cell, Column, Row, clean, paint

NO_JOBS = (
    "There are no jobs yet. `daybell samples` adds three to look at; or begin with one of your own:\n"
    "daybell add hello --every 1m -- echo hello"
)


class HandlerShape(TypedDict):
    """What a job runs."""

    argv: list[str]
    cwd: str | None
    shell: bool


class JobShape(TypedDict):
    """A definition, as far as `show` tells it."""

    id: str
    name: str
    description: str
    tags: list[str]
    handler: HandlerShape
    timeout: str | None


class JobAnswer(TypedDict):
    """A definition with its status."""

    job: JobShape
    status: JobStatusShape


def status(args: Namespace, terminal: Terminal) -> int:
    with app(terminal) as client:
        answer = client.get("/api/v1/status")
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    now = cast("StatusShape", answer)
    terminal.print(headline(now, terminal))
    _print_jobs(now["jobs"], terminal)
    if now["problems"]:
        terminal.print("")
    for problem in now["problems"]:
        terminal.print(paint(clean(problem_line(problem)), "red", has_colour=terminal.has_colour))
    return Exit.OK


def list_jobs(args: Namespace, terminal: Terminal) -> int:
    with app(terminal) as client:
        answer = client.get("/api/v1/jobs")
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    jobs = cast("list[JobStatusShape]", answer)
    if not jobs:
        terminal.say(NO_JOBS)
        return Exit.OK
    columns = [Column(title) for title in ("JOB", "NAME", "STATE", "SCHEDULE", "NEXT RUN")]
    terminal.print_table(
        columns,
        [
            Row(
                [
                    Cell(job["id"]),
                    Cell(job["name"]),
                    Cell(job["state"], STATES.get(job["state"], "")),
                    Cell(job["schedule"]),
                    Cell(coming(job, terminal)),
                ]
            )
            for job in jobs
        ],
    )
    return Exit.OK


def show(args: Namespace, terminal: Terminal) -> int:
    with app(terminal, about=args.target) as client:
        answer = _job_or_run(client, args.target)
    if args.json:
        terminal.print_json(answer)
    elif isinstance(answer, dict) and "job" in answer:
        terminal.print_pairs(_job_fields(cast("JobAnswer", answer), terminal))
    else:
        terminal.print_pairs(_run_fields(cast("RunShape", answer), terminal))
    return Exit.OK


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


def _print_jobs(jobs: list[JobStatusShape], terminal: Terminal) -> None:
    if not jobs:
        terminal.say(NO_JOBS)
        return
    columns = [Column(title) for title in ("JOB", "STATE", "LAST RUN", "NEXT RUN")]
    columns += [Column("RUNS", is_number=True), Column("ERRORS", is_number=True)]
    terminal.print("")
    terminal.print_table(columns, [_job_row(job, terminal) for job in jobs])


def coming(job: JobStatusShape, terminal: Terminal) -> str:
    """When it runs next, or until when nothing of it does."""
    if job["paused_until"]:
        return f"not before {short(job['paused_until'], terminal.now, terminal.zone)}"
    return short(job["next_run"], terminal.now, terminal.zone)


def waiting(job: JobStatusShape, terminal: Terminal) -> str:
    """What its run waits for beside a slot; empty where it does not."""
    if not job["waiting_for"]:
        return ""
    return (
        f"waiting for {job['waiting_for']}, until {short(job['waiting_until'], terminal.now, terminal.zone)}"
    )


def _job_row(job: JobStatusShape, terminal: Terminal) -> Row:
    word, style = OUTCOMES.get(job["last_outcome"] or "", ("", ""))
    last = short(job["last_run"], terminal.now, terminal.zone)
    return Row(
        [
            Cell(job["id"]),
            Cell(job["state"], STATES.get(job["state"], "")),
            Cell(f"{last} {word}" if job["last_run"] else NOTHING, style),
            Cell(coming(job, terminal)),
            Cell(str(job["run_count"])),
            Cell(str(job["error_count"]), "red" if job["error_count"] else ""),
        ],
        note=waiting(job, terminal) or failing(job),
    )


def _job_or_run(client: Client, target: str) -> Json:
    try:
        return client.get(job_path(target))
    except ApiError as error:
        if error.status != 404:
            raise
        return client.get(run_path(target))


def _job_fields(answer: JobAnswer, terminal: Terminal) -> list[tuple[str, str]]:
    job, now = answer["job"], answer["status"]
    return [
        ("job", job["id"]),
        ("name", job["name"]),
        ("about", job["description"]),
        ("tags", ", ".join(job["tags"])),
        ("state", now["state"]),
        ("waits", waiting(now, terminal)),
        ("silent until", full(now["snoozed_until"], terminal.zone) if now["snoozed_until"] else ""),
        ("paused until", full(now["paused_until"], terminal.zone) if now["paused_until"] else ""),
        ("schedule", now["schedule"]),
        ("next run", full(now["next_run"], terminal.zone)),
        ("command", command_line(job["handler"])),
        ("directory", job["handler"]["cwd"] or "~"),
        ("time limit", job["timeout"] or ""),
        ("last run", full(now["last_run"], terminal.zone)),
        ("outcome", OUTCOMES.get(now["last_outcome"] or "", ("", ""))[0]),
        ("error", failing(now)),
        (
            "runs",
            f"{now['run_count']}, {now['error_count'] or 'none'} failed" if now["run_count"] else "none",
        ),
        ("file", f"{job['id']}.json in {terminal.directories.jobs}"),
    ]


def _run_fields(run: RunShape, terminal: Terminal) -> list[tuple[str, str]]:
    length = between(run["started"], run["finished"])
    return [
        ("run", run["run_id"]),
        ("job", run["job_id"]),
        ("cause", cause_word(run)),
        ("due", full(run["due"], terminal.zone)),
        ("due until", full(run["due_to"], terminal.zone)),
        ("started", full(run["started"], terminal.zone)),
        ("finished", full(run["finished"], terminal.zone)),
        ("took", took(length) if length is not None else ""),
        ("outcome", outcome_word(run)[0]),
        ("detail", detail(run)),
        ("attempts", str(run["attempts"])),
        ("output", run["log"] or ""),
        ("traceparent", run["traceparent"]),
    ]


def command_line(handler: HandlerShape) -> str:
    """The command as one would type it."""
    import shlex  # noqa: PLC0415 - only `show` needs it

    return " ".join(handler["argv"]) if handler["shell"] else shlex.join(handler["argv"])
