"""`next`: when will it run?"""

from argparse import Namespace
from datetime import datetime
from typing import TypedDict, cast

from daybell.cli.asking import job_path
from daybell.cli.failure import Exit, UsageError, translated
from daybell.cli.reading import reading
from daybell.cli.terminal import Terminal
from daybell.cli.times import full


class NextAnswer(TypedDict):
    """The next instants of a job."""

    job_id: str
    runs: list[str]


def upcoming(args: Namespace, terminal: Terminal) -> int:
    if bool(args.job) == bool(args.cron):
        raise UsageError("say which job, or give an expression with --cron")
    if args.cron:
        return _of_expression(args, terminal)
    if args.timezone or args.start:
        raise UsageError("--timezone and --from belong to --cron")
    with reading(terminal, about=args.job) as client:
        answer = client.get(job_path(args.job, "next"), {"n": args.n})
    if args.json:
        terminal.print_json(answer)
        return Exit.OK
    runs = cast("NextAnswer", answer)["runs"]
    terminal.print(*(full(run, terminal.zone) for run in runs))
    if not runs:
        terminal.say(f"{args.job} is not due at any time")
    return Exit.OK


def _of_expression(args: Namespace, terminal: Terminal) -> int:
    """Without the app: what a crontab line would do."""
    from daybell.core.cron import next_after, parse  # noqa: PLC0415 - commands that ask the app start faster
    from daybell.core.zones import instant, zone  # noqa: PLC0415 - as above
    from daybell.machine.zones import machine_zone  # noqa: PLC0415 - as above

    with translated():
        place = zone(args.timezone or "local", machine_zone())
        cron = parse(args.cron)
        after: datetime | None = instant(_given(args.start) if args.start else terminal.now, place)
        runs: list[str] = []
        while len(runs) < args.n and (after := next_after(cron, after, place) if after else None):
            runs.append(after.astimezone(place).isoformat())
    if args.json:
        terminal.print_json({"cron": args.cron, "timezone": str(place), "runs": list(runs)})
    else:
        terminal.print(*(full(run, place) for run in runs))
    return Exit.OK


def _given(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--from: expected a time such as 2026-12-01T14:30, found {text!r}") from error
