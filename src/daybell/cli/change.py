"""`add`, `samples`, `remove`: which jobs are there?"""

import json
import os
import sys
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import cast

from daybell.api.client import ApiError, Json
from daybell.api.shapes import JobStatusShape
from daybell.cli.asking import app, job_path
from daybell.cli.failure import Exit, Failure, UsageError
from daybell.cli.prospect import Prospect, prospect, runs_line, warning_lines
from daybell.cli.terminal import Terminal
from daybell.cli.times import full, short
from daybell.cli.words import problem_line

Fields = dict[str, Json]

FLAGS = (
    *("cron", "every", "at", "startup", "name", "timezone", "timeout"),
    *("catch_up", "cwd", "env", "tag", "shell"),
)
"""What describes a job on the command line, and would contradict a file."""


def add(args: Namespace, terminal: Terminal) -> int:
    fields = from_file(args) if args.file else from_flags(args)
    with app(terminal) as client:
        if args.dry_run:
            return _try(prospect(client, args.id, fields), args, terminal)
        answer = client.post("/api/v1/jobs", {"id": args.id, **fields})
        job = cast("JobStatusShape", answer)
        if args.json:
            terminal.print_json(answer)
        elif job["state"] == "completed":  # what is over holds no more surprises
            terminal.say(f"added {job['id']} ({job['schedule']}); {_outlook(job, terminal)}")
        else:
            found = prospect(client, args.id, fields)
            terminal.say(f"added {job['id']} ({job['schedule']}); {runs_line(found, job['id'], terminal)}")
            terminal.say("\n".join(warning_lines(found)))
    return Exit.OK


def _try(found: Prospect, args: Namespace, terminal: Terminal) -> int:
    """What the job would be; nothing is added."""
    if args.json:
        terminal.print_json(cast("Json", found))
        return Exit.INVALID if found["problems"] else Exit.OK
    if found["problems"]:
        raise Failure("\n".join(map(problem_line, found["problems"])), Exit.INVALID)
    times = [full(run["local"], terminal.zone) for run in found["runs"]]
    terminal.print_pairs(
        [
            ("job", args.id),
            ("schedule", found["description"] or ""),
            *(("" if number else "next runs", time) for number, time in enumerate(times)),
        ]
    )
    terminal.say("\n".join([*warning_lines(found), "nothing was added: this was only a look"]))
    return Exit.OK


def add_samples(args: Namespace, terminal: Terminal) -> int:
    """What is there already stays as it is."""
    from daybell.core.samples import samples  # noqa: PLC0415 - no other command needs it

    added: list[Json] = []
    with app(terminal) as client:
        for job_id, definition in samples(sys.platform).items():
            try:
                added.append(client.post("/api/v1/jobs", {"id": job_id, **json.loads(definition)}))
            except ApiError as error:
                if error.code != "conflict":
                    raise
    if args.json:
        terminal.print_json(added)
        return Exit.OK
    for answer in added:
        job = cast("JobStatusShape", answer)
        terminal.say(f"added {job['id']} ({job['schedule']}); {_outlook(job, terminal)}")
    if not added:
        terminal.say("the sample jobs are there already; `daybell remove JOB` takes one away")
    return Exit.OK


def remove(args: Namespace, terminal: Terminal) -> int:
    with app(terminal, about=args.job) as client:
        if not args.yes and terminal.answers is not None:
            client.get(job_path(args.job))  # nobody is asked about what is not there
            if not terminal.is_sure(f"remove {args.job}? Its history stays."):
                raise Failure("nothing was removed")
        client.delete(job_path(args.job))
    if args.json:
        terminal.print_json({"id": args.job})
    else:
        terminal.say(f"removed {args.job}; its history stays")
    return Exit.OK


def _outlook(job: JobStatusShape, terminal: Terminal) -> str:
    """When it will run: what one wants to hear after adding it."""
    if job["next_run"]:
        return f"next run {short(job['next_run'], terminal.now, terminal.zone)}"
    only = "its time is over, so it runs only" if job["state"] == "completed" else "it runs"
    return f"{only} when you say `daybell run {job['id']}`"


def from_file(args: Namespace) -> Fields:
    """The content of a job file, whose id is the one given."""
    given = [f"--{flag.replace('_', '-')}" for flag in FLAGS if getattr(args, flag)] + (
        ["a command"] if args.command_line else []
    )
    if given:
        raise UsageError(f"--file says all about the job; leave out {', '.join(given)}")
    path = Path(args.file)
    try:
        fields = json.loads(path.read_bytes())
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise Failure(f"{path} is not JSON: {error}", Exit.INVALID) from error
    if not isinstance(fields, dict):
        raise Failure(f"{path}: expected a job as a JSON object, {{...}}", Exit.INVALID)
    return {key: value for key, value in fields.items() if key != "id"}


def from_flags(args: Namespace) -> Fields:
    """The job that the flags describe; what they leave open stays out, and so keeps its default."""
    fields: Fields = {"schema": 1, "name": args.name, "tags": list(args.tag), "timeout": args.timeout}
    fields["triggers"] = triggers(args)
    fields["catch_up"] = {"policy": args.catch_up} if args.catch_up else None
    fields["handler"] = handler(args)
    return {key: value for key, value in fields.items() if value}


def triggers(args: Namespace) -> list[Json]:
    """None at all makes a job that runs only when it is told to."""
    if args.timezone and not args.cron:
        raise UsageError("--timezone belongs to --cron")
    if args.cron:
        zone: Fields = {"timezone": args.timezone} if args.timezone else {}
        return [{"type": "cron", "expression": args.cron, **zone}]
    if args.every:
        return [{"type": "interval", "every": args.every}]
    if args.at:
        return [{"type": "once", "at": instant(args.at)}]
    return [{"type": "startup"}] if args.startup else []


def instant(text: str) -> str:
    """In full ISO 8601; without an offset it stays a time on the wall."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"--at: expected a time such as 2026-12-01T14:30, found {text!r}") from error


def handler(args: Namespace) -> Fields:
    words: list[str] = args.command_line
    if not words:
        raise UsageError(
            f"what should it run? Put the command after --: daybell add {args.id} ... -- COMMAND"
        )
    if args.shell and len(words) > 1:
        raise UsageError("with --shell give the whole command line in quotes, as one word after --")
    fields: Fields = {
        "type": "command",
        "argv": list(words) if args.shell or args.cwd else [program(words[0]), *words[1:]],
        "cwd": args.cwd and directory(args.cwd),
        "env": variables(args.env),
        "shell": args.shell,
    }
    return {key: value for key, value in fields.items() if value}


def program(word: str) -> str:
    """Jobs run at home: a program named by a path from here is named in full, so that it is found there."""
    is_relative = os.sep in word and not word.startswith("~")
    return str(Path(word).absolute()) if is_relative and Path(word).exists() else word


def directory(text: str) -> str:
    return text if text.startswith("~") else str(Path(text).absolute())


def variables(words: list[str]) -> dict[str, Json]:
    """From KEY=VALUE; only the first = counts."""
    for word in words:
        if not word.partition("=")[0] or "=" not in word:
            raise UsageError(f"--env: expected KEY=VALUE, found {word!r}")
    return {word.partition("=")[0]: word.partition("=")[2] for word in words}
