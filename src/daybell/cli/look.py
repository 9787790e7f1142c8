"""`list`, `show`: which jobs are there, and what is known of one?"""

from argparse import Namespace
from typing import TypedDict, cast

from daybell.api.client import ApiError, Client, Json
from daybell.api.shapes import ArtifactsShape, JobStatusShape, RunShape
from daybell.cli.asking import job_path, run_path
from daybell.cli.failure import Exit, Failure
from daybell.cli.reading import reading
from daybell.cli.standing import NO_JOBS, coming, waiting
from daybell.cli.terminal import Terminal
from daybell.cli.times import between, full, took
from daybell.cli.words import OUTCOMES, STATES, cause_word, counted, detail, failing, outcome_word
from daybell.core.amounts import cpu_time, output, size
from daybell.core.tables import Cell, Column, Row

MOST_NAMED = 20
"""Artifacts of a run; the API has them all."""


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


def list_jobs(args: Namespace, terminal: Terminal) -> int:
    terminal = terminal._replace(is_absolute=args.absolute)
    with reading(terminal) as client:
        answer = client.get("/api/v1/jobs")
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    jobs = cast("list[JobStatusShape]", answer)
    if not jobs:
        terminal.say(NO_JOBS)
        return Exit.OK
    columns = [Column("JOB", is_name=True), *map(Column, ("NAME", "STATE", "SCHEDULE", "NEXT RUN"))]
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
    if args.report:
        return _report(args, terminal)
    with reading(terminal, about=args.target) as client:
        answer = _job_or_run(client, args.target)
        is_job = isinstance(answer, dict) and "job" in answer
        left = [] if is_job or args.json else _artifact_fields(client, cast("RunShape", answer))
    if args.json:
        terminal.print_json(answer)
    elif is_job:
        terminal.print_pairs(_job_fields(cast("JobAnswer", answer), terminal))
    else:
        terminal.print_pairs([*_run_fields(cast("RunShape", answer), terminal), *left])
    return Exit.OK


def _report(args: Namespace, terminal: Terminal) -> int:
    """Exactly as the API gives it."""
    from daybell.cli.past import run_meant  # noqa: PLC0415 - `list` and most of `show` do without

    with reading(terminal, about=args.target) as client:
        run_id = run_meant(client, args.target)["run_id"]
        if args.json or args.report == "json":
            terminal.print_json(client.get(run_path(run_id, "report.json")))
        else:
            for chunk in client.chunks(run_path(run_id, "report.md")):
                terminal.print_bytes(chunk)
    return Exit.OK


def _job_or_run(client: Client, target: str) -> Json:
    try:
        answer = client.get(job_path(target))
    except ApiError as error:
        if error.status != 404:
            raise
        return client.get(run_path(target))
    if isinstance(answer, dict) and answer["job"] is None:
        raise Failure(f"the file of {target} is not valid: see `daybell check`", Exit.NOT_FOUND)
    return answer


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
        ("paused because", now["pause_reason"] or ""),
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
    length, printed = between(run["started"], run["finished"]), run["output_bytes"]
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
        *_earlier_attempts(run, terminal),
        (f"attempt {run['attempts']}", full(run["last_started"], terminal.zone)),
        ("CPU time", "" if run["cpu_seconds"] is None else cpu_time(run["cpu_seconds"])),
        ("peak memory", "" if run["peak_memory"] is None else size(run["peak_memory"])),
        ("printed", "" if printed is None else output(printed, run["output_dropped"])),
        ("output", run["log"] or ""),
        ("machine", run["host"]),
        ("Daybell", run["version"]),
        ("definition", run["definition"]),
        ("traceparent", run["traceparent"]),
    ]


def _artifact_fields(client: Client, run: RunShape) -> list[tuple[str, str]]:
    """The files that it left to be kept, a line each, and how many were too many."""
    if not (run["artifacts"] or run["artifacts_removed"]):
        return []
    listed = cast("ArtifactsShape", client.get(run_path(run["run_id"], "artifacts")))["artifacts"]
    lines = [f"{one['name']} ({size(one['bytes'])})" for one in listed[:MOST_NAMED]]
    lines += [f"and {len(listed) - MOST_NAMED} more"] if len(listed) > MOST_NAMED else []
    removed = run["artifacts_removed"]
    lines += [f"{counted(removed, 'file')} beyond the caps, which are gone"] if removed else []
    return [("artifacts" if not number else "", line) for number, line in enumerate(lines)]


def _earlier_attempts(run: RunShape, terminal: Terminal) -> list[tuple[str, str]]:
    """When each began, how it ended, and why."""
    first, fields = run["attempts"] - len(run["earlier"]), []
    for number, attempt in enumerate(run["earlier"], first):
        began = full(attempt["started"] or attempt["finished"], terminal.zone)
        ending = [OUTCOMES[attempt["outcome"]][0], *([attempt["error"]] if attempt["error"] else [])]
        fields.append((f"attempt {number}", f"{began} {': '.join(ending)}"))
    return fields


def command_line(handler: HandlerShape) -> str:
    """The command as one would type it."""
    import shlex  # noqa: PLC0415 - only `show` needs it

    return " ".join(handler["argv"]) if handler["shell"] else shlex.join(handler["argv"])
