"""`run`, `retry`, `cancel`, `pause`, `resume`, `enable`, `disable`: what should happen now?"""

from argparse import Namespace
from typing import TypedDict, cast

from daybell.api.client import Client, Json
from daybell.api.shapes import JobStatusShape, RunShape
from daybell.cli.asking import app, job_path, run_path
from daybell.cli.failure import Exit, UsageError
from daybell.cli.terminal import Terminal
from daybell.cli.words import counted, ending

WAIT = 30
"""Seconds a question for the end of a run stays open, before it is asked again."""
SLACK = 15.0
"""Seconds more than that until the app counts as silent."""


class StartedAnswer(TypedDict):
    """What was started."""

    run_id: str


class CancelAnswer(TypedDict):
    """What is being ended."""

    run_ids: list[str]


def run(args: Namespace, terminal: Terminal) -> int:
    return _start(args, terminal, job_path(args.job, "run"), args.job)


def retry(args: Namespace, terminal: Terminal) -> int:
    return _start(args, terminal, run_path(args.run_id, "retry"), f"the job of {args.run_id}")


def _start(args: Namespace, terminal: Terminal, path: str, what: str) -> int:
    with app(terminal, about=getattr(args, "job", "")) as client:
        answer = client.post(path)
        run_id = cast("StartedAnswer", answer)["run_id"]
        if args.wait:
            return _wait(client, run_id, args, terminal)
    if args.json:
        terminal.print_json(answer)
    else:
        terminal.print(run_id)
        terminal.say(f"{what} runs; follow it with `daybell logs {run_id} -f`")
    return Exit.OK


def cancel(args: Namespace, terminal: Terminal) -> int:
    with app(terminal, about=args.target) as client:
        answer = client.post("/api/v1/cancel", {"target": args.target})
    run_ids = cast("CancelAnswer", answer)["run_ids"]
    if args.json:
        terminal.print_json(answer)
    else:
        terminal.print(*run_ids)
        terminal.say(f"ending {counted(len(run_ids), 'run')}")
    return Exit.OK


def pause(args: Namespace, terminal: Terminal) -> int:
    wish = {key: value for key in ("until", "reason") if (value := getattr(args, key))}
    if wish and args.all:
        raise UsageError("--until and --reason belong to one job")
    return _hold(args, terminal, "pause", "paused", wish or None)


def resume(args: Namespace, terminal: Terminal) -> int:
    return _hold(args, terminal, "resume", "resumed")


def enable(args: Namespace, terminal: Terminal) -> int:
    return _switch(args, terminal, "enable")


def disable(args: Namespace, terminal: Terminal) -> int:
    return _switch(args, terminal, "disable")


def _switch(args: Namespace, terminal: Terminal, verb: str) -> int:
    with app(terminal, about=args.job) as client:
        answer = client.post(job_path(args.job, verb))
    if args.json:
        terminal.print_json(answer)
    else:
        terminal.say(f"{verb}d {args.job}")
    return Exit.OK


def exit_code_of_run(run: RunShape) -> int:
    """The command's own, where it tells the truth: what was cancelled has not succeeded, whatever it says."""
    if run["outcome"] == "timed_out":
        return Exit.TIMED_OUT
    if run["outcome"] == "succeeded":
        return run["exit_code"] or Exit.OK
    return run["exit_code"] or Exit.FAILURE


def _wait(client: Client, run_id: str, args: Namespace, terminal: Terminal) -> int:
    try:
        run = wait_for_end(client, run_id)
    except KeyboardInterrupt:
        terminal.say(f"the run goes on; `daybell cancel {run_id}` ends it")
        return Exit.INTERRUPTED
    if args.json:
        terminal.print_json(cast("Json", run))
    terminal.say(ending(run))
    return exit_code_of_run(run)


def wait_for_end(client: Client, run_id: str) -> RunShape:
    """The run once it has an outcome, however long that takes."""
    while True:
        answer = client.get(run_path(run_id), {"wait": WAIT}, timeout=WAIT + SLACK)
        run = cast("RunShape", answer)
        if run["outcome"] is not None:
            return run


def _hold(args: Namespace, terminal: Terminal, verb: str, word: str, wish: Json = None) -> int:
    if bool(args.job) == args.all:
        raise UsageError(f"say which job to {verb}, or --all")
    with app(terminal, about=args.job or "") as client:
        answer = client.post(job_path(args.job, verb) if args.job else f"/api/v1/{verb}", wish)
    if args.json:
        terminal.print_json(answer)
    elif args.job and verb == "resume" and cast("JobStatusShape", answer)["is_paused"]:
        terminal.say(f"{args.job} is resumed, but all jobs are paused: `daybell resume --all` goes on")
    else:
        terminal.say(f"{word} {args.job or 'all jobs'}")
    return Exit.OK
