"""`history`, `logs`: what has run, and what did it print?"""

from argparse import Namespace
from typing import cast

from daybell.api.client import ApiError, Client
from daybell.api.shapes import RunShape
from daybell.cli.asking import app, job_path, run_path
from daybell.cli.failure import Exit, Failure
from daybell.cli.terminal import Terminal
from daybell.cli.times import between, short, took
from daybell.cli.words import cause_word, detail, outcome_word
from daybell.core.tables import Cell, Column, Row

RECENT = 200
"""How many rows to look through for the last run that printed something."""
LOOK = 0.5
"""Seconds between two looks at a growing file; the end of the run cuts the last one short."""


def history(args: Namespace, terminal: Terminal) -> int:
    query: dict[str, str | int] = {"limit": args.n}
    if args.job:
        query["job"] = args.job
    with app(terminal, about=args.job or "") as client:
        answer = client.get("/api/v1/runs", query)
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    runs = cast("list[RunShape]", answer)
    if not runs:
        terminal.say("nothing has run yet")
        return Exit.OK
    columns = [Column(title) for title in ("STARTED", "JOB", "CAUSE", "OUTCOME")]
    columns += [Column("TOOK", is_number=True), Column("DETAIL")]
    terminal.print_table(columns, [_run_row(run, terminal) for run in runs])
    return Exit.OK


def logs(args: Namespace, terminal: Terminal) -> int:
    with app(terminal, about=args.target) as client:
        run = _run_meant(client, args.target)
        written = _write_from(client, run["run_id"], 0, terminal, must_exist=not args.follow)
        if args.follow:
            _follow(client, run, written, terminal)
    return Exit.OK


def _run_row(run: RunShape, terminal: Terminal) -> Row:
    when = short(run["started"] or run["due"], terminal.now, terminal.zone)
    until = f" to {short(run['due_to'], terminal.now, terminal.zone)}" if run["due_to"] else ""
    return Row(
        [
            Cell(when + until),
            Cell(run["job_id"]),
            Cell(cause_word(run)),
            Cell(*outcome_word(run)),
            Cell(took(between(run["started"], run["finished"]))),
            Cell(detail(run), "dim"),
        ]
    )


def _run_meant(client: Client, target: str) -> RunShape:
    """The run of that id, or the last one of that job that ran, or tried to, or is about to."""
    try:
        return cast("RunShape", client.get(run_path(target)))
    except ApiError as error:
        if error.status != 404:
            raise
    runs = cast("list[RunShape]", client.get("/api/v1/runs", {"job": target, "limit": RECENT}))
    for run in runs:
        if run["outcome"] not in ("skipped", "missed"):
            return run
    client.get(job_path(target))
    raise Failure(f"{target} has not run yet; `daybell run {target}` runs it now", Exit.NOT_FOUND)


def _write_from(client: Client, run_id: str, offset: int, terminal: Terminal, *, must_exist: bool) -> int:
    """Print what is there beyond the offset; where it then ends."""
    try:
        for chunk in client.chunks(run_path(run_id, "log"), {"offset": offset}):
            terminal.print_bytes(chunk)
            offset += len(chunk)
    except ApiError as error:
        if error.status != 404:
            raise
        if must_exist:
            raise Failure(error.message, Exit.NOT_FOUND) from error
    return offset


def _follow(client: Client, run: RunShape, written: int, terminal: Terminal) -> None:
    while run["outcome"] is None:
        run = cast("RunShape", client.get(run_path(run["run_id"]), {"wait": str(LOOK)}))
        written = _write_from(client, run["run_id"], written, terminal, must_exist=False)
